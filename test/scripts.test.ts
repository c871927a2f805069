import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Rig } from "./rig.js";
import { projectOf } from "./small-project.js";

function project(files: Readonly<Record<string, string>>): Rig {
  const rig = Rig.empty();
  rig.write("dataform.json", JSON.stringify({ warehouse: "bigquery", defaultDatabase: "p", defaultSchema: "d" }));
  rig.write("package.json", "{}");
  for (const folder of ["definitions", ".fastbreak"]) mkdirSync(join(rig.dir, folder));
  for (const [file, text] of Object.entries(files)) rig.write(`definitions/${file}`, text);
  return rig;
}

/** Statements that fail while they run, each in a file of its own, and where. */
const FAILURES: Readonly<Record<string, readonly [text: string, said: string]>> = {
  operation: [
    'config { type: "operations" }\nSELECT 1;\nSELECT CAST(CONCAT("a", "b") AS INT64)\n',
    "definitions/operation.sqlx:3:1: Bad int64 value: ab",
  ],
  second_part: [
    'config { type: "operations" }\nSELECT 1\n---\n  DELETE FROM d.nowhere WHERE TRUE\n',
    "definitions/second_part.sqlx:4:15: Table not found: d.nowhere",
  ],
  raised: [
    'config { type: "operations" }\nBEGIN\n  RAISE USING MESSAGE = "stop";\nEND\n',
    "definitions/raised.sqlx:3:3: stop",
  ],
  executed: [
    'config { type: "operations" }\n\nEXECUTE IMMEDIATE "SELECT\\n nothing"\n',
    "definitions/executed.sqlx:3:1: Unrecognized name: nothing [in the executed SQL at 2:2]",
  ],
  asserted: ['config { type: "operations" }\nASSERT 1 = 2 AS "unequal"\n', "definitions/asserted.sqlx:2:1: unequal"],
  before: [
    'config { type: "table" }\npre_operations {\n  DECLARE n INT64;\n  SET n = CAST("x" || "y" AS INT64)\n}\nSELECT 1 AS a\n',
    "definitions/before.sqlx:4:3: Bad int64 value: xy",
  ],
  after: [
    'config { type: "table" }\nSELECT 1 AS a\npost_operations {\n  SELECT 1;\n  INSERT INTO ${self()} (b) VALUES (1)\n}\n',
    "definitions/after.sqlx:5:26: Column b is not present in table d.after",
  ],
  view_before: [
    'config { type: "view" }\npre_operations { ASSERT FALSE AS "no" }\nSELECT 1 AS a\n',
    "definitions/view_before.sqlx:2:18: no",
  ],
  query: [
    'config { type: "table" }\npre_operations { DECLARE n INT64 DEFAULT 1 }\nSELECT\n  n + m AS a\n',
    "definitions/query.sqlx:4:7: Unrecognized name: m",
  ],
  cast: [
    'config { type: "table" }\nSELECT CAST(CONCAT("a", "b") AS INT64) AS a\n',
    "definitions/cast.sqlx: Bad int64 value: ab",
  ],
  function: [
    'config { type: "table" }\npre_operations {\n  CREATE TEMP FUNCTION f(x FLOAT64) RETURNS FLOAT64 LANGUAGE js AS r"""\n    return x.y.z;\n  """\n}\nSELECT f(1) AS a\n',
    "definitions/function.sqlx:4:5: JavaScript function f failed in line 2 of its body: TypeError: Cannot read properties of undefined (reading 'z')",
  ],
};

describe("what fails while a project runs", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = project(Object.fromEntries(Object.entries(FAILURES).map(([name, [text]]) => [`${name}.sqlx`, text])));
    await rig.sql("CREATE SCHEMA d");
  });
  afterAll(() => rig.remove());

  it("is told at its line and column of the SQLX file", async () => {
    const { actions } = await rig.run([], 1);
    const errors = Object.fromEntries(actions.map(({ name, error }) => [name.replace("d.", ""), error]));
    expect(errors).toEqual(Object.fromEntries(Object.entries(FAILURES).map(([name, [, said]]) => [name, said])));
  });
});

