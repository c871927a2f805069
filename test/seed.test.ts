import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Rig, runWithin } from "./rig.js";

runWithin();

let rig: Rig;
beforeEach(() => {
  rig = Rig.empty();
  rig.bringLibrary();
  put("workflow_settings.yaml", "defaultProject: p\ndefaultDataset: d\n");
});
afterEach(() => rig.remove());

function put(path: string, text: string | Uint8Array): void {
  mkdirSync(dirname(join(rig.dir, path)), { recursive: true });
  writeFileSync(join(rig.dir, path), text);
}

function declare(dataset: string, ...names: readonly string[]): void {
  for (const name of names)
    put(`definitions/${dataset}_${name}.sqlx`, `config { type: "declaration", schema: "${dataset}", name: "${name}" }`);
}

async function ok(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await rig.fastbreak(...args);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
}

async function refused(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await rig.fastbreak(...args);
  expect([code, stdout, stderr.trimEnd().split("\n").length]).toEqual([2, "", 1]);
  return stderr.trimEnd();
}

const rowsOf = async (sql: string): Promise<unknown> => JSON.parse(await ok("query", "--json", sql));

describe("fastbreak init and query", () => {
  it("makes the warehouse and the settings once, and keeps what is there", async () => {
    rmSync(join(rig.dir, ".fastbreak"), { recursive: true });
    expect(await ok("init")).toMatch(/^made .*warehouse\.duckdb\nmade .*fastbreak\.json\nnext: /);
    const settings = JSON.parse(rig.read("fastbreak.json")) as { $schema: string };
    expect(JSON.parse(rig.read(settings.$schema))).toMatchObject({ properties: { stateDataset: {} } });
    rig.write("fastbreak.json", '{ "stateDataset": "mine" }');
    expect(await ok("init")).toMatch(/^kept .*warehouse\.duckdb\nkept .*fastbreak\.json\n/);
    expect(rig.read("fastbreak.json")).toBe('{ "stateDataset": "mine" }');
  });

  it("query makes the warehouse where there is none", async () => {
    expect(await rowsOf("SELECT 1 AS a")).toEqual([{ a: 1 }]);
  });
});

