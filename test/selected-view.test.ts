import { afterEach, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

let rig: Rig;
afterEach(() => rig.remove());

const sum = async () =>
  (await rig.fastbreak("query", "--csv", "SELECT SUM(n) AS n FROM d.shown")).stdout.trim().split("\n").at(-1);

it("has the rows that a full rebuild would give it, whatever else is left stale", async () => {
  rig = await projectOf({
    table: 'config { type: "table" }\nSELECT n FROM ${ref("numbers")}',
    between: 'config { type: "view" }\nSELECT n FROM ${ref("table")}',
    shown: 'config { type: "view" }\nSELECT n FROM ${ref("between")}',
    other: 'config { type: "table" }\nSELECT n FROM ${ref("shown")}',
  });
  await rig.fastbreak("run");
  await rig.fastbreak("query", "INSERT INTO raw.numbers (n) VALUES (10)");
  expect((await rig.fastbreak("diff", "shown")).stdout).toContain("n=10");
  const { stdout } = await rig.fastbreak("run", "--select", "shown");
  expect(stdout).toMatch(/d\.table .*2 inserted, 1 deleted/);
  expect(stdout).toContain("needed by d.shown");
  expect(stdout).toContain("1 ran, 3 skipped (2 not selected, 1 unchanged)");
  expect(await sum()).toBe("14");
  const idle = await rig.fastbreak("run", "--select", "shown");
  expect(idle.stdout).toContain("Nothing had to run: what was asked for is what a full rebuild would make.");
  expect(idle.stderr).toContain("the selection leaves 1 stale: d.other");
});

it("asks for the dates of the run alone", async () => {
  const daily =
    'config { type: "incremental", uniqueKey: ["day"], bigquery: { partitionBy: "day", labels: { lookback_days: "0" } } }';
  rig = await projectOf({
    daily: `${daily}\nSELECT day, SUM(n) AS n FROM \${ref("numbers")} GROUP BY day`,
    shown: 'config { type: "view" }\nSELECT day, n FROM ${ref("daily")}',
  });
  await rig.fastbreak("query", "INSERT INTO raw.numbers VALUES (10, DATE '2024-01-02')");
  await rig.fastbreak("run", "--date", "2024-01-02", "--select", "shown");
  expect(await sum()).toBe("10");
  await rig.fastbreak("run", "--select", "shown", "--no-upstream");
  expect(await sum()).toBe("10");
  await rig.fastbreak("run", "--select", "shown");
  expect(await sum()).toBe("14");
});

it("is read only where its own query is right, whatever the query around it has columns of", async () => {
  rig = await projectOf({
    prices: 'config { type: "declaration", schema: "raw", name: "prices" }',
    priced: 'config { type: "view" }\nSELECT id, n FROM ${ref("prices")}',
    outer: 'config { type: "view" }\nSELECT id, n FROM ${ref("priced")}',
    most: 'config { type: "table" }\nSELECT t.n, (SELECT MAX(v.n) FROM ${ref("outer")} AS v) AS most FROM ${ref("numbers")} AS t',
    none: 'config { type: "assertion" }\nSELECT * FROM ${ref("most")} AS t WHERE EXISTS (SELECT 1 FROM ${ref("outer")} AS v WHERE v.n < 0)',
  });
  await rig.fastbreak("query", "CREATE TABLE raw.prices AS SELECT 1 AS id, 10 AS n");
  await rig.run([]);
  await rig.fastbreak("query", "ALTER TABLE raw.prices RENAME COLUMN n TO price");
  const place = "definitions/priced.sqlx:2:12: Unrecognized name: n";
  const { code, stdout } = await rig.fastbreak("run", "--select", "most");
  expect([code, stdout]).toEqual([1, expect.stringContaining(place)]);
  expect(await rig.sql("SELECT most FROM d.most")).toEqual([["10"]]);
  expect((await rig.fastbreak("run", "--select", "none")).stdout).toContain(place);
  expect((await rig.fastbreak("diff", "most")).stderr).toContain(place);
  const verified = await rig.fastbreak("verify");
  expect(verified.code).toBe(6);
  for (const name of ["priced", "outer", "most"])
    expect(verified.stdout).toContain(`d.${name}  it cannot be built: ${place}`);
  await rig.fastbreak("query", "ALTER TABLE raw.prices RENAME COLUMN price TO n");
  expect((await rig.run(["--select", "most"])).totals).toMatchObject({ failed: 0, rows_written: 0 });
});

it("is asked again after an operation of the run, which may have changed what it reads", async () => {
  rig = await projectOf({
    prices: 'config { type: "declaration", schema: "raw", name: "prices" }',
    priced: 'config { type: "view" }\nSELECT id, n FROM ${ref("prices")}',
    early: 'config { type: "table", dependencies: ["priced"] }\nSELECT 1 AS x',
    change: 'config { type: "operations", dependencies: ["early"] }\nSELECT 1',
    most: 'config { type: "table", dependencies: ["change"] }\nSELECT t.n, (SELECT MAX(v.n) FROM ${ref("priced")} AS v) AS most FROM ${ref("numbers")} AS t',
  });
  await rig.fastbreak("query", "CREATE TABLE raw.prices AS SELECT 1 AS id, 10 AS n");
  await rig.run([]);
  rig.write(
    "definitions/change.sqlx",
    `config { type: "operations", dependencies: ["early"] }\nEXECUTE IMMEDIATE "ALTER TABLE raw.prices RENAME COLUMN n TO price"`,
  );
  const { code, stdout } = await rig.fastbreak("run");
  expect([code, stdout]).toEqual([1, expect.stringContaining("definitions/priced.sqlx:2:12: Unrecognized name: n")]);
  expect(await rig.sql("SELECT most FROM d.most")).toEqual([["10"]]);
});
