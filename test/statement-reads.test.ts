import { afterEach, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

let rig: Rig;
afterEach(() => rig.remove());

const ran = async (): Promise<readonly string[]> => {
  const { stdout } = await rig.fastbreak("run", "--json");
  const { actions } = JSON.parse(stdout.trim().split("\n").at(-1) as string) as {
    actions: readonly { readonly name: string; readonly status: string }[];
  };
  return actions.filter(({ status }) => status !== "skipped").map(({ name }) => name);
};
const value = async (sql: string) => (await rig.fastbreak("query", "--csv", sql)).stdout.trim().split("\n").at(-1);

it("counts tables that statements copy as read, and what they make of them as made", async () => {
  rig = await projectOf({
    clone:
      'config { type: "operations", hasOutput: true, tags: ["skippable"] }\nCREATE OR REPLACE TABLE ${self()} CLONE raw.numbers',
    backup:
      'config { type: "table" }\nSELECT 1 AS one\npost_operations { CREATE OR REPLACE TABLE d.copied COPY raw.numbers }',
    sum: 'config { type: "table" }\npre_operations { CREATE OR REPLACE TABLE d.work CLONE raw.numbers }\nSELECT SUM(n) AS n FROM d.work',
  });
  expect(await ran()).toHaveLength(3);
  expect(await ran()).toEqual([]);
  await rig.fastbreak("query", "INSERT INTO raw.numbers (n) VALUES (10)");
  expect(await ran()).toHaveLength(3);
  expect(
    await value("SELECT (SELECT SUM(n) FROM d.clone) + (SELECT SUM(n) FROM d.copied) + (SELECT n FROM d.sum) AS n"),
  ).toBe("42");
});

it("takes a table that is renamed for made under its new name", async () => {
  const swap = (made: string) =>
    `DROP TABLE IF EXISTS d.${made}; CREATE OR REPLACE TABLE d.new_${made} AS SELECT n FROM raw.numbers; ALTER TABLE d.new_${made} RENAME TO ${made}`;
  rig = await projectOf({
    swapped: `config { type: "operations", tags: ["skippable"] }\n${swap("table_of_it")}`,
    reader: 'config { type: "table" }\nSELECT n FROM d.table_of_it',
    own: `config { type: "table" }\npre_operations { ${swap("work")} }\nSELECT n FROM d.work`,
  });
  expect(await ran()).toHaveLength(3);
  expect(await ran()).toEqual([]);
  await rig.fastbreak("query", "UPDATE raw.numbers SET n = 7 WHERE TRUE");
  expect(await ran()).toHaveLength(3);
  expect(await value("SELECT (SELECT n FROM d.reader) + (SELECT n FROM d.own) AS n")).toBe("14");
  await rig.fastbreak("query", "DROP TABLE d.table_of_it");
  expect(await ran()).toEqual(["d.swapped"]);
});

it("knows a view that a statement made when it comes back", async () => {
  rig = await projectOf({
    sums: 'config { type: "operations", hasOutput: true, tags: ["skippable"] }\nCREATE OR REPLACE VIEW ${self()} AS SELECT SUM(n / 2) AS n FROM raw.numbers',
    reader: 'config { type: "table" }\nSELECT n FROM ${ref("sums")}',
  });
  expect(await ran()).toHaveLength(2);
  expect(await ran()).toEqual([]);
});

it("takes tables that a table function is given for no tables of its own", async () => {
  rig = await projectOf({
    positive:
      'config { type: "operations" }\nCREATE OR REPLACE TABLE FUNCTION d.positive(t TABLE<n INT64>) AS SELECT n FROM t WHERE n > 0',
    reader: 'config { type: "table", dependencies: ["positive"] }\nSELECT n FROM d.positive(TABLE raw.numbers)',
  });
  expect(await ran()).toHaveLength(2);
  expect(await value("SELECT n FROM d.reader")).toBe("4");
});

it("gives a table function a view, and the dates of a table that a partition may read", async () => {
  const daily = 'type: "incremental", bigquery: { partitionBy: "day", labels: { lookback_days: "0" } }';
  const filled = (table: string) =>
    `SELECT DATE(ts) AS day, n FROM GAP_FILL(TABLE ${table}, ts_column => 'ts', bucket_width => INTERVAL 1 DAY, value_columns => [('n', 'locf')])`;
  rig = await projectOf({
    twice:
      'config { type: "operations" }\nCREATE OR REPLACE TABLE FUNCTION d.twice(t TABLE<n INT64, day DATE>) AS SELECT n * 2 AS n, day FROM t',
    timed: 'config { type: "view" }\nSELECT DATETIME(day) AS ts, n FROM ${ref("numbers")}',
    seen: 'config { type: "view", dependencies: ["twice"] }\nSELECT n, day FROM d.twice(TABLE raw.numbers)',
    of_view: `config { ${daily} }\n${filled("d.timed")}`,
    of_table: `config { ${daily}, dependencies: ["twice"] }\nSELECT n, day FROM d.twice(TABLE \${ref("numbers")})`,
    // `raw` is the dataset of the table that the view gives the function, too.
    within: `config { type: "table" }
SELECT raw.day, (SELECT SUM(n) FROM \${ref("seen")} WHERE day = raw.day) AS n FROM \${ref("numbers")} AS raw`,
  });
  for (const n of [4, 5]) {
    await rig.fastbreak("query", `UPDATE raw.numbers SET n = ${n} WHERE TRUE`);
    expect((await rig.run(["--date", "2024-01-01"])).totals.failed).toBe(0);
    const rows = await value(
      "SELECT STRING_AGG(CAST(n AS STRING)) FROM (SELECT n FROM d.of_view UNION ALL SELECT n FROM d.of_table UNION ALL SELECT n FROM d.within ORDER BY n)",
    );
    expect(rows).toBe(`"${n},${2 * n},${2 * n}"`);
  }
});