describe("fastbreak seed", () => {
  it("loads GEOGRAPHY from WKT, GeoJSON and hexadecimal WKB", async () => {
    declare("raw", "places");
    await ok("query", "CREATE SCHEMA IF NOT EXISTS raw; CREATE TABLE raw.places (id INT64, spot GEOGRAPHY)");
    const texts = ["POINT(1 2)", '"{""type"": ""Point"", ""coordinates"": [3, 4]}"'];
    const hex = "010100000000000000000000400000000000001040";
    put("data/places.csv", `id,spot\n1,${texts[0]}\n2,${texts[1]}\n3,${hex}\n4,\n`);
    await ok("seed", "data");
    expect(await rowsOf("SELECT spot FROM raw.places ORDER BY id")).toEqual(
      ["POINT(1 2)", "POINT(3 4)", "POINT(2 4)", null].map((spot) => ({ spot })),
    );
    put("data/places.csv", "id,spot\n1,POINT(1 2\n");
    expect(await refused("seed", "data")).toMatch(/places\.csv:2: column spot: 'POINT\(1 2' is no GEOGRAPHY$/);
  });

  it("gives a new table the types of a CSV, codes with leading zeros as texts", async () => {
    declare("raw", "orders");
    put(
      "data/orders.csv",
      'id;code;day;at;ok;amount;none;empty\n1;007;2024-01-01;2024-01-01T10:00:00+02:00;true;1;;""\n2;008;2024-01-02;2024-01-02 10:00:00;false;2.5;;"a\nb"\n',
    );
    expect(await ok("seed", "data")).toMatch(/raw\.orders +2 +new table +data\/orders\.csv\n2 rows loaded/);
    expect(await rowsOf("SELECT * FROM raw.orders ORDER BY id")).toEqual([
      {
        id: 1,
        code: "007",
        day: "2024-01-01",
        at: "2024-01-01 08:00:00+00:00",
        ok: true,
        amount: 1,
        none: null,
        empty: "",
      },
      {
        id: 2,
        code: "008",
        day: "2024-01-02",
        at: "2024-01-02 10:00:00+00:00",
        ok: false,
        amount: 2.5,
        none: null,
        empty: "a\nb",
      },
    ]);
  });

  it("reads JSON lines, lists and Parquet, in capitals and compressed", async () => {
    declare("raw", "lines", "list", "zipped");
    put("data/LINES.JSONL", '{"id":1,"tags":["a"],"s":{"x":1.5}}\n\n{"id":2,"more":"m"}\n');
    put("data/list.json", '[{"id":"1"},\n {"id":2}]');
    put("data/zipped.CSV.GZ", gzipSync("a,b\n1,x\n"));
    mkdirSync(join(rig.dir, "data/other"));
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const file = join(rig.dir, "data/other/parts.parquet");
    await connection.run(
      `COPY (SELECT 7::INTEGER AS n, DATE '2024-02-29' AS d, 1.25::DECIMAL(9,2) AS m, [1] AS l, TIMESTAMPTZ '2024-01-01 00:00:00+00' AS t) TO '${file}'`,
    );
    connection.closeSync();
    instance.closeSync();
    await ok("seed", "data");
    expect(await rowsOf("SELECT * FROM raw.lines ORDER BY id")).toEqual([
      { id: 1, tags: ["a"], s: { x: 1.5 }, more: null },
      { id: 2, tags: [], s: null, more: "m" },
    ]);
    expect(await rowsOf("SELECT * FROM raw.list ORDER BY id")).toEqual([{ id: 1 }, { id: 2 }]);
    expect(await rowsOf("SELECT * FROM raw.zipped")).toEqual([{ a: 1, b: "x" }]);
    expect(await rowsOf("SELECT * FROM other.parts")).toEqual([
      { n: 7, d: "2024-02-29", m: "1.25", l: [1], t: "2024-01-01 00:00:00+00:00" },
    ]);
  });

  it("keeps each digit and each text of JSON, and finds the types of what is nested", async () => {
    declare("raw", "kept", "found");
    const ids = ["12345678901234567890123", "12345678901234567890124"];
    await ok(
      "query",
      "CREATE SCHEMA raw; CREATE TABLE raw.kept (id STRING, n NUMERIC, u STRING, d STRING, j JSON, l ARRAY<STRUCT<k STRING, v NUMERIC>>)",
    );
    put(
      "data/kept.jsonl",
      `{"id":${ids[0]},"n":1234567890123.123456789,"u":"A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11","d":"2024-1-5","j":{"a":9007199254740993,"b":"1"}}
{"ID":${ids[1]},"n":"0.1","j":"text","L":[{"K":5,"v":1.25},{"k":"b"}]}\n`,
    );
    put(
      "data/found.json",
      '[{"id":1,"s":{"at":"2024-01-01T05:00:00+02:00","days":[{"day":"2024-01-05"}]},"mixed":[1,{"a":"x"}]},{"ID":2}]',
    );
    await ok("seed", "data");
    expect(
      await rowsOf("SELECT * EXCEPT (j, l), TO_JSON_STRING(j) AS j, TO_JSON_STRING(l) AS l FROM raw.kept"),
    ).toEqual([
      {
        id: ids[0],
        n: "1234567890123.123456789",
        u: "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11",
        d: "2024-1-5",
        j: '{"a":9007199254740993,"b":"1"}',
        l: "[]",
      },
      { id: ids[1], n: "0.1", u: null, d: null, j: '"text"', l: '[{"k":"5","v":"1.25"},{"k":"b","v":null}]' },
    ]);
    const types = "SELECT column_name, data_type FROM raw.INFORMATION_SCHEMA.COLUMNS WHERE table_name = 'found'";
    expect(await rowsOf(types)).toEqual([
      { column_name: "id", data_type: "INT64" },
      { column_name: "s", data_type: "STRUCT<at TIMESTAMP, days ARRAY<STRUCT<day DATE>>>" },
      { column_name: "mixed", data_type: "ARRAY<JSON>" },
    ]);
    expect(await rowsOf("SELECT TO_JSON_STRING(mixed) AS m FROM raw.found WHERE id = 1")).toEqual([
      { m: '[1,{"a":"x"}]' },
    ]);
  });

  it("takes JSON without rows or fields where the table is there, and a thousand columns where none is", async () => {
    declare("raw", "nobody", "bare", "wide");
    await ok(
      "query",
      "CREATE SCHEMA raw; CREATE TABLE raw.nobody (id INT64); INSERT INTO raw.nobody VALUES (1); CREATE TABLE raw.bare (s STRUCT<x INT64>)",
    );
    const names = Array.from({ length: 1000 }, (_, index) => `c${index}`).join(",");
    put("data/nobody.json", "[]");
    put("data/bare.jsonl", '{"s":{}}\n{"s":null}\n');
    put("data/wide.csv", `${names}\n${names.replaceAll("c", "")}\n`);
    await ok("seed", "data");
    expect(await rowsOf("SELECT * FROM raw.nobody")).toEqual([]);
    expect(await rowsOf("SELECT s FROM raw.bare ORDER BY s IS NULL")).toEqual([{ s: { x: null } }, { s: null }]);
    expect(await rowsOf("SELECT c998 + c999 AS sum FROM raw.wide")).toEqual([{ sum: 1997 }]);
  });

  it.each([
    ['{"s":{"x":"abc"}}', /:1: column s: '\{"x":"abc"\}' is no STRUCT<x INT64, y STRING>$/],
    ['{"s":{"x":1,"y":"a"}}\n{"s":{"x":1.5}}', /:2: column s: '\{"x":1.5,"y":null\}' is no STRUCT/],
    ['{"s":{"x":9223372036854775808}}', /:1: column s: '\{"x":9223372036854775808\}' is no STRUCT/],
    ['{"s":{"x":1,"z":2}}', /nested\.jsonl: raw\.nested has no field s\.z; s is STRUCT<x INT64, y STRING>$/],
    ['{"s":7}', /:1: column s: '7' is no STRUCT/],
    ['{"a":[1,"b"]}', /:1: column a: '\[1,"b"\]' is no ARRAY<INT64>$/],
    ['\n{"a":[2.5]}', /:2: column a: '\[2.5\]' is no ARRAY<INT64>$/],
    ['{"a":[1,null]}', /:1: column a: '\[1,null\]' is no ARRAY<INT64>$/],
    ['{"a":[[1]]}', /:1: column a: '\[\[1\]\]' is no ARRAY<INT64>$/],
    ['{"a":[1],"A":[2]}', /:1: column A stands twice$/],
    ['\n{"a":[1],"a":[2]}', /:2: column a stands twice$/],
    ['{"a":[1]}{"a":[2]}', /:1: not valid JSON$/],
    ['{"a":[01]}', /:1: not valid JSON$/],
    ["null", /:1: there must be an object a line/],
    ['{"a":[1]}\n[{"a":[2]}]', /:2: there must be an object a line/],
  ])("refuses %s in a table of nested columns", async (text, message) => {
    declare("raw", "nested");
    await ok("query", "CREATE SCHEMA raw; CREATE TABLE raw.nested (s STRUCT<x INT64, y STRING>, a ARRAY<INT64>)");
    put("data/nested.jsonl", `${text}\n`);
    expect(await refused("seed", "data")).toMatch(message);
  });

  it("refuses what Parquet holds and GoogleSQL does not, and reads BYTES as the text that they are", async () => {
    declare("raw", "far", "text", "part");
    await ok("query", "CREATE SCHEMA raw; CREATE TABLE raw.text (u STRING); CREATE TABLE raw.part (s STRUCT<x INT64>)");
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const write = (name: string, sql: string) => {
      put(`data/${name}.parquet`, "");
      return connection.run(`COPY (${sql}) TO '${join(rig.dir, `data/${name}.parquet`)}'`);
    };
    await write("text", "SELECT encode('café') AS u");
    await ok("seed", "data");
    expect(await rowsOf("SELECT u FROM raw.text")).toEqual([{ u: "café" }]);
    await write("far", "SELECT DATE '10000-01-01' AS d");
    expect(await refused("seed", "data")).toMatch(/far\.parquet row 1: column d: '10000-01-01' is no DATE$/);
    await write("far", "SELECT 'infinity'::TIMESTAMPTZ AS t");
    expect(await refused("seed", "data")).toMatch(/far\.parquet row 1: column t: 'infinity' is no TIMESTAMP$/);
    await write("far", "SELECT 1 AS n");
    await write("part", "SELECT {'x': 1.5} AS s");
    expect(await refused("seed", "data")).toMatch(
      /part\.parquet row 1: column s: '\{"x":1.5\}' is no STRUCT<x INT64>$/,
    );
    connection.closeSync();
    instance.closeSync();
  });

  it("keeps the columns of a table that is there, replaces its rows and tells it", async () => {
    declare("raw", "orders");
    await ok(
      "query",
      "CREATE SCHEMA raw; CREATE TABLE raw.Orders (ID STRING, price NUMERIC, tags ARRAY<STRING>, note STRING); INSERT INTO raw.Orders (ID) VALUES ('old')",
    );
    put("data/orders.csv", "id,Price\n1,0.1\n2,12345678901234567890.123\n");
    expect(await ok("seed", "data")).toMatch(/raw\.Orders +2 +replaced 1 row; not in the file, so NULL: tags, note/);
    expect(await rowsOf("SELECT * FROM raw.Orders ORDER BY id")).toEqual([
      { ID: "1", price: "0.1", tags: [], note: null },
      { ID: "2", price: "12345678901234567890.123", tags: [], note: null },
    ]);
  });

  it("rounds and refuses as the parameters of a type say", async () => {
    declare("raw", "sized");
    await ok("query", "CREATE SCHEMA raw; CREATE TABLE raw.sized (price NUMERIC(5, 2), code STRING(3))");
    put("data/sized.csv", "price,code\n1.005,abc\n");
    await ok("seed", "data");
    expect(await rowsOf("SELECT * FROM raw.sized")).toEqual([{ price: "1.01", code: "abc" }]);
    put("data/sized.csv", "price,code\n1,abcd\n");
    expect(await refused("seed", "data")).toMatch(/sized\.csv:2: column code: 'abcd' is no STRING\(3\)$/);
    put("data/sized.csv", "price,code\n1000,abc\n");
    expect(await refused("seed", "data")).toMatch(/sized\.csv:2: column price: '1000' is no NUMERIC\(5, 2\)$/);
  });

  it.each([
    [
      "orders.csv",
      'id,day\n1,2024-01-01\n\n"2","2024-13-01"\n',
      /^fastbreak: data\/orders\.csv:4: column day: '2024-13-01' is no DATE$/,
    ],
    ["orders.csv", 'id,note\n"1","a\nb"\nx,c\ny,d\n', /orders\.csv:4: column id: 'x' is no INT64 \(and 1 more\)$/],
    ["orders.csv", "id\n1.5\n", /orders\.csv:2: column id: '1\.5' is no INT64$/],
    ["orders.csv", "id,day\n1,2024-01-01,3\n", /orders\.csv:2: the row has 3 fields, the header has 2$/],
    ["orders.csv", 'id,note\n1,"a\n', /orders\.csv:2: a quote is out of place or never closed/],
    ["orders.csv", "id,dayy\n", /orders\.csv: raw\.orders has no column dayy; it has id, day, note$/],
    ["orders.csv", "id,ID\n", /orders\.csv:1: column ID stands twice/],
    ["orders.csv", "", /orders\.csv:1: the file is empty/],
    ["orders.csv", "id,note\r\n1,a\n2,b\r\n", /orders\.csv: its lines end in different ways/],
    ["orders.csv", Buffer.from("id,note\n1,caf\xe9\n", "latin1"), /orders\.csv:2: the file is not UTF-8/],
    ["orders.jsonl", Buffer.from('{"note":"caf\xe9"}', "latin1"), /orders\.jsonl: the file is not UTF-8/],
    ["orders.csv", "id,day\n1,0000-12-31\n", /orders\.csv:2: column day: '0000-12-31' is no DATE$/],
    ["orders.jsonl", '{"id":1}\n\n{"id":1.5}\n', /orders\.jsonl:3: column id: '1\.5' is no INT64$/],
    ["orders.jsonl", '{"id":1}\n{"id":\n', /orders\.jsonl:\d: not valid JSON/],
    ["orders.jsonl", "[1, 2]", /orders\.jsonl: there must be an object a line/],
    ["orders.parquet", "no parquet", /orders\.parquet: not a readable Parquet file/],
  ])("refuses a damaged %s with its line and leaves everything as it was (%#)", async (name, text, message) => {
    declare("raw", "orders", "aaa");
    await ok(
      "query",
      "CREATE SCHEMA raw; CREATE TABLE raw.orders (id INT64, day DATE, note STRING); INSERT INTO raw.orders (id) VALUES (9)",
    );
    put("data/aaa.csv", "a\n1\n");
    put(`data/${name}`, text);
    expect(await refused("seed", "data")).toMatch(message);
    expect(await rowsOf("SELECT id FROM raw.orders")).toEqual([{ id: 9 }]);
    expect((await rig.fastbreak("query", "SELECT * FROM raw.aaa")).stderr).toContain("Table not found: raw.aaa");
  });
});

