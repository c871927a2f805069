import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Rig, runWithin } from "./rig.js";

runWithin();

let rig: Rig;
beforeEach(() => {
  rig = Rig.empty();
  rig.bringLibrary();
  put("workflow_settings.yaml", "defaultProject: p\ndefaultDataset: d\n");
  put("data/a.csv", "id,name,day\n1,a,2024-01-01\n02,,2024-01-02\n");
  put("data/b.csv", '3;"";2024-01-03\n');
  put("data/c.json", '{"id":4,"name":"n","tags":["x"],"more":1}\n');
});
afterEach(() => rig.remove());

function put(path: string, text: string | Uint8Array): void {
  mkdirSync(dirname(join(rig.dir, path)), { recursive: true });
  writeFileSync(join(rig.dir, path), text);
}

async function rowsOf(sql: string): Promise<unknown> {
  const { code, stdout, stderr } = await rig.fastbreak("query", "--json", sql);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

describe("LOAD DATA", () => {
  it("makes, extends and overwrites tables, with the types of a list or as BigQuery detects them", async () => {
    put("data/d_1.csv.gz", gzipSync("5,e\n"));
    put("data/d_2.csv", "6\n");
    const sql = `CREATE SCHEMA raw;
LOAD DATA INTO raw.t FROM FILES (format = 'CSV', uris = ['data/a.csv']);
LOAD DATA INTO p.raw.t (id INT64, name STRING, day DATE)
FROM FILES (format = 'csv', uris = ['data/b.csv'], field_delimiter = ';');
LOAD DATA INTO raw.t FROM FILES (format = 'NEWLINE_DELIMITED_JSON', uris = ['data/*.json'], ignore_unknown_values = TRUE);
LOAD DATA INTO raw.t FROM FILES (format = 'CSV', uris = ['file://${rig.dir}/data/d_*'], skip_leading_rows = 0, allow_jagged_rows = TRUE);
SELECT * FROM raw.t ORDER BY id`;
    const day = (n: number) => `2024-01-0${n}`;
    expect(await rowsOf(sql)).toEqual([
      { id: 1, name: "a", day: day(1) },
      { id: 2, name: null, day: day(2) },
      { id: 3, name: "", day: day(3) },
      { id: 4, name: "n", day: null },
      { id: 5, name: "e", day: null },
      { id: 6, name: null, day: null },
    ]);
    await rowsOf(`LOAD DATA OVERWRITE raw.t (id NUMERIC(5, 1), who STRING(1), day DATE) PARTITION BY day
FROM FILES (format = 'CSV', uris = ['data/a.csv'], skip_leading_rows = 1, null_marker = 'a')`);
    expect(await rowsOf("SELECT * FROM raw.t ORDER BY id")).toEqual([
      { id: "1", who: null, day: day(1) },
      { id: "2", who: "", day: day(2) },
    ]);
    const [[comment] = []] = await rig.sql("SELECT comment FROM duckdb_tables() WHERE table_name = 't'");
    expect(comment).toContain('"partitionBy":"day"');
    put("data/names.csv", "a,b\nc,d\n");
    const texts =
      "LOAD DATA OVERWRITE raw.n FROM FILES (format = 'CSV', uris = ['data/names.csv']); SELECT * FROM raw.n";
    expect(await rowsOf(`${texts} ORDER BY 1`)).toEqual([
      { string_field_0: "a", string_field_1: "b" },
      { string_field_0: "c", string_field_1: "d" },
    ]);
  });

  it.each([
    [
      "(id INT64, name INT64, day DATE)",
      "format = 'CSV', uris = ['data/a.csv'], skip_leading_rows = 1",
      /data\/a\.csv:2: column name: 'a' is no INT64/,
    ],
    ["(id INT64)", "format = 'CSV', uris = ['data/a.csv']", /data\/a\.csv:1: the row must have 1 fields, one a column/],
    [
      "",
      "format = 'AVRO', uris = ['x']",
      /LOAD DATA of AVRO files is not supported by the embedded engine; it reads CSV.* \[at 1:43\]$/,
    ],
    [
      "",
      "format = 'CSV', uris = ['gs://b/x']",
      /reads files of this machine on the embedded engine, not gs:\/\/b\/x; name a path/,
    ],
    ["", "format = 'CSV', uris = ['data/z.csv']", /data\/z\.csv cannot be read: it does not exist/],
    ["", "format = 'CSV', uris = ['data/z*']", /no file is called data\/z\*/],
    ["", "format = 'JSON', uris = ['data/c.json']", /data\/c\.json: raw\.t has no column name; it has id/],
    ["", "format = 'JSON', uris = ['data/c.json'], quote = '!'", /Option quote is for CSV files/],
    [
      "",
      "format = 'CSV', uris = ['data/a.csv'], max_bad_records = 3",
      /Option max_bad_records of LOAD DATA is not supported/,
    ],
    ["", "uris = ['data/a.csv']", /LOAD DATA needs the option format/],
  ])("refuses %s %s in one line and leaves the table as it was", async (columns, options, message) => {
    await rowsOf("CREATE SCHEMA raw; CREATE TABLE raw.t AS SELECT 9 AS id");
    const into = columns.startsWith("(id INT64, name") ? "OVERWRITE" : "INTO";
    const { code, stdout, stderr } = await rig.fastbreak(
      "query",
      `LOAD DATA ${into} raw.t ${columns} FROM FILES (${options})`.replace("t  FROM", "t FROM"),
    );
    expect([1, 2]).toContain(code);
    expect([stdout, stderr.trimEnd().split("\n").length]).toEqual(["", 1]);
    expect(stderr.trimEnd()).toMatch(message);
    expect(await rowsOf("SELECT * FROM raw.t")).toEqual([{ id: 9 }]);
  });

  it("runs in operations, whose readers wait for it, and is checked", async () => {
    put(
      "definitions/load.sqlx",
      `config { type: "operations" }
CREATE SCHEMA IF NOT EXISTS raw;
LOAD DATA OVERWRITE raw.t (id INT64, name STRING, day DATE)
FROM FILES (format = 'CSV', uris = ['data/a.csv'], skip_leading_rows = 1)`,
    );
    put("definitions/sums.sqlx", 'config { type: "table" }\nSELECT SUM(id) AS total FROM raw.t');
    expect((await rig.fastbreak("check")).stdout).toBe("2 actions checked, 0 errors\n");
    await rig.run([]);
    expect(await rowsOf("SELECT * FROM d.sums")).toEqual([{ total: 3 }]);
    put("data/a.csv", "id,name,day\n5,,\n");
    await rig.run([]);
    expect(await rowsOf("SELECT * FROM d.sums")).toEqual([{ total: 5 }]);
    put("data/a.csv", "id,name,day\nfive,,\n");
    const { actions } = await rig.run([], 1);
    expect(actions.find(({ name }) => name === "d.load")?.error).toMatch(
      /^definitions\/load\.sqlx:3:1: data\/a\.csv:2: column id: 'five' is no INT64/,
    );
    expect(await rowsOf("SELECT id FROM raw.t")).toEqual([{ id: 5 }]);
  });

  it("runs from a file of SQL that is seeded", async () => {
    const file =
      "LOAD DATA INTO raw.t (id INT64, name STRING, day DATE)\nFROM FILES (format = 'CSV', uris = ['data/a.csv'], skip_leading_rows = 1)";
    put("load.sql", `CREATE SCHEMA IF NOT EXISTS raw;\n${file}`);
    expect((await rig.fastbreak("seed", "load.sql")).stdout).toMatch(/raw\.t +2 +new table +load\.sql\n2 rows loaded/);
    put("load.sql", `${file.replace("name STRING", "name DATE")}`);
    expect((await rig.fastbreak("seed", "load.sql")).stderr).toBe(
      "fastbreak: load.sql:1:38: Provided Schema does not match Table raw.t. Field name has changed type from STRING to DATE\n",
    );
  });
});