describe("scripts in a run", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = project({
      "handled.sqlx": `config { type: "operations", hasOutput: true }
CREATE OR REPLACE TABLE \${self()} AS SELECT "before" AS step;
BEGIN
  INSERT INTO \${self()} SELECT CAST(CAST(step AS INT64) AS STRING) FROM \${self()};
EXCEPTION WHEN ERROR THEN
  INSERT INTO \${self()} VALUES (@@error.message);
END`,
      "tried.sqlx": `config { type: "table" }
pre_operations {
  DECLARE n INT64;
  BEGIN
    SET n = CAST("many" || "" AS INT64);
  EXCEPTION WHEN ERROR THEN
    SET n = -1;
  END
}
SELECT n`,
      "grown.sqlx": `config { type: "incremental", uniqueKey: ["id"] }
pre_operations {
  \${when(incremental(), \`DECLARE newest INT64 DEFAULT (SELECT MAX(idd) FROM \${self()})\`)}
}
SELECT id FROM UNNEST([1]) AS id
\${when(incremental(), "WHERE id > newst")}`,
    });
    await rig.sql("CREATE SCHEMA d");
  });
  afterAll(() => rig.remove());

  it("handle every error, and keep what was done before it", async () => {
    await rig.run([]);
    expect(await rig.sql("SELECT step FROM d.handled ORDER BY 1")).toEqual([["Bad int64 value: before"], ["before"]]);
    expect(await rig.sql("SELECT n FROM d.tried")).toEqual([["-1"]]);
  });

  it("are checked as they would run on a table that is there", async () => {
    const { stdout, code } = await rig.fastbreak("check");
    expect(stdout).toBe(
      `definitions/grown.sqlx:3:3: Unrecognized name: idd; Did you mean id?
definitions/grown.sqlx:6:1: Unrecognized name: newst; Did you mean newest?
3 actions checked, 2 errors
`,
    );
    expect(code).toBe(2);
  });
});

it("finds the datasets of all actions of the run there, of assertions too", async () => {
  const rig = project({
    "kept.sqlx": 'config { type: "operations" }\nCREATE OR REPLACE TABLE checks.kept AS SELECT 1 AS n',
    "none.sqlx":
      'config { type: "assertion", schema: "checks", dependencies: ["kept"] }\nSELECT n FROM UNNEST([1]) AS n WHERE FALSE',
  });
  try {
    await rig.run([]);
    expect(await rig.sql("SELECT n FROM checks.kept")).toEqual([["1"]]);
  } finally {
    rig.remove();
  }
});

it("around a view run again when rows move that they keep elsewhere, and a plain view does not", async () => {
  const keeps = (table: string, from: string) =>
    `CREATE OR REPLACE TABLE d.${table} AS SELECT COUNT(*) AS n FROM ${from}`;
  const rig = project({
    "src.sqlx": 'config { type: "declaration", schema: "raw", name: "src" }',
    "plain.sqlx": 'config { type: "view" }\nSELECT v FROM ${ref("raw", "src")}',
    "own.sqlx": `config { type: "view" }\nSELECT v FROM \${ref("plain")}\npost_operations { ${keeps("from_own", "${self()}")} }`,
    "before.sqlx": `config { type: "view" }\npre_operations { ${keeps("from_before", '${ref("raw", "src")}')} }\nSELECT n FROM d.from_before`,
    "reader.sqlx": 'config { type: "table", dependencies: ["own"] }\nSELECT n FROM d.from_own',
  });
  const counts = () => rig.sql("SELECT a.n, b.n, c.n FROM d.from_own AS a, d.from_before AS b, d.reader AS c");
  try {
    await rig.sql("CREATE SCHEMA raw; CREATE TABLE raw.src AS SELECT 1 AS v");
    await rig.run([]);
    await rig.sql("INSERT INTO raw.src VALUES (2)");
    const { actions } = await rig.run([]);
    expect(actions.filter(({ status }) => status === "skipped").map(({ name }) => name)).toEqual(["d.plain"]);
    expect(await counts()).toEqual([["2", "2", "2"]]);
    expect((await rig.run([])).actions.every(({ status }) => status === "skipped")).toBe(true);
  } finally {
    rig.remove();
  }
});

it("behind a model of dates that change its own rows run once on all of them, whatever date has moved", async () => {
  const model = (after: string) =>
    `config { type: "table", bigquery: { partitionBy: "day", labels: { lookback_days: "0" } } }
SELECT day, SUM(v) AS v FROM \${ref("raw", "src")} GROUP BY day
post_operations { ${after} }`;
  const rig = project({
    "src.sqlx": 'config { type: "declaration", schema: "raw", name: "src" }',
    "tenfold.sqlx": model("UPDATE ${self()} SET v = v * 10 WHERE TRUE"),
    "largest.sqlx": model("DELETE FROM ${self()} WHERE v < (SELECT MAX(v) FROM ${self()})"),
    "plain.sqlx": model("SELECT COUNT(*) FROM ${self()}"),
  });
  try {
    await rig.sql(`CREATE SCHEMA raw; CREATE TABLE raw.src AS
      SELECT DATE '2024-01-01' AS day, 3 AS v UNION ALL SELECT DATE '2024-01-02', 2`);
    await rig.run([]);
    await rig.sql("UPDATE raw.src SET v = 1 WHERE day = DATE '2024-01-01'");
    const { actions } = await rig.run([]);
    const ran = actions.map(({ name, partitions }) => [
      name,
      partitions.filter(({ decision }) => decision === "run").length,
    ]);
    expect(ran.sort()).toEqual([
      ["d.largest", 1],
      ["d.plain", 1],
      ["d.tenfold", 1],
    ]);
    expect(await rig.sql("SELECT v FROM d.tenfold ORDER BY day")).toEqual([["10"], ["20"]]);
    expect(await rig.sql("SELECT CAST(day AS VARCHAR), v FROM d.largest")).toEqual([["2024-01-02", "2"]]);
    expect((await rig.run([])).actions.every(({ status }) => status === "skipped")).toBe(true);
  } finally {
    rig.remove();
  }
});

