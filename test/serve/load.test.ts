import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { BigQuery, Dataset } from "@google-cloud/bigquery";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Served, served } from "./served.js";

describe("load, copy and extract jobs of a served warehouse", () => {
  let server: Served;
  let client: BigQuery;
  let shop: Dataset;
  beforeAll(async () => {
    server = await served("--in-memory", "--buckets", "DIR");
    client = server.client;
    [shop] = await client.createDataset("shop");
    mkdirSync(join(server.dir, "bucket"));
  });
  afterAll(() => server.stop());

  const file = (name: string, content: string): string => {
    const path = join(server.dir, name);
    writeFileSync(path, content);
    return path;
  };
  const rows = async (query: string): Promise<object[]> => (await client.query(query))[0];
  const load = async (table: string, content: string, options: object, name = "f.csv") => {
    const [job] = await shop.table(table).load(file(name, content), options);
    return job;
  };

  it("loads CSV with a schema", async () => {
    const schema = {
      fields: [
        { name: "id", type: "INTEGER" },
        { name: "name", type: "STRING" },
        { name: "made", type: "TIMESTAMP" },
      ],
    };
    const text = 'id,name,made\n1,"a, ""b""\nc",2020-01-01 00:00:00 UTC\n2,,2020-01-01T02:00:00+02:00\n3,"",\n';
    const job = await load("csv", text, {
      sourceFormat: "CSV",
      skipLeadingRows: 1,
      allowQuotedNewlines: true,
      schema,
    });
    expect(job).toMatchObject({
      status: { state: "DONE" },
      statistics: { load: { outputRows: "3", inputFiles: "1" } },
    });
    expect(await rows("SELECT id, name, UNIX_SECONDS(made) AS s FROM shop.csv ORDER BY id")).toEqual([
      { id: 1, name: 'a, "b"\nc', s: 1577836800 },
      { id: 2, name: null, s: 1577836800 },
      { id: 3, name: "", s: null },
    ]);
    await load("csv", "4,d,", { schema });
    expect(await rows("SELECT COUNT(*) AS n FROM shop.csv")).toEqual([{ n: 4 }]);
    await load("csv", "5,e,", { schema, writeDisposition: "WRITE_TRUNCATE" });
    expect(await rows("SELECT id FROM shop.csv")).toEqual([{ id: 5 }]);
  });

  it("says which line does not fit, and leaves the table as it was", async () => {
    const schema = { fields: [{ name: "id", type: "INTEGER" }] };
    const failed = load("csv2", "1\nx\n", { schema });
    await expect(failed).rejects.toThrow(/Could not parse 'x' as INT64 for field id \(position 0\); line_number: 2/);
    expect(await shop.table("csv2").exists()).toEqual([false]);
    const job = await load("csv2", "1\nx\n3\n", { schema, maxBadRecords: 1 });
    expect(job).toMatchObject({ statistics: { load: { outputRows: "2", badRecords: "1" } } });
    await expect(load("none", "1\n", {})).rejects.toThrow("No schema specified on job or table.");
  });

  const AB = {
    fields: [
      { name: "a", type: "INTEGER" },
      { name: "b", type: "STRING", mode: "REQUIRED" },
    ],
  };
  const LINES = "NEWLINE_DELIMITED_JSON";

  it.each([
    ["1,\n2,x\n", "Required column value for column index: 1 is missing in row starting at position: 0"],
    [
      '2,x\n1,"x"y\n',
      'Error detected while parsing row starting at position: 4. Error: Data between close quote character (") and field separator.',
    ],
    ['1,"x y\n2,x\n', 'Error: Missing close quote character (").'],
    ["1,x\0\n2,x\n", "Error: Bad character (ASCII 0) encountered."],
    ['{"a":2,"b":"x"}\n{a:2}\n', "JSON parsing error in row starting at position 16: Expected key"],
    ['{"a":2}\n{"a":2,"b":"x"}\n', "Missing required field: b."],
    ['[{"a":2}]\n{"a":2,"b":"x"}\n', "Start of array encountered without start of object."],
  ])("counts a line that cannot be read as a bad record: %j", async (text, message) => {
    const options = { schema: AB, sourceFormat: /[{[]/.test(text) ? LINES : "CSV", writeDisposition: "WRITE_TRUNCATE" };
    await expect(load("bad", text, options)).rejects.toThrow(message);
    const job = await load("bad", text, { ...options, maxBadRecords: 1 });
    expect(job).toMatchObject({ statistics: { load: { outputRows: "1", badRecords: "1" } } });
    expect(job.status?.errors?.[0]?.message).toContain(message);
    expect(await rows("SELECT a, b FROM shop.bad")).toEqual([{ a: 2, b: "x" }]);
  });

  it("takes newlines in quotes only where the job says so", async () => {
    const text = '1,"line\nbreak"\n';
    await expect(load("quoted", text, { schema: AB })).rejects.toThrow('Missing close quote character (").');
    await load("quoted", text, { schema: AB, allowQuotedNewlines: true });
    expect(await rows("SELECT b FROM shop.quoted")).toEqual([{ b: "line\nbreak" }]);
  });

  it("reads files in other encodings", async () => {
    const path = join(server.dir, "utf16.csv");
    writeFileSync(path, Buffer.from("1,é\n2,€\n", "utf16le"));
    await shop.table("utf16").load(path, { schema: AB, encoding: "UTF-16LE" });
    expect(await rows("SELECT a, b FROM shop.utf16 ORDER BY a")).toEqual([
      { a: 1, b: "é" },
      { a: 2, b: "€" },
    ]);
    await expect(shop.table("utf16").load(path, { schema: AB, encoding: "KOI8-R" })).rejects.toThrow(
      "Unsupported encoding KOI8-R",
    );
  });

  it("finds out the columns by itself", async () => {
    await load(
      "auto",
      "id,price,ok,day,at,name\n1,1.5,true,2020-01-01,2020-01-01 10:00:00,a\n2,2,false,2020-01-02,2020-01-02 10:00:00,b\n",
      {
        autodetect: true,
      },
    );
    const [{ schema }] = await shop.table("auto").getMetadata();
    expect(schema.fields.map(({ name, type }: { name: string; type: string }) => `${name} ${type}`)).toEqual([
      "id INTEGER",
      "price FLOAT",
      "ok BOOLEAN",
      "day DATE",
      "at TIMESTAMP",
      "name STRING",
    ]);
    await load(
      "lines",
      '{"id":1,"name":"a","tags":["x"],"place":{"n":1}}\n{"id":2,"place":{"n":2,"m":0.5}}\n',
      {
        autodetect: true,
        sourceFormat: "NEWLINE_DELIMITED_JSON",
      },
      "f.json",
    );
    const [lines] = await shop.table("lines").getMetadata();
    expect(lines.schema.fields).toMatchObject([
      {
        name: "place",
        type: "RECORD",
        fields: [
          { name: "m", type: "FLOAT" },
          { name: "n", type: "INTEGER" },
        ],
      },
      { name: "tags", type: "STRING", mode: "REPEATED" },
      { name: "name", type: "STRING" },
      { name: "id", type: "INTEGER" },
    ]);
    expect(await rows("SELECT id, tags, place.n AS n FROM shop.lines ORDER BY id")).toEqual([
      { id: 1, tags: ["x"], n: 1 },
      { id: 2, tags: [], n: 2 },
    ]);
  });

  it("keeps what JSON columns hold: strings, and every digit", async () => {
    const schema = {
      fields: [
        { name: "id", type: "INTEGER" },
        { name: "j", type: "JSON" },
      ],
    };
    const values = [
      "20",
      '"This is a string"',
      '{"name":"Alice","id":10}',
      '"20"',
      '{"a":[9007199254740993,1.0,1.50]}',
    ];
    const lines = values.map((value, id) => `{"id":${id},"j":${value}}\n`).join("");
    await load("documents", lines, { sourceFormat: "NEWLINE_DELIMITED_JSON", schema }, "f.json");
    const read = "SELECT TO_JSON_STRING(d.j) AS j, JSON_TYPE(d.j) AS t FROM shop.documents AS d ORDER BY id";
    expect(await rows(read)).toEqual([
      { j: "20", t: "number" },
      { j: '"This is a string"', t: "string" },
      { j: '{"id":10,"name":"Alice"}', t: "object" },
      { j: '"20"', t: "string" },
      { j: '{"a":[9007199254740993,1.0,1.5]}', t: "object" },
    ]);
    await client.query("CREATE TABLE shop.streamed (j JSON)");
    const answer = await fetch(
      `${server.url}/bigquery/v2/projects/test-project/datasets/shop/tables/streamed/insertAll`,
      {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: '{"rows":[{"json":{"j":{"a":9007199254740993}}},{"json":{"j":"[1.0]"}}]}',
      },
    );
    expect(await answer.json()).toEqual({ kind: "bigquery#tableDataInsertAllResponse" });
    expect(await rows("SELECT TO_JSON_STRING(s.j) AS j FROM shop.streamed AS s ORDER BY 1")).toEqual([
      { j: "[1.0]" },
      { j: '{"a":9007199254740993}' },
    ]);
  });

  it("adds columns to a table where the job allows it", async () => {
    const format = { sourceFormat: "NEWLINE_DELIMITED_JSON", autodetect: true };
    await load("grows", '{"a":1}\n', format, "f.json");
    await expect(load("grows", '{"a":2,"b":"x"}\n', format, "f.json")).rejects.toThrow("Cannot add fields (field: b)");
    await load("grows", '{"a":2,"b":"x"}\n', { ...format, schemaUpdateOptions: ["ALLOW_FIELD_ADDITION"] }, "f.json");
    expect(await rows("SELECT a, b FROM shop.grows ORDER BY a")).toEqual([
      { a: 1, b: null },
      { a: 2, b: "x" },
    ]);
  });

  it("writes tables to a folder that stands for a bucket, and reads them again", async () => {
    await client.query(`CREATE OR REPLACE TABLE shop.all_types AS SELECT 1 AS i, 1.5 AS f, "a,b" AS s, DATE "2020-01-01" AS d,
      TIMESTAMP "2020-01-01 01:02:03.5+00" AS ts, NUMERIC "1.25" AS n, TRUE AS b, b"x" AS y, TIME "01:02:03" AS t`);
    const uri = (name: string) => ({ name, bucket: { name: "bucket" } }) as never;
    const extract = async (name: string, options: object) => {
      const [job] = await client.createJob({
        configuration: {
          extract: {
            sourceTable: { projectId: "test-project", datasetId: "shop", tableId: "all_types" },
            destinationUris: [`gs://bucket/${name}`],
            ...options,
          },
        },
      });
      await job.promise();
    };
    expect(uri("x")).toBeDefined();
    await extract("out.csv", {});
    const lines = readFileSync(join(server.dir, "bucket/out.csv"), "utf8").split("\n");
    expect(lines[0]).toBe("i,f,s,d,ts,n,b,y,t");
    expect(lines[1]).toBe('1,1.5,"a,b",2020-01-01,2020-01-01 01:02:03.5 UTC,1.25,true,eA==,01:02:03');
    await extract("out-*.json.gz", { destinationFormat: "NEWLINE_DELIMITED_JSON", compression: "GZIP" });
    const packed = gunzipSync(readFileSync(join(server.dir, "bucket/out-000000000000.json.gz"))).toString();
    expect(JSON.parse(packed)).toMatchObject({ i: "1", n: "1.25", s: "a,b" });
    await extract("out.parquet", { destinationFormat: "PARQUET" });
    const loadUri = async (table: string, sourceUris: string[], options: object) => {
      const destinationTable = { projectId: "test-project", datasetId: "shop", tableId: table };
      const [job] = await client.createJob({ configuration: { load: { destinationTable, sourceUris, ...options } } });
      await job.promise();
    };
    await loadUri("again", ["gs://bucket/*.parquet"], { sourceFormat: "PARQUET" });
    const both =
      "SELECT COUNT(*) AS n FROM (SELECT TO_JSON_STRING(t) AS j FROM shop.again AS t UNION DISTINCT SELECT TO_JSON_STRING(t) FROM shop.all_types AS t)";
    expect(await rows(both)).toEqual([{ n: 1 }]);
    await expect(loadUri("x", ["gs://bucket/missing.csv"], { autodetect: true })).rejects.toThrow(
      "Not found: URI gs://bucket/missing.csv",
    );
    await expect(loadUri("x", ["gs://../etc/passwd"], { autodetect: true })).rejects.toThrow("Invalid URI");
    await expect(loadUri("x", ["gs://bucket/a.orc"], { sourceFormat: "ORC" })).rejects.toThrow("ORC is not supported");
  });

  it("copies tables, with what is said of them", async () => {
    await client.query("CREATE OR REPLACE TABLE shop.source PARTITION BY d AS SELECT DATE '2020-01-01' AS d, 1 AS x");
    await shop.table("source").setMetadata({ description: "the source" });
    await shop.table("source").copy(shop.table("copied"));
    const [metadata] = await shop.table("copied").getMetadata();
    expect(metadata).toMatchObject({ numRows: "1", description: "the source", timePartitioning: { field: "d" } });
    await expect(shop.table("source").copy(shop.table("copied"))).rejects.toThrow(
      "Already Exists: Table test-project:shop.copied",
    );
    await shop.table("source").copy(shop.table("copied"), { writeDisposition: "WRITE_APPEND" });
    expect(await rows("SELECT COUNT(*) AS n FROM shop.copied")).toEqual([{ n: 2 }]);
    await expect(shop.table("nothing").copy(shop.table("x"))).rejects.toThrow(
      "Not found: Table test-project:shop.nothing",
    );
  });

  it("takes an upload piece by piece", async () => {
    const post = (path: string, init: RequestInit) => fetch(`${server.url}${path}`, init);
    const configuration = {
      load: {
        destinationTable: { projectId: "test-project", datasetId: "shop", tableId: "pieces" },
        schema: { fields: [{ name: "a", type: "INTEGER" }] },
      },
    };
    const begun = await post("/upload/bigquery/v2/projects/test-project/jobs?uploadType=resumable", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ configuration }),
    });
    const location = begun.headers.get("location") as string;
    const piece = (body: string, range: string) =>
      fetch(location, { method: "PUT", body, headers: { "content-range": range } });
    const first = await piece("1\n2\n", "bytes 0-3/*");
    expect([first.status, first.headers.get("range")]).toEqual([308, "bytes=0-3"]);
    const last = await piece("2\n3\n", "bytes 2-5/6");
    expect(last.status).toBe(200);
    const { jobReference } = (await last.json()) as { jobReference: { jobId: string } };
    await client.job(jobReference.jobId).promise();
    expect(await rows("SELECT SUM(a) AS n FROM shop.pieces")).toEqual([{ n: 6 }]);
  });
});
