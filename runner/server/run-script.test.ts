import { afterAll, beforeAll, expect, it } from "vitest";
import { openScratchWarehouse } from "../engines/duckdb/warehouse.js";
import type { Warehouse } from "../port/port.js";
import { runScript } from "./run-script.js";

let warehouse: Warehouse;
beforeAll(async () => {
  warehouse = await openScratchWarehouse();
  await runScript(warehouse, "p", "CREATE SCHEMA d; CREATE TABLE d.daily (day DATE, n INT64) PARTITION BY day");
});
afterAll(() => warehouse.close());

it("replaces all labels by those of OPTIONS", async () => {
  const told = async (sql: string) =>
    (await runScript(warehouse, "p", `${sql}; SELECT option_value FROM d.INFORMATION_SCHEMA.TABLE_OPTIONS`)).rows?.rows;
  expect(await told("ALTER TABLE d.daily SET OPTIONS (labels = [('a', 'b'), ('c', 'd')])")).toEqual([
    ['[STRUCT("a", "b"), STRUCT("c", "d")]'],
  ]);
  expect(await told("ALTER TABLE d.daily SET OPTIONS (labels = [('c', 'e')])")).toEqual([['[STRUCT("c", "e")]']]);
  expect(await told("ALTER TABLE d.daily SET OPTIONS (labels = [])")).toEqual([]);
});

it.each([
  ["CREATE TABLE d.other LIKE d.source", ['"of source"', '[STRUCT("a", "b")]']],
  ["CREATE TABLE d.other COPY d.source OPTIONS (description = 'own')", ['"own"', '[STRUCT("a", "b")]']],
  ["CREATE TABLE d.other LIKE d.source OPTIONS (labels = [('c', 'd')])", ['"of source"', '[STRUCT("c", "d")]']],
  ["CREATE SNAPSHOT TABLE d.other CLONE d.source OPTIONS (description = 'own')", ['"own"']],
])("gives a table the options of its source and its own: %s", async (statement, options) => {
  const source = "CREATE TABLE d.source (n INT64) OPTIONS (description = 'of source', labels = [('a', 'b')])";
  const asked = `SELECT option_value FROM d.INFORMATION_SCHEMA.TABLE_OPTIONS WHERE table_name = 'other' ORDER BY option_name`;
  const told = await runScript(warehouse, "p", `${source}; ${statement}; ${asked}`);
  expect(told.rows?.rows).toEqual(options.map((option) => [option]));
  const other = statement.includes("SNAPSHOT") ? "SNAPSHOT TABLE" : "TABLE";
  await runScript(warehouse, "p", `DROP TABLE d.source; DROP ${other} d.other`);
});

it.each(["CREATE TABLE d.told (n INT64) OPTIONS (description = 'second')", "DROP VIEW d.told"])(
  "keeps nothing of a statement that failed: %s",
  async (statement) => {
    const options = "SELECT option_value FROM d.INFORMATION_SCHEMA.TABLE_OPTIONS";
    await runScript(warehouse, "p", "CREATE TABLE d.told (n INT64) OPTIONS (description = 'first')");
    await expect(runScript(warehouse, "p", `SELECT 1; ${statement}`)).rejects.toThrow();
    expect((await runScript(warehouse, "p", options)).rows?.rows).toEqual([['"first"']]);
    const handled = `BEGIN ${statement}; EXCEPTION WHEN ERROR THEN SELECT 1; END; ${options}`;
    expect((await runScript(warehouse, "p", handled)).rows?.rows).toEqual([['"first"']]);
    await runScript(warehouse, "p", "DROP TABLE d.told");
  },
);

