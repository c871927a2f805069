import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

let rig: Rig;
beforeAll(async () => {
  rig = Rig.empty();
  rig.write("dataform.json", JSON.stringify({ warehouse: "bigquery", defaultDatabase: "p", defaultSchema: "d" }));
  rig.write("package.json", "{}");
  mkdirSync(join(rig.dir, "definitions"));
  rig.write("definitions/raw.sqlx", 'config { type: "declaration", schema: "raw", name: "visits" }\n');
  rig.write(
    "definitions/visits.sqlx",
    `config { type: "incremental" }
SELECT id, day FROM \${ref("raw", "visits")} \${when(incremental(), \`WHERE day > (SELECT MAX(day) FROM \${self()})\`)}
pre_operations { \${when(incremental(), \`DELETE FROM \${self()} WHERE day > 1\`)} }
`,
  );
  await rig.fastbreak(
    "query",
    "CREATE SCHEMA raw; CREATE TABLE raw.visits AS SELECT 1 AS id, 1 AS day UNION ALL SELECT 2, 2",
  );
  // The second run is the first that deletes.
  for (let night = 1; night <= 2; night += 1) await rig.run([]);
});
afterAll(() => rig.remove());

it("finds no difference in rows that are deleted and brought again", async () => {
  const { code, stdout } = await rig.fastbreak("verify");
  expect(stdout).toContain("nothing to add");
  expect(stdout).toContain("exactly what a full rebuild gives, apart from 1 as noted above");
  expect(code).toBe(0);
});

it("finds a row that the table has lost", async () => {
  await rig.fastbreak("query", "DELETE FROM d.visits WHERE id = 2");
  const { code, stdout } = await rig.fastbreak("verify");
  expect(stdout).toContain("its incremental query would change or add 1");
  expect(code).not.toBe(0);
});

it("finds no difference in a column that statements behind the query add", async () => {
  rig.write(
    "definitions/days.sqlx",
    `config { type: "table" }
SELECT id FROM \${ref("raw", "visits")}
post_operations { ALTER TABLE \${self()} ADD COLUMN IF NOT EXISTS twice INT64; UPDATE \${self()} SET twice = 2 * id WHERE TRUE }
`,
  );
  await rig.run(["--select", "days"]);
  expect(await rig.fastbreak("verify", "--select", "days")).toMatchObject({ code: 0 });
  await rig.fastbreak("query", "UPDATE d.days SET twice = 0 WHERE id = 2");
  const { code, stdout } = await rig.fastbreak("verify", "--select", "days");
  expect(stdout).toContain("d.days");
  expect(code).not.toBe(0);
});

describe("views", () => {
  let views: Rig;
  beforeAll(async () => {
    views = await projectOf({
      seen: 'config { type: "view" }\nSELECT n + 1 AS n FROM ${ref("raw", "numbers")}',
      gone: 'config { type: "view" }\nSELECT n FROM ${ref("raw", "numbers")}',
      kept: 'config { type: "table" }\nSELECT SUM(n) AS n FROM ${ref("seen")}',
    });
    await views.run([]);
  });
  afterAll(() => views.remove());

  it("must stand as they were made", async () => {
    expect(await views.fastbreak("verify")).toMatchObject({ code: 0 });
    await views.fastbreak(
      "query",
      "CREATE OR REPLACE VIEW d.seen AS SELECT 9 AS n; DROP VIEW d.gone; CREATE TABLE d.gone AS SELECT 1 AS n",
    );
    const { code, stdout } = await views.fastbreak("verify");
    expect(code).toBe(6);
    expect(stdout).toContain("d.seen  its view is not the one that was made of it");
    expect(stdout).toContain("d.gone  its view is not there");
    expect(stdout).not.toContain("d.kept");
  });

  it("are read as their files have them where they are disabled", async () => {
    views.write(
      "definitions/seen.sqlx",
      'config { type: "view", disabled: true }\nSELECT n + 100 AS n FROM ${ref("raw", "numbers")}',
    );
    await views.run([]);
    expect(await views.fastbreak("verify")).toMatchObject({ code: 0 });
  });

  it("tells of a model that cannot be built, and goes on with the others", async () => {
    views.write(
      "definitions/bad.sqlx",
      'config { type: "table" }\nSELECT 1 / (n - 5) AS n FROM ${ref("raw", "numbers")}',
    );
    await views.run([]);
    await views.fastbreak("query", "UPDATE raw.numbers SET n = 5 WHERE TRUE");
    await views.fastbreak("run", "--quiet");
    const { code, stdout } = await views.fastbreak("verify");
    expect([code, stdout]).toEqual([6, expect.stringContaining("d.bad  it cannot be built: division by zero")]);
    expect(stdout).toContain("2 models, 2 partitions: 1 differ");
    expect((await views.fastbreak("diff")).stderr).toContain("d.bad: division by zero");
    expect((await views.fastbreak("status")).stdout).toContain("1 failed");
    await views.fastbreak("query", "UPDATE raw.numbers SET n = 4 WHERE TRUE");
    await views.fastbreak("run", "--quiet");
    expect((await views.fastbreak("status")).stdout).not.toContain("FAIL");
  });
});

