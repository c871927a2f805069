import { afterEach, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

let rig: Rig;
afterEach(() => rig.remove());

// The file of the warehouse is called `warehouse`, and DuckDB has databases of the other names.
it.each(["warehouse", "temp", "SYSTEM", "main", "bq"])("a dataset may be called %s", async (dataset) => {
  const read = async (table: string) => {
    const { code, stdout } = await rig.fastbreak("query", "--csv", `SELECT * FROM ${dataset}.${table} ORDER BY 1, 2`);
    expect(code).toBe(0);
    return stdout;
  };
  const own = `schema: "${dataset}"`;
  const rows = `\${ref("${dataset}", "source")}`;
  rig = await projectOf({
    source: `config { type: "declaration", ${own}, name: "source" }`,
    whole: `config { type: "table", ${own} }\nSELECT id, v FROM ${rows}`,
    keyed: `config { type: "incremental", uniqueKey: ["id"], ${own} }\nSELECT id, v FROM ${rows}`,
    dated: `config { type: "incremental", ${own}, bigquery: { partitionBy: "day", labels: { lookback_days: "0" } } }
SELECT id, v, day FROM ${rows}`,
    log: `config { type: "incremental", uniqueKey: ["id"], ${own} }
SELECT id, v FROM ${rows} \${when(incremental(), "WHERE v > 1")}`,
    seen: `config { type: "view", ${own}, assertions: { uniqueKey: ["id"] } }\nSELECT id, v + 1 AS v FROM \${ref("keyed")}`,
    made: `config { type: "operations", ${own}, hasOutput: true }
CREATE TEMP TABLE picked AS SELECT id, v FROM ${rows}; CREATE OR REPLACE TABLE \${self()} AS SELECT * FROM picked`,
  });
  const source = `${dataset}.source`;
  const script = async (sql: string) => expect(await rig.fastbreak("query", sql)).toMatchObject({ code: 0 });
  await script(
    `CREATE SCHEMA IF NOT EXISTS ${dataset}; CREATE TABLE ${source} AS SELECT 1 AS id, 2 AS v, DATE '2024-01-01' AS day UNION ALL SELECT 2, 3, '2024-01-02'`,
  );
  for (const change of [
    `UPDATE ${source} SET v = 7 WHERE id = 1`,
    `INSERT INTO ${source} VALUES (3, 4, '2024-01-02')`,
    `MERGE ${source} AS t USING (SELECT 3 AS id) AS s ON t.id = s.id WHEN MATCHED THEN UPDATE SET v = 9`,
  ]) {
    expect((await rig.run([])).totals.failed).toBe(0);
    await script(change);
    expect((await rig.run([])).totals.failed).toBe(0);
    const whole = await read("whole");
    for (const table of ["keyed", "log", "made"]) expect(await read(table), table).toBe(whole);
    expect(await read("dated")).toBe(await read("source"));
    expect((await rig.fastbreak("query", "--csv", `SELECT SUM(v) - COUNT(*) FROM ${dataset}.seen`)).stdout).toBe(
      (await rig.fastbreak("query", "--csv", `SELECT SUM(v) FROM ${source}`)).stdout,
    );
    expect(await rig.fastbreak("verify")).toMatchObject({ code: 0 });
  }
});

it("says what stands in the way of a name that differs in the case of its letters alone", async () => {
  rig = await projectOf({ one: 'config { type: "table" }\nSELECT 1 AS v' });
  await rig.run([]);
  rig.write("definitions/one.sqlx", 'config { type: "table", name: "One" }\nSELECT 2 AS v');
  expect((await rig.fastbreak("run")).stdout).toContain(
    "takes names without regard to case, and d.one is there: where its rows are not needed any more, drop it ('DROP TABLE d.one')",
  );
  await rig.fastbreak("query", "DROP TABLE d.one");
  expect((await rig.run([])).totals.failed).toBe(0);
  expect((await rig.fastbreak("query", "--csv", "SELECT v FROM d.One")).stdout).toContain("2");
});

it("a dataset may be called like an alias of the query that reads it", async () => {
  const daily = 'type: "table", bigquery: { partitionBy: "day", labels: { lookback_days: "0" } }';
  rig = await projectOf({
    first: `config { ${daily} }\nSELECT day, n FROM \${ref("numbers")}`,
    // `d` is the dataset of `first`, too.
    second: `config { ${daily} }
SELECT d.day, (SELECT SUM(n) FROM \${ref("first")} WHERE day = d.day) AS n FROM \${ref("numbers")} AS d`,
  });
  expect((await rig.run(["--date", "2024-01-01"])).totals.failed).toBe(0);
  expect((await rig.fastbreak("query", "--csv", "SELECT n FROM d.second")).stdout).toBe("n\n4\n");
});

it("a view that names a dataset may be read where an alias or a column is called like it", async () => {
  rig = await projectOf({
    seen: 'config { type: "view" }\nSELECT n FROM raw.numbers',
    home: 'config { type: "view" }\nSELECT n FROM `p` . raw.numbers',
    field: `config { type: "table" }
SELECT raw.day, (SELECT SUM(n) FROM \${ref("seen")}) AS n FROM \${ref("numbers")} AS raw`,
    // What the names would be, were they read here: an array of other numbers.
    array: `config { type: "table" }
SELECT (SELECT SUM(n) FROM \${ref("seen")}) AS n, (SELECT SUM(n) FROM \${ref("home")}) AS home
FROM (SELECT [STRUCT(100 AS n)] AS numbers) AS raw, (SELECT STRUCT([STRUCT(100 AS n)] AS numbers) AS raw) AS p`,
  });
  expect((await rig.run([])).totals.failed).toBe(0);
  expect((await rig.fastbreak("query", "--csv", "SELECT n FROM d.field")).stdout).toBe("n\n4\n");
  expect((await rig.fastbreak("query", "--csv", "SELECT n, home FROM d.array")).stdout).toBe("n,home\n4,4\n");
});

it("INFORMATION_SCHEMA of another project tells of its datasets, not of those at home", async () => {
  rig = await projectOf({});
  await rig.fastbreak("query", "CREATE SCHEMA `other.raw`; CREATE TABLE `other.raw.visits` AS SELECT 1 AS id");
  const tables = async (dataset: string) =>
    (
      await rig.fastbreak(
        "query",
        "--csv",
        `SELECT table_catalog, table_schema, table_name FROM ${dataset}.INFORMATION_SCHEMA.TABLES`,
      )
    ).stdout;
  const head = "table_catalog,table_schema,table_name\n";
  expect(await tables("other.raw")).toBe(`${head}other,raw,visits\n`);
  expect(await tables("p.raw")).toBe(`${head}p,raw,numbers\n`);
  const ddl = await rig.fastbreak("query", "SELECT ddl FROM `other`.raw.INFORMATION_SCHEMA.TABLES");
  expect(ddl.stdout).toContain("CREATE TABLE `other.raw.visits`");
  const missing = await rig.fastbreak("query", "SELECT table_id FROM other.none.__TABLES__");
  expect(missing.stderr).toContain("Not found: Dataset other:none");
});