it("tells of snapshots and clones what they were made of, and of copies nothing", async () => {
  const told = await runScript(
    warehouse,
    "p",
    `SET @@dataset_id = 'd'; CREATE SNAPSHOT TABLE d.kept_days CLONE daily; CREATE TABLE d.cloned CLONE d.daily; CREATE TABLE d.copied COPY d.daily;
    SELECT table_name, base_table_catalog, base_table_schema, base_table_name, snapshot_time_ms > TIMESTAMP '2020-01-01'
    FROM d.INFORMATION_SCHEMA.TABLES WHERE table_name IN ('kept_days', 'cloned', 'copied') ORDER BY table_name`,
  );
  expect(told.rows?.rows).toEqual([
    ["cloned", "p", "d", "daily", true],
    ["copied", null, null, null, null],
    ["kept_days", "p", "d", "daily", true],
  ]);
  await runScript(warehouse, "p", "DROP SNAPSHOT TABLE d.kept_days; DROP TABLE d.cloned; DROP TABLE d.copied");
});

it("tells what OPTIONS and the definition of a routine say", async () => {
  await runScript(
    warehouse,
    "p",
    `CREATE FUNCTION d.f(a INTEGER, b RANGE<DATE>) RETURNS DECIMAL OPTIONS (description = 'adds') AS (a + 1);
    CREATE FUNCTION d.j(x FLOAT64) RETURNS FLOAT64 DETERMINISTIC LANGUAGE js OPTIONS (description = 'same') AS 'return x';
    CREATE PROCEDURE d.begin_it() OPTIONS (description = 'where to begin') BEGIN SELECT 1; END`,
  );
  const asked = async (sql: string) => (await runScript(warehouse, "p", sql)).rows?.rows;
  expect(
    await asked("SELECT specific_name, option_value FROM d.INFORMATION_SCHEMA.ROUTINE_OPTIONS ORDER BY 1"),
  ).toEqual([
    ["begin_it", '"where to begin"'],
    ["f", '"adds"'],
    ["j", '"same"'],
  ]);
  expect(
    await asked(
      "SELECT data_type, is_deterministic, routine_definition FROM d.INFORMATION_SCHEMA.ROUTINES ORDER BY routine_name",
    ),
  ).toEqual([
    [null, null, "BEGIN SELECT 1; END"],
    ["NUMERIC", null, "a + 1"],
    ["FLOAT64", "YES", "return x"],
  ]);
  expect(
    await asked(
      "SELECT data_type FROM d.INFORMATION_SCHEMA.PARAMETERS WHERE specific_name = 'f' ORDER BY ordinal_position",
    ),
  ).toEqual([["NUMERIC"], ["INT64"], ["RANGE<DATE>"]]);
  await runScript(warehouse, "p", "DROP FUNCTION d.f; DROP FUNCTION d.j; DROP PROCEDURE d.begin_it");
});

it("leaves the table alone that a temporary one stands before", async () => {
  const told = await runScript(
    warehouse,
    "p",
    `SET @@dataset_id = 'd'; CREATE TABLE d.hidden (a INT64) OPTIONS (description = 'kept');
    CREATE TEMP TABLE hidden AS SELECT 1 AS a; INSERT hidden VALUES (2);
    ALTER TABLE hidden SET OPTIONS (description = 'temporary'); DROP TABLE hidden;
    SELECT option_value FROM INFORMATION_SCHEMA.TABLE_OPTIONS WHERE table_name = 'hidden'`,
  );
  expect(told.rows?.rows).toEqual([['"kept"']]);
  await runScript(warehouse, "p", "DROP TABLE d.hidden");
});

it("takes the keys of a column away with it", async () => {
  const told = await runScript(
    warehouse,
    "p",
    `CREATE TABLE d.keyed (a INT64, b INT64, c INT64, PRIMARY KEY (a, b) NOT ENFORCED,
      CONSTRAINT own FOREIGN KEY (c, b) REFERENCES d.keyed(a, b) NOT ENFORCED);
    ALTER TABLE d.keyed DROP COLUMN c; ALTER TABLE d.keyed DROP COLUMN a;
    SELECT constraint_name FROM d.INFORMATION_SCHEMA.TABLE_CONSTRAINTS`,
  );
  expect(told.rows?.rows).toEqual([]);
  await runScript(warehouse, "p", "DROP TABLE d.keyed");
});