describe("tables that are made", () => {
  it("are partitioned by the column that the project says", async () => {
    declare("raw", "said", "agreed");
    put(
      "definitions/daily.sqlx",
      `config { type: "incremental", bigquery: { partitionBy: "day", labels: { lookback_days: "0" } } }
SELECT day, COUNT(*) AS n FROM \${ref("raw", "agreed")} WHERE day >= '2024-01-01' GROUP BY day`,
    );
    put(
      "definitions/other.sqlx",
      'config { type: "view" }\nSELECT id FROM ${ref("raw", "said")} WHERE on_day = DATE \'2024-01-01\'',
    );
    put("fastbreak.json", '{ "sources": { "raw.sa*": { "partition": "On_Day" } } }');
    const printed = await ok("seed", "--scaffold");
    expect(printed).toContain("CREATE TABLE raw.agreed (\n  day DATE\n)\nPARTITION BY day;");
    expect(printed).toMatch(/CREATE TABLE raw\.said \([^;]*\)\nPARTITION BY on_day;/);
    put("data/said.csv", "id,on_day\n1,2024-01-01\n");
    put("data/agreed.csv", "day\n2024-01-01\n");
    await ok("seed", "data");
    const comments = "SELECT comment FROM duckdb_tables() WHERE schema_name = 'raw' ORDER BY table_name";
    expect((await rig.sql(comments)).flat().join()).toMatch(/"partitionBy":"day".*"partitionBy":"on_day"/);
  });
});

