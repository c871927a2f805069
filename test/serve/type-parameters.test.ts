import { createWriteStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import avro from "avsc";
import { beforeEach, describe, expect, it } from "vitest";
import { servedShop } from "./served.js";

const TOO_LONG = "Field s: STRING(3) has maximum length 3 but got a value with length 4";
const OUT_OF_RANGE =
  "NUMERIC(5, 2) has precision 5 and scale 2 but got a value that is not in range of [-999.99, 999.99]";

describe("parameters of types", () => {
  const { server, shop, rows } = servedShop();
  const stored = () => rows("SELECT TO_JSON_STRING(t) AS j FROM shop.t ORDER BY j");
  const kept = async () => (await stored()).map(({ j }: { j: string }) => JSON.parse(j));
  const load = async (name: string, content: string, options: object) => {
    const path = join(server().dir, name);
    writeFileSync(path, content);
    return (await shop().table("t").load(path, options))[0];
  };
  beforeEach(() =>
    rows(`CREATE OR REPLACE TABLE shop.t (s STRING(3), n NUMERIC(5, 2), b BYTES(2), g BIGNUMERIC(6, 3),
      l ARRAY<STRING(3)>, r STRUCT<s STRING(3), \`order\` NUMERIC(5, 2)>)`),
  );

  it("hold for streamed rows, each on its own", async () => {
    const given = [
      { s: "äöü", n: "1.255", b: "AAA=", g: "-1.0005", l: ["abc"], r: { s: "abc", order: "-2.005" } },
      { s: "abcd" },
      { n: 99999 },
      { n: "999.995" },
      { b: "AAAA" },
      { g: "1000" },
      { l: ["a", "abcd"] },
      { r: { s: "abcd" } },
    ];
    const { insertErrors } = await insertAll(given, true);
    expect(insertErrors?.map(({ index, errors }) => [index, errors[0]?.location])).toEqual([
      [1, "s"],
      [2, "n"],
      [3, "n"],
      [4, "b"],
      [5, "g"],
      [6, "l"],
      [7, "r.s"],
    ]);
    const messages = insertErrors?.map(({ errors }) => errors[0]?.message) ?? [];
    expect(messages[0]).toBe(TOO_LONG);
    expect(messages[1]).toBe(`${OUT_OF_RANGE} Field: n; Value: 99999`);
    expect(messages[3]).toBe("Field b: BYTES(2) has maximum length 2 but got a value with length 3");
    expect(messages[6]).toContain("Field r.s: STRING(3) has maximum length 3");
    const [row] = await kept();
    expect(row).toEqual({ s: "äöü", n: "1.26", b: "AAA=", g: "-1.001", l: ["abc"], r: { s: "abc", order: "-2.01" } });
    expect(await kept()).toHaveLength(1);
  });

  interface InsertAnswer {
    readonly insertErrors?: readonly {
      readonly index: number;
      readonly errors: readonly { readonly location: string; readonly message: string }[];
    }[];
  }
  async function insertAll(given: readonly object[], skipInvalidRows: boolean): Promise<InsertAnswer> {
    const path = "/bigquery/v2/projects/test-project/datasets/shop/tables/t/insertAll";
    const body = { rows: given.map((json) => ({ json })), skipInvalidRows };
    const answer = await fetch(`${server().url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as InsertAnswer;
  }

  it("hold for loads of CSV and of JSON lines", async () => {
    const schema = "s:STRING,n:NUMERIC";
    await expect(load("f.csv", "abcd,1\n", { schema })).rejects.toThrow(TOO_LONG);
    await expect(load("f.csv", "abc,1000\n", { schema })).rejects.toThrow(OUT_OF_RANGE);
    const format = { sourceFormat: "NEWLINE_DELIMITED_JSON" };
    await expect(load("f.json", '{"r":{"s":"abcd"}}\n', format)).rejects.toThrow("Field r.s: STRING(3) has maximum");
    const job = await load("f.csv", "abcd,1\nabc,1.005\n", { schema, maxBadRecords: 1 });
    expect(job.statistics?.load).toMatchObject({ outputRows: "1", badRecords: "1" });
    await load("f.json", '{"n":"-2.005"}\n', format);
    expect((await kept()).map(({ n }) => n)).toEqual(["1.01", "-2.01"]);
  });

  it("hold for the table that a load makes", async () => {
    const fields = [{ name: "s", type: "STRING", maxLength: 3 }];
    const destinationTable = { projectId: "test-project", datasetId: "shop", tableId: "made" };
    const path = join(server().dir, "made.csv");
    writeFileSync(path, "abcd\n");
    const made = shop()
      .table("made")
      .load(path, { schema: { fields } as never, destinationTable } as object);
    await expect(made).rejects.toThrow(TOO_LONG);
  });

  it("hold for loads of Avro and of Parquet", async () => {
    const path = join(server().dir, "f.avro");
    const record: avro.Schema = { type: "record", name: "r", fields: [{ name: "s", type: "string" }] };
    const encoder = new avro.streams.BlockEncoder(record);
    encoder.write({ s: "abcd" });
    encoder.end();
    await pipeline(encoder, createWriteStream(path));
    await expect(shop().table("t").load(path, { sourceFormat: "AVRO" })).rejects.toThrow(TOO_LONG);

    const parquet = join(server().dir, "f.parquet");
    const duckdb = await (await DuckDBInstance.create()).connect();
    const write = (query: string) => duckdb.run(`COPY (${query}) TO '${parquet}' (FORMAT parquet)`);
    const loadParquet = () => shop().table("t").load(parquet, { sourceFormat: "PARQUET" });
    await write("SELECT 'abc' AS s, 'abc'::BLOB AS b");
    await expect(loadParquet()).rejects.toThrow("Field b: BYTES(2) has maximum length 2 but got a value with length 3");
    await write("SELECT 'abc' AS s, 1.005::DECIMAL(38, 9) AS n");
    await loadParquet();
    expect(await kept()).toMatchObject([{ s: "abc", n: "1.01" }]);
  });

  it("hold for rows that a query appends, in a partition too", async () => {
    const destination = shop().table("t");
    const append = (query: string) => rows(query, { destination, writeDisposition: "WRITE_APPEND" });
    await expect(append("SELECT 'abcd' AS s")).rejects.toThrow("maximum length is 3 but value has length 4");
    await expect(append("SELECT NUMERIC '999.995' AS n")).rejects.toThrow("numeric out of range");
    await expect(append("SELECT BIGNUMERIC '1000' AS g")).rejects.toThrow("numeric out of range");
    await append(
      "SELECT 'abc' AS s, NUMERIC '1.005' AS n, BIGNUMERIC '-1.0005' AS g, STRUCT('abc' AS s, NUMERIC '2.005' AS `order`) AS r",
    );
    expect(await kept()).toMatchObject([{ s: "abc", n: "1.01", g: "-1.001", r: { order: "2.01" } }]);
    await rows("CREATE OR REPLACE TABLE shop.days (d DATE, s STRING(3)) PARTITION BY d");
    const part = { destination: shop().table("days$20240101"), writeDisposition: "WRITE_TRUNCATE" };
    await expect(rows("SELECT DATE '2024-01-01' AS d, 'abcd' AS s", part)).rejects.toThrow("maximum length is 3");
  });

  it("hold for rows that are copied behind others", async () => {
    await rows(
      "CREATE OR REPLACE TABLE shop.wide AS SELECT t.* REPLACE ('abcd' AS s) FROM shop.t AS t RIGHT JOIN (SELECT 1) ON FALSE",
    );
    const copied = shop().table("wide").copy(shop().table("t"), { writeDisposition: "WRITE_APPEND" });
    await expect(copied).rejects.toThrow("maximum length is 3 but value has length 4");
  });

  it("are told of fields within others, and last when such a field is added", async () => {
    const fieldPaths = () =>
      rows(`SELECT field_path, data_type FROM shop.INFORMATION_SCHEMA.COLUMN_FIELD_PATHS
        WHERE table_name = 't' AND column_name IN ('l', 'r')`);
    expect(await fieldPaths()).toEqual([
      { field_path: "l", data_type: "ARRAY<STRING(3)>" },
      { field_path: "r", data_type: "STRUCT<s STRING(3), `order` NUMERIC(5, 2)>" },
      { field_path: "r.s", data_type: "STRING(3)" },
      { field_path: "r.order", data_type: "NUMERIC(5, 2)" },
    ]);
    const [{ schema }] = await shop().table("t").getMetadata();
    const inner = [
      { name: "s", type: "STRING", mode: "NULLABLE", maxLength: "3" },
      { name: "order", type: "NUMERIC", mode: "NULLABLE", precision: "5", scale: "2" },
    ];
    expect(schema.fields[4]).toEqual({ name: "l", type: "STRING", mode: "REPEATED", maxLength: "3" });
    expect(schema.fields[5].fields).toEqual(inner);
    const added = [
      { name: "x", type: "BYTES", maxLength: 1 },
      { name: "y", type: "STRING" },
    ];
    schema.fields[5].fields.push(...added);
    await shop().table("t").setMetadata({ schema });
    const [after] = await shop().table("t").getMetadata();
    expect(after.schema.fields[5].fields).toEqual([
      ...inner,
      { name: "x", type: "BYTES", mode: "NULLABLE", maxLength: "1" },
      { name: "y", type: "STRING", mode: "NULLABLE" },
    ]);
    await expect(rows("INSERT shop.t (r) VALUES (STRUCT('a', 1, b'xy', 'y'))")).rejects.toThrow("maximum length is 1");
  });
});

describe("a new schema of a table", () => {
  const { shop, rows } = servedShop();
  const fieldsWith = (s: object, n: object, inner: object) => [
    { name: "s", type: "STRING", ...s },
    { name: "n", type: "NUMERIC", ...n },
    { name: "r", type: "RECORD", mode: "REPEATED", fields: [{ name: "b", type: "BYTES", ...inner }] },
  ];
  const change = async (s: object, n: object, inner: object) => {
    const [metadata] = await shop()
      .table("sized")
      .setMetadata({ schema: { fields: fieldsWith(s, n, inner) } });
    return metadata.schema.fields;
  };

  it("may let types hold more, and hold anything", async () => {
    const schema = { fields: fieldsWith({ maxLength: "2" }, { precision: "5", scale: "2" }, { maxLength: "1" }) };
    await shop().createTable("sized", { schema });
    const [s, n, r] = await change({ maxLength: "4" }, { precision: "8", scale: "3" }, { maxLength: "2" });
    expect([s, n, r.fields[0]]).toMatchObject([{ maxLength: "4" }, { precision: "8", scale: "3" }, { maxLength: "2" }]);
    await rows("INSERT shop.sized VALUES ('abcd', 12345.6785, [STRUCT(b'xy')])");
    expect(await rows("SELECT s, CAST(n AS STRING) AS n FROM shop.sized")).toEqual([{ s: "abcd", n: "12345.679" }]);
    await expect(rows("INSERT shop.sized (s) VALUES ('abcde')")).rejects.toThrow("maximum length is 4");
    await expect(rows("INSERT shop.sized (r) VALUES ([STRUCT(b'xyz')])")).rejects.toThrow("maximum length is 2");
    const [free, plain, record] = await change({}, {}, {});
    expect([free.maxLength, plain.precision, record.fields[0].maxLength]).toEqual([undefined, undefined, undefined]);
    await rows("INSERT shop.sized VALUES ('abcdefgh', 1.23456789, [STRUCT(b'xyzxyz')])");
  });

  it("may not let them hold less", async () => {
    const [length, digits] = [{ maxLength: "4" }, { precision: "8", scale: "3" }];
    await shop().table("sized").delete();
    await shop().createTable("sized", { schema: { fields: fieldsWith(length, digits, length) } });
    const refused = (s: object, n: object, inner: object) => expect(change(s, n, inner)).rejects;
    await refused({ maxLength: "3" }, digits, length).toThrow(
      "Provided Schema does not match Table test-project:shop.sized. Field s has changed type from STRING(4) to STRING(3)",
    );
    await refused(length, { precision: "8", scale: "4" }, length).toThrow("from NUMERIC(8, 3) to NUMERIC(8, 4)");
    await refused(length, digits, { maxLength: "1" }).toThrow("Field r.b has changed type from BYTES(4) to BYTES(1)");
    await refused(length, { precision: "99" }, length).toThrow("Invalid type parameters of field n: NUMERIC(99)");
    await change({}, digits, length);
    await refused(length, digits, length).toThrow("Field s has changed type from STRING to STRING(4)");
  });
});

describe("numbers of the API", () => {
  const { shop, server, rows } = servedShop();

  it("may be numbers of JSON where they are text", async () => {
    const [table] = await shop().createTable("sized", {
      schema: {
        fields: [
          { name: "s", type: "STRING", maxLength: 3 },
          { name: "n", type: "NUMERIC", precision: 10, scale: 2 },
          { name: "k", type: "INTEGER" },
        ],
      } as never,
      rangePartitioning: { field: "k", range: { start: 0, end: 100, interval: 10 } } as never,
      expirationTime: 9_999_999_999_999 as never,
    });
    expect(table.metadata).toMatchObject({
      schema: { fields: [{ maxLength: "3" }, { precision: "10", scale: "2" }, {}] },
      rangePartitioning: { range: { start: "0", end: "100", interval: "10" } },
      expirationTime: "9999999999999",
    });
    const [dataset] = await server().client.createDataset("timed", {
      defaultTableExpirationMs: 7_200_000 as never,
      defaultPartitionExpirationMs: 3_600_000 as never,
      maxTimeTravelHours: 48 as never,
    });
    expect((await dataset.getMetadata())[0]).toMatchObject({
      defaultTableExpirationMs: "7200000",
      defaultPartitionExpirationMs: "3600000",
      maxTimeTravelHours: "48",
    });
    const wrong = { schema: { fields: [{ name: "s", type: "STRING", maxLength: 1.5 }] } as never };
    await expect(shop().createTable("wrong", wrong)).rejects.toThrow("Invalid value for schema.fields.0.maxLength");
  });

  it("keep tables of a dataset for an hour at least", async () => {
    const made = server().client.createDataset("short", { defaultTableExpirationMs: "3599999" });
    await expect(made).rejects.toThrow("Invalid value for defaultTableExpirationMs: must be at least 3600000");
    const options = "OPTIONS (default_table_expiration_days = 1 / 48)";
    for (const sql of [`CREATE SCHEMA short ${options}`, `ALTER SCHEMA shop SET ${options}`])
      await expect(rows(sql)).rejects.toThrow("Invalid value for defaultTableExpirationMs: must be at least 3600000");
    expect((await server().client.dataset("short").exists())[0]).toBe(false);
    await rows("ALTER SCHEMA shop SET OPTIONS (default_table_expiration_days = 1 / 24)");
    const { defaultTableExpirationMs } = (await shop().getMetadata())[0];
    expect(defaultTableExpirationMs).toBe("3600000");
    await rows("ALTER SCHEMA shop SET OPTIONS (default_table_expiration_days = NULL)");
    expect((await shop().getMetadata())[0].defaultTableExpirationMs).toBeUndefined();
  });

  it("and labels of a statement are such as the API takes", async () => {
    const labels = "OPTIONS (labels = [('Team', 'x')])";
    for (const sql of [
      `CREATE TABLE shop.wrong (n INT64) ${labels}`,
      `CREATE VIEW shop.wrong ${labels} AS SELECT 1 AS n`,
    ])
      await expect(rows(sql)).rejects.toThrow("label Team: x is not valid");
    expect((await shop().table("wrong").exists())[0]).toBe(false);
  });

  it("and modes are those of the API", async () => {
    const schema = { fields: [{ name: "a", type: "STRING", mode: "BOGUS" }] } as never;
    await expect(shop().createTable("bogus", { schema })).rejects.toThrow("BOGUS is not a valid value");
  });
});