it.each([
  ["CREATE TABLE d.one (n INT64)", "DROP EXTERNAL TABLE IF EXISTS d.one", "TABLE", "DROP TABLE d.one"],
  ["CREATE VIEW d.one AS SELECT 1 AS n", "DROP MATERIALIZED VIEW d.one", "VIEW", "DROP VIEW d.one"],
  [
    "CREATE MATERIALIZED VIEW d.one AS SELECT COUNT(*) AS n FROM d.daily",
    "DROP VIEW d.one",
    "MATERIALIZED_VIEW",
    "DROP MATERIALIZED VIEW d.one",
  ],
  ["CREATE SNAPSHOT TABLE d.one CLONE d.daily", "DROP TABLE IF EXISTS d.one", "SNAPSHOT", "DROP SNAPSHOT TABLE d.one"],
])("drops what a statement names and nothing of another kind: %s", async (made, wrong, kind, right) => {
  await runScript(warehouse, "p", made);
  const said = `d.one is not allowed for this operation because it is currently a ${kind}.`;
  await expect(runScript(warehouse, "p", wrong)).rejects.toThrow(said);
  await runScript(warehouse, "p", right);
});

it.each([
  "ALTER TABLE d.kept DROP COLUMN a, DROP COLUMN b",
  "ALTER TABLE d.kept ADD COLUMN c INT64, ADD COLUMN b INT64",
  "ALTER TABLE d.kept ALTER COLUMN b DROP DEFAULT, DROP COLUMN a, DROP COLUMN b",
  "CREATE OR REPLACE TABLE d.kept (a INT64 NOT NULL) AS SELECT NULL",
])("makes all changes of a statement or none: %s", async (statement) => {
  await runScript(warehouse, "p", "CREATE TABLE d.kept (a INT64, b INT64 DEFAULT 2); INSERT d.kept (a) VALUES (1)");
  await expect(runScript(warehouse, "p", statement)).rejects.toThrow();
  const handled = `BEGIN ${statement}; EXCEPTION WHEN ERROR THEN INSERT d.kept (a) VALUES (3); END`;
  const result = await runScript(warehouse, "p", `${handled}; SELECT * FROM d.kept ORDER BY a`);
  expect(result.rows?.columns.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(result.rows?.rows).toEqual([
    [1n, 2n],
    [3n, 2n],
  ]);
  await runScript(warehouse, "p", "DROP TABLE d.kept");
});

it.each([
  ["CREATE TABLE d.t (n INT64) OPTIONS (foo = 'x')", "Unknown option: foo"],
  ["CREATE TABLE d.t (n INT64) OPTIONS (description = 5)", "Option description value has type INT64"],
  ["CREATE TABLE d.t (n INT64 OPTIONS (description = 5))", "Option description value has type INT64"],
  ["CREATE TABLE d.t (x FLOAT64) CLUSTER BY x", "Field x has type FLOAT64, which is not supported for clustering"],
  ["CREATE TABLE d.t (x ARRAY<INT64>) CLUSTER BY x", "Field x has type ARRAY<INT64>"],
  ["CREATE TABLE d.t (a INT64, b INT64, c INT64, e INT64, f INT64) CLUSTER BY a, b, c, e, f", "more than 4 fields"],
  ["CREATE OR REPLACE TABLE d.daily (day DATE, n INT64)", "Cannot replace a table with a different partitioning spec"],
  ["ALTER TABLE d.daily DROP COLUMN day", "is not supported for partitioning column day"],
])("makes no table that BigQuery does not make: %s", async (sql, message) => {
  await expect(runScript(warehouse, "p", sql)).rejects.toThrow(message);
  const names = await runScript(warehouse, "p", "SELECT table_name FROM d.INFORMATION_SCHEMA.TABLES");
  expect(names.rows?.rows).toEqual([["daily"]]);
});