it("publishes no model whose assertion cannot be read, as none whose assertion fails", async () => {
  const rig = project({
    "guarded.sqlx": 'config { type: "table" }\nSELECT 1 AS a',
    "wrong.sqlx": 'config { type: "assertion" }\nSELECT a AS by FROM ${ref("guarded")}',
  });
  try {
    const { stdout, code } = await rig.fastbreak("run");
    expect(code).toBe(1);
    expect(stdout).toContain("definitions/wrong.sqlx:2:13: Syntax error: Expected identifier but got keyword BY");
    expect(await rig.sql("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'd'")).toEqual([]);
  } finally {
    rig.remove();
  }
});

it("of models that write to one table at once, each goes through once, also where a handler stands around it", async () => {
  const model = (name: string, before: string, after: string) =>
    [
      `config { type: "table", name: "${name}", dependencies: ["counter"] }`,
      `pre_operations { ${before} }`,
      "SELECT COUNT(*) AS n FROM UNNEST(GENERATE_ARRAY(1, 300000)) AS a",
      `post_operations { ${after} }`,
    ].join("\n");
  const add = (column: string) => `UPDATE d.counter SET ${column} = ${column} + 1 WHERE TRUE`;
  const rig = project({
    "counter.sqlx": 'config { type: "table" }\nSELECT 0 AS before, 0 AS after, 0 AS failed',
    ...Object.fromEntries(
      ["m1", "m2", "m3", "m4"].map((name) => [`${name}.sqlx`, model(name, "SELECT 1", add("after"))]),
    ),
    ...Object.fromEntries(
      ["n1", "n2", "n3"].map((name) => [
        `${name}.sqlx`,
        model(name, `BEGIN ${add("before")}; EXCEPTION WHEN ERROR THEN ${add("failed")}; END`, "SELECT 1"),
      ]),
    ),
  });
  try {
    await rig.run([]);
    expect(await rig.sql("SELECT before, after, failed FROM d.counter")).toEqual([["3", "4", "0"]]);
  } finally {
    rig.remove();
  }
});

it("of a table that only lose rows are told as a difference, and what reads it runs", async () => {
  const rig = project({
    "kept.sqlx": [
      'config { type: "incremental" }',
      "pre_operations { ${when(incremental(), `DELETE FROM ${self()} WHERE id > 1`)} }",
      'SELECT id FROM raw.src ${when(incremental(), "WHERE id > 1")}',
    ].join("\n"),
    "reader.sqlx": 'config { type: "table" }\nSELECT COUNT(*) AS n FROM ${ref("kept")}',
  });
  const statuses = async () =>
    Object.fromEntries((await rig.run([])).actions.map(({ name, status }) => [name, status]));
  try {
    await rig.allSql(["CREATE SCHEMA raw", "CREATE TABLE raw.src AS SELECT unnest([1, 2]) AS id"]);
    await rig.run([]);
    await rig.sql("DELETE FROM raw.src WHERE id = 2");
    expect(await statuses()).toEqual({ "d.kept": "success", "d.reader": "success" });
    expect(await rig.sql("SELECT n FROM d.reader")).toEqual([["1"]]);
    expect(await statuses()).toEqual({ "d.kept": "skipped", "d.reader": "skipped" });
  } finally {
    rig.remove();
  }
});

it("says that a transaction which nobody commits leaves nothing", async () => {
  const own = await projectOf({});
  try {
    const left = await own.fastbreak("query", "BEGIN TRANSACTION; DELETE FROM raw.numbers WHERE TRUE");
    expect([left.code, left.stderr]).toEqual([0, "note: the transaction was not committed; nothing of it is kept\n"]);
    expect(await own.sql("SELECT count(*) FROM raw.numbers")).toEqual([["1"]]);
    const kept = await own.fastbreak(
      "query",
      "BEGIN TRANSACTION; DELETE FROM raw.numbers WHERE TRUE; COMMIT TRANSACTION",
    );
    expect([kept.code, kept.stderr]).toEqual([0, ""]);
    expect(await own.sql("SELECT count(*) FROM raw.numbers")).toEqual([["0"]]);
  } finally {
    own.remove();
  }
});