it("finds nothing to add where the partitions that an incremental query overwrites come out as they are", async () => {
  const overwriting = await projectOf({
    visits: 'config { type: "declaration", schema: "raw", name: "visits" }',
    recent: `config { type: "incremental", incrementalStrategy: "INSERT_OVERWRITE", bigquery: { partitionBy: "day" } }
SELECT day, n FROM \${ref("raw", "visits")} \${when(incremental(), \`WHERE day >= (SELECT MAX(day) FROM \${self()})\`)}`,
  });
  await overwriting.fastbreak(
    "query",
    "CREATE TABLE raw.visits (day DATE, n INT64); INSERT raw.visits VALUES ('2024-01-01', 1), ('2024-01-02', 2)",
  );
  await overwriting.run([]);
  const verified = await overwriting.fastbreak("verify");
  expect(verified.stdout).toContain("its rows are history; its incremental query has nothing to add");
  expect(verified.code).toBe(0);
  // What would come out differently is told still.
  await overwriting.fastbreak("query", "INSERT raw.visits VALUES ('2024-01-02', 3)");
  expect((await overwriting.fastbreak("verify")).stdout).toContain("its incremental query would change or add 2");
  await overwriting.remove();
});

it("tells a query that gives other rows each time from rows that are wrong", async () => {
  const own = await projectOf({
    drawn: `config { type: "incremental", uniqueKey: ["day"], bigquery: { partitionBy: "day", labels: { lookback_days: "0" } } }
SELECT day, IF(day = '2024-01-01', RAND(), n) AS x FROM \${ref("numbers")}`,
  });
  try {
    await own.sql("INSERT INTO raw.numbers VALUES (5, '2024-01-02')");
    await own.run([]);
    const note = "d.drawn  its query gives other rows of 2024-01-01 each time: what it should hold cannot be told";
    expect(await own.fastbreak("verify")).toMatchObject({ code: 0, stdout: expect.stringContaining(note) });
    await own.sql("UPDATE d.drawn SET x = 6 WHERE day = '2024-01-02'");
    const { code, stdout } = await own.fastbreak("verify");
    expect(stdout).toContain(note);
    expect(stdout).toContain("2024-01-02  1 row, a rebuild has as many, not the same");
    expect(stdout).not.toContain("2024-01-01  1 row");
    expect(code).toBe(6);
  } finally {
    own.remove();
  }
});

it("tells a query that picks among equals by the order of the rows from rows that are wrong", async () => {
  const own = await projectOf({
    newest: `config { type: "table" }
SELECT * FROM \${ref("numbers")} WHERE TRUE QUALIFY ROW_NUMBER() OVER (PARTITION BY MOD(n, 10) ORDER BY day) = 1`,
    plain: 'config { type: "table" }\nSELECT day, SUM(n) AS n FROM ${ref("numbers")} GROUP BY day',
  });
  try {
    await own.sql("INSERT INTO raw.numbers SELECT n, DATE '2024-01-01' FROM range(100, 400) AS t(n)");
    await own.run([]);
    // Other rows that the query could have given.
    await own.sql("UPDATE d.newest SET n = 200 + n % 10; UPDATE d.plain SET n = 7");
    const { code, stdout } = await own.fastbreak("verify");
    expect(stdout).toContain(
      "d.newest  its query gives other rows by the order of those it reads: what it should hold cannot be told",
    );
    expect(stdout).toContain("d.plain  differs from a rebuild in 1 partition");
    expect(stdout).not.toContain("d.newest  differs");
    expect(code).toBe(6);
    // Each of its results has ten rows.
    await own.sql("DELETE FROM d.newest WHERE n = 205");
    expect((await own.fastbreak("verify")).stdout).toContain("d.newest  differs from a rebuild");
  } finally {
    own.remove();
  }
});