/** Fixtures in the style of public projects; from a fresh clone, two commands lead to a result. */
const CLONES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "GA4 events": {
    "definitions/events.sqlx": 'config { type: "declaration", schema: "analytics_1", name: "events_*" }',
    "definitions/sessions.sqlx": `config { type: "incremental", bigquery: { partitionBy: "event_date" } }
pre_operations {
  DECLARE checkpoint DEFAULT (\${when(incremental(), \`SELECT MAX(event_date) FROM \${self()}\`, \`SELECT DATE('2020-01-01')\`)});
}
SELECT PARSE_DATE('%Y%m%d', event_date) AS event_date, user_pseudo_id, TIMESTAMP_MICROS(event_timestamp) AS ts,
  (SELECT value.int_value FROM UNNEST(event_params) WHERE key = 'ga_session_id') AS session_id,
  (SELECT ep.value.string_value FROM UNNEST(event_params) ep WHERE ep.key = 'page') AS page,
  device.category, ecommerce.purchase_revenue AS revenue, event_name
FROM \${ref("events_*")}
WHERE _TABLE_SUFFIX >= '20240101' AND PARSE_DATE('%Y%m%d', event_date) >= checkpoint AND event_name IN ('page_view', 'purchase')`,
    "definitions/items.sqlx": `config { type: "table" }
SELECT item.item_id, SUM(item.price * item.quantity) AS revenue FROM \${ref("events_*")} AS e, UNNEST(items) AS item GROUP BY 1`,
    "definitions/final.sqlx": `config { type: "table" }
SELECT event_date, COUNT(DISTINCT session_id) AS sessions, SUM(revenue) AS revenue FROM \${ref("sessions")} GROUP BY event_date`,
  },
  "append log": {
    "definitions/final.sqlx": `config { type: "incremental" }
SELECT user_id, event, ts, JSON_VALUE(payload, '$.a') AS a, TO_HEX(MD5(CONCAT(event, CAST(ts AS STRING)))) AS id
FROM raw_events.app_log
\${when(incremental(), \`WHERE ts > (SELECT MAX(ts) FROM \${self()})\`)}`,
  },
  "config-driven JavaScript": {
    "includes/config.js": 'module.exports = { tables: ["orders", "customers", "lines"] };',
    "definitions/staging.js": `config.tables.forEach((name) => declare({ schema: "shop", name }));
config.tables.forEach((name) => publish("stg_" + name, { type: "view" }).query((ctx) =>
  \`SELECT * EXCEPT(_synced) FROM \${ctx.ref("shop", name)} WHERE NOT _deleted\`));`,
    "definitions/final.sqlx": `config { type: "table", assertions: { uniqueKey: ["order_id"] } }
WITH lines AS (SELECT order_id, SUM(quantity * unit_price) AS gross, SUM(IF(refunded, unit_price, 0)) AS refunds FROM \${ref("stg_lines")} GROUP BY order_id),
latest AS (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY updated_at DESC) AS rn FROM \${ref("stg_orders")})
SELECT o.id AS order_id, o.customer_id, CONCAT(c.first_name, ' ', c.last_name) AS name, l.gross, l.refunds, DATE(o.created_at) AS day,
  TIMESTAMP_DIFF(o.updated_at, o.created_at, HOUR) AS hours, SAFE_DIVIDE(l.gross, o.total_price) AS share
FROM latest o JOIN \${ref("stg_customers")} c ON c.id = o.customer_id JOIN lines l ON l.order_id = o.id
WHERE rn = 1 AND o.cancelled_at IS NULL AND o.currency IN ('USD', 'EUR')`,
  },
};

