import { afterAll, beforeAll, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

const OF_RAW = 'dependencies: ["orders"]';

let rig: Rig;
beforeAll(async () => {
  rig = await projectOf({
    orders: `config { type: "operations", schema: "raw", name: "orders", hasOutput: true }
CREATE TABLE IF NOT EXISTS \${self()} (id INT64 NOT NULL, amount NUMERIC(5, 2))`,
    profile: `config { type: "table", ${OF_RAW} }
SELECT table_name, COUNT(*) AS n, COUNTIF(is_nullable = 'NO') AS required FROM raw.INFORMATION_SCHEMA.COLUMNS
WHERE table_name = 'orders' GROUP BY 1`,
    sizes: `config { type: "table", ${OF_RAW} }\nSELECT table_id, row_count FROM raw.__TABLES__ WHERE table_id = 'orders'`,
    grown: `config { type: "incremental", uniqueKey: ["id"] }
pre_operations { DECLARE is_there DEFAULT (SELECT COUNT(*) > 0 FROM d.INFORMATION_SCHEMA.TABLES WHERE table_name = 'grown'); }
SELECT 1 AS id, is_there`,
    later: `config { type: "incremental", ${OF_RAW} }
SELECT id FROM raw.orders \${when(incremental(), "WHERE id > (SELECT row_count FROM d.__TABLES__ WHERE table_id = 'later')")}`,
    by_count: `config { type: "incremental", ${OF_RAW} }
pre_operations { CREATE TABLE IF NOT EXISTS \${self()} (id INT64) }
SELECT id FROM raw.orders WHERE id > (SELECT row_count FROM d.__TABLES__ WHERE table_id = 'by_count')`,
    contract: `config { type: "assertion", tags: ["warn"], ${OF_RAW} }
SELECT column_name FROM raw.INFORMATION_SCHEMA.COLUMNS WHERE column_name = 'amount' AND data_type <> 'NUMERIC(5, 2)'`,
    steps: `config { type: "operations" }
CREATE SCHEMA IF NOT EXISTS ops; CREATE OR REPLACE TABLE ops.made (a DATE, b STRING) PARTITION BY a;
INSERT INTO ops.made VALUES ('2024-01-01', 'x'), ('2024-01-01', 'y'), ('2024-01-02', 'z');
FOR one IN (SELECT column_name FROM ops.INFORMATION_SCHEMA.COLUMNS WHERE table_name = 'made') DO
  EXECUTE IMMEDIATE FORMAT("CREATE OR REPLACE TABLE ops.of_%s AS SELECT COUNT(DISTINCT %s) AS n FROM ops.made", one.column_name, one.column_name);
END FOR;
CREATE OR REPLACE TABLE ops.found AS SELECT table_name FROM ops.INFORMATION_SCHEMA.TABLES;
CREATE OR REPLACE TABLE ops.parts AS SELECT partition_id, total_rows FROM ops.INFORMATION_SCHEMA.PARTITIONS WHERE table_name = 'made'`,
  });
});
afterAll(() => rig.remove());

it("takes INFORMATION_SCHEMA in models, assertions and operations, as they see it", async () => {
  const checked = await rig.fastbreak("check");
  expect([checked.stdout, checked.stderr]).toEqual(["8 actions checked, 0 errors\n", ""]);
  await rig.run([]);
  expect(await rig.sql("SELECT * FROM d.profile")).toEqual([["orders", "2", "1"]]);
  expect(await rig.sql("SELECT * FROM d.sizes")).toEqual([["orders", "0"]]);
  expect(await rig.sql("SELECT is_there FROM d.grown")).toEqual([["false"]]);
  // A script sees what its own statements have done.
  expect(await rig.sql("SELECT table_name FROM ops.found ORDER BY 1")).toEqual([["made"], ["of_a"], ["of_b"]]);
  expect(await rig.sql("SELECT a.n, b.n FROM ops.of_a AS a, ops.of_b AS b")).toEqual([["2", "3"]]);
  expect(await rig.sql("SELECT * FROM ops.parts ORDER BY 1")).toEqual([
    ["20240101", "2"],
    ["20240102", "1"],
  ]);
});

it("reads it anew in every run", async () => {
  await rig.fastbreak("query", "ALTER TABLE raw.orders ADD COLUMN day DATE; INSERT raw.orders (id) VALUES (1), (2)");
  const { actions } = await rig.run([]);
  const reasons = actions.flatMap(({ name, partitions }) =>
    name === "d.profile" ? partitions.map(({ reason }) => reason) : [],
  );
  expect(reasons).toEqual(["volatile"]);
  expect(await rig.sql("SELECT n FROM d.profile")).toEqual([["3"]]);
  expect(await rig.sql("SELECT row_count FROM d.sizes")).toEqual([["2"]]);
  expect(await rig.sql("SELECT is_there FROM d.grown")).toEqual([["true"]]);
});

it("keeps the rows of an incremental table that goes by what it tells of them", async () => {
  for (const table of ["later", "by_count"]) expect(await rig.sql(`SELECT id FROM d.${table}`)).toEqual([["1"], ["2"]]);
  await rig.fastbreak("query", "INSERT raw.orders (id) VALUES (3)");
  for (const _ of [1, 2]) await rig.run([]);
  for (const table of ["later", "by_count"])
    expect(await rig.sql(`SELECT id FROM d.${table} ORDER BY id`)).toEqual([["1"], ["2"], ["3"]]);
});

it("says where it cannot be read, and what there is not", async () => {
  rig.write("definitions/shown.sqlx", 'config { type: "view" }\nSELECT table_name FROM raw.INFORMATION_SCHEMA.TABLES');
  rig.write("definitions/wrong.sqlx", 'config { type: "table" }\nSELECT tabel_name FROM raw.INFORMATION_SCHEMA.TABLES');
  const { stdout, stderr } = await rig.fastbreak("check");
  expect(stdout + stderr).toContain(
    "definitions/shown.sqlx:2:24: INFORMATION_SCHEMA.TABLES in a view is not supported",
  );
  expect(stdout + stderr).toContain(
    "definitions/wrong.sqlx:2:8: Unrecognized name: tabel_name; Did you mean table_name?",
  );
});