describe("fastbreak seed --scaffold", () => {
  it.each(Object.entries(CLONES))("leads a fresh clone of %s to rows in two commands", async (_, files) => {
    for (const [path, text] of Object.entries(files)) put(path, text);
    const printed = await ok("seed", "--scaffold", "--rows", "20");
    expect(await ok("seed", "--scaffold", "--rows", "20")).toBe(printed);
    await ok("seed", "--scaffold", "--write", "--rows", "20");
    expect((await rig.run([])).totals.failed).toBe(0);
    expect(await rowsOf("SELECT COUNT(*) > 0 AS rows_made FROM d.final")).toEqual([{ rows_made: true }]);
    expect(await ok("seed", "--scaffold")).toBe("-- no source is missing\n");
  });

  it("prints statements that can be run as they are, and leaves what is there alone", async () => {
    declare("raw", "a", "b", "unread");
    put(
      "definitions/v.sqlx",
      'config { type: "view" }\nSELECT a.`order`, LOWER(b.name) AS name FROM ${ref("raw", "a")} a JOIN ${ref("raw", "b")} b USING (id)',
    );
    await ok("query", "CREATE SCHEMA raw; CREATE TABLE raw.b (id STRING, name STRING)");
    const { stdout, stderr } = await rig.fastbreak("seed", "--scaffold", "--rows", "2");
    expect(stderr).toBe("note: raw.unread is declared, and nothing reads it; it is left out\n");
    expect(stdout).not.toContain("raw.b");
    expect(stdout).toContain("CREATE TABLE raw.a (\n  id      STRING,\n  `order` STRING\n);");
    await ok("query", stdout);
    expect(await rowsOf("SELECT id FROM raw.a ORDER BY id")).toEqual([{ id: "1" }, { id: "2" }]);
  });
});
