import type { BigQuery, Dataset, Table } from "@google-cloud/bigquery";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Served, served } from "./served.js";

describe("datasets, tables and routines of a served warehouse", () => {
  let server: Served;
  let client: BigQuery;
  let shop: Dataset;
  beforeAll(async () => {
    server = await served("--in-memory");
    client = server.client;
    [shop] = await client.createDataset("shop", { labels: { team: "a" } });
  });
  afterAll(() => server.stop());

  const tableOf = async (name: string, schema: object | string, options: object = {}): Promise<Table> => {
    const [table] = await shop.createTable(name, { schema: schema as never, ...options });
    return table;
  };

  it("makes, finds, changes and removes datasets", async () => {
    await expect(client.createDataset("shop")).rejects.toMatchObject({ code: 409 });
    await expect(client.createDataset("no-good")).rejects.toThrow("Invalid dataset ID");
    expect(await client.dataset("elsewhere").exists()).toEqual([false]);
    const [made] = await client.createDataset("second", { location: "EU", description: "two" });
    expect(made.metadata).toMatchObject({ location: "EU", description: "two" });
    const [datasets] = await client.getDatasets();
    expect(datasets.map(({ id }) => id)).toEqual(["second", "shop"]);
    expect((await client.getDatasets({ filter: "labels.team:a" }))[0].map(({ id }) => id)).toEqual(["shop"]);
    await made.setMetadata({ description: "changed", labels: { a: "b" } });
    const [metadata] = await made.getMetadata();
    expect(metadata).toMatchObject({ description: "changed", labels: { a: "b" }, location: "EU" });
    await client.query("CREATE TABLE second.t AS SELECT 1 AS x");
    await expect(made.delete()).rejects.toThrow("Dataset test-project:second is still in use");
    await made.delete({ force: true });
    expect(await made.exists()).toEqual([false]);
  });

  it("takes null within what is said for nothing", async () => {
    const unsaid = { mode: null, description: null, policyTags: null, defaultValueExpression: null };
    const inner = { name: "s", type: "STRING", ...unsaid };
    const fields = [
      { name: "n", type: "INTEGER", fields: null, ...unsaid },
      { name: "r", type: "RECORD", fields: [inner] },
    ];
    const table = await tableOf("unsaid", { fields }, { timePartitioning: { type: "DAY", field: null } });
    const [made] = await table.getMetadata();
    expect(made.schema.fields).toEqual([
      { name: "n", type: "INTEGER", mode: "NULLABLE" },
      { name: "r", type: "RECORD", mode: "NULLABLE", fields: [{ name: "s", type: "STRING", mode: "NULLABLE" }] },
    ]);
    expect(made.timePartitioning).toEqual({ type: "DAY" });
    const view = { projectId: "p", datasetId: "d", tableId: "v" };
    await shop.setMetadata({ access: [{ role: null, view }] });
    expect((await shop.getMetadata())[0].access).toEqual([{ view }]);
  });

  it("refuses a change that is based on an older state", async () => {
    const [before] = await shop.getMetadata();
    await shop.setMetadata({ description: "first" });
    await expect(shop.setMetadata({ description: "second", etag: before.etag })).rejects.toMatchObject({ code: 412 });
    const [after] = await shop.getMetadata();
    await shop.setMetadata({ description: "third", etag: after.etag });
    const table = await tableOf("tagged", "a:INTEGER");
    const [old] = await table.getMetadata();
    await client.query("INSERT INTO shop.tagged VALUES (1)");
    const [fresh] = await table.getMetadata();
    expect(fresh.etag).not.toBe(old.etag);
    expect(Number(fresh.lastModifiedTime)).toBeGreaterThan(Number(old.lastModifiedTime));
    await expect(table.setMetadata({ description: "x", etag: old.etag })).rejects.toMatchObject({ code: 412 });
  });

  it("keeps the collation of fields, and refuses one that it would not keep", async () => {
    const fields = [
      { name: "s", type: "STRING", collation: "und:ci" },
      { name: "p", type: "STRING" },
    ];
    const table = await tableOf("collated", { fields });
    const [{ schema }] = await table.getMetadata();
    expect(schema.fields).toEqual([
      { name: "s", type: "STRING", mode: "NULLABLE", collation: "und:ci" },
      { name: "p", type: "STRING", mode: "NULLABLE" },
    ]);
    await client.query("INSERT shop.collated VALUES ('a', 'a'), ('A', 'A')");
    expect((await table.getRows())[0]).toHaveLength(2);
    const [rows] = await client.query("SELECT s, COUNT(DISTINCT p) AS n FROM shop.collated GROUP BY s");
    expect(rows).toEqual([{ s: "A", n: 2 }]);
    expect((await client.query("SELECT * FROM shop.collated WHERE s = 'a'"))[0]).toHaveLength(2);
    const wrong = { fields: [{ name: "s", type: "STRING", collation: "de:ci" }] };
    await expect(tableOf("german", wrong)).rejects.toThrow("Collation de:ci of field s is not supported");
    const inner = { fields: [{ name: "r", type: "RECORD", fields }] };
    await expect(tableOf("nested", inner)).rejects.toThrow("Collation of field s, within a RECORD, is not supported");
  });

  it("makes tables of every kind of column", async () => {
    const fields = [
      { name: "id", type: "INTEGER", mode: "REQUIRED", description: "the key" },
      { name: "price", type: "NUMERIC", precision: "10", scale: "2" },
      { name: "code", type: "STRING", maxLength: "3" },
      { name: "day", type: "DATE" },
      { name: "tags", type: "STRING", mode: "REPEATED" },
      {
        name: "lines",
        type: "RECORD",
        mode: "REPEATED",
        fields: [
          { name: "sku", type: "STRING" },
          { name: "n", type: "INT64" },
        ],
      },
    ];
    const table = await tableOf("full", fields, {
      timePartitioning: { type: "DAY", field: "day" },
      clustering: { fields: ["code"] },
      labels: { kind: "test" },
      description: "all",
    });
    const [metadata] = await table.getMetadata();
    expect(metadata).toMatchObject({
      type: "TABLE",
      description: "all",
      labels: { kind: "test" },
      timePartitioning: { type: "DAY", field: "day" },
      clustering: { fields: ["code"] },
      numRows: "0",
    });
    expect(metadata.schema.fields).toMatchObject([
      { name: "id", type: "INTEGER", mode: "REQUIRED", description: "the key" },
      { name: "price", type: "NUMERIC", precision: "10", scale: "2" },
      { name: "code", type: "STRING", maxLength: "3" },
      { name: "day", type: "DATE", mode: "NULLABLE" },
      { name: "tags", type: "STRING", mode: "REPEATED" },
      { name: "lines", type: "RECORD", mode: "REPEATED", fields: [{ name: "sku" }, { name: "n", type: "INTEGER" }] },
    ]);
    await expect(tableOf("full", "a")).rejects.toMatchObject({ code: 409 });
    await expect(tableOf("bad", [{ name: "x", type: "RANGE" }])).rejects.toThrow(
      "type RANGE but has no rangeElementType",
    );
    const names = (await shop.getTables())[0].map(({ id }) => id);
    expect(names).toContain("full");
  });

  it("adds columns, relaxes required ones, and refuses other changes of a schema", async () => {
    const table = await tableOf("grows", [{ name: "a", type: "INTEGER", mode: "REQUIRED" }]);
    const change = (fields: object[]) => table.setMetadata({ schema: { fields: fields as never } });
    await change([
      { name: "a", type: "INTEGER" },
      { name: "b", type: "STRING", description: "new" },
    ]);
    const [metadata] = await table.getMetadata();
    expect(metadata.schema.fields).toMatchObject([
      { name: "a", mode: "NULLABLE" },
      { name: "b", description: "new" },
    ]);
    await expect(change([{ name: "b", type: "STRING" }])).rejects.toThrow("Field a is missing in new schema");
    await expect(
      change([
        { name: "a", type: "STRING" },
        { name: "b", type: "STRING" },
      ]),
    ).rejects.toThrow("Field a has changed type from INTEGER to STRING");
  });

  it("makes views, and keeps their text", async () => {
    await client.query("CREATE OR REPLACE TABLE shop.base AS SELECT 1 AS x");
    const [view] = await shop.createTable("seen", { view: "SELECT x + 1 AS y FROM shop.base" });
    const [metadata] = await view.getMetadata();
    expect(metadata).toMatchObject({ type: "VIEW", view: { query: "SELECT x + 1 AS y FROM shop.base" } });
    expect((await client.query("SELECT y FROM shop.seen"))[0]).toEqual([{ y: 2 }]);
    await view.setMetadata({ view: { query: "SELECT x + 2 AS y FROM shop.base", useLegacySql: false } });
    expect((await client.query("SELECT y FROM shop.seen"))[0]).toEqual([{ y: 3 }]);
  });

  it("keeps what OPTIONS say of tables, columns and datasets", async () => {
    await client.query(`CREATE OR REPLACE TABLE shop.optioned (id INT64 OPTIONS (description = "the key"), made TIMESTAMP)
      PARTITION BY DATE(made) CLUSTER BY id
      OPTIONS (description = "a \\"table\\"", labels = [("a", "b"), ("c", "d")], expiration_timestamp = TIMESTAMP "2099-01-01 00:00:00+00")`);
    const table = shop.table("optioned");
    expect((await table.getMetadata())[0]).toMatchObject({
      description: 'a "table"',
      labels: { a: "b", c: "d" },
      expirationTime: "4070908800000",
      timePartitioning: { type: "DAY", field: "made" },
      clustering: { fields: ["id"] },
      schema: { fields: [{ name: "id", type: "INTEGER", description: "the key" }, { name: "made" }] },
    });
    await client.query(`ALTER TABLE shop.optioned SET OPTIONS (description = NULL, labels = [("e", "f")]);
      ALTER TABLE shop.optioned ALTER COLUMN made SET OPTIONS (description = "when");
      CREATE SCHEMA other OPTIONS (description = "o", location = "EU"); ALTER TABLE shop.optioned RENAME TO renamed`);
    const [metadata] = await shop.table("renamed").getMetadata();
    expect(metadata.description).toBeUndefined();
    expect(metadata).toMatchObject({
      labels: { e: "f" },
      schema: { fields: [{ description: "the key" }, { description: "when" }] },
    });
    expect((await client.dataset("other").getMetadata())[0]).toMatchObject({ description: "o", location: "EU" });
    await client.query(`CREATE OR REPLACE TABLE shop.renamed PARTITION BY DATE(made) CLUSTER BY id
      AS SELECT 1 AS id, CURRENT_TIMESTAMP() AS made; DROP SCHEMA other`);
    expect((await shop.table("renamed").getMetadata())[0].labels).toBeUndefined();
  });

  it("keeps what a column list says of a table made of a query", async () => {
    await client.query(`CREATE TABLE shop.listed (id INT64 NOT NULL OPTIONS (description = "the key"), price NUMERIC(5, 1) DEFAULT 2)
      CLUSTER BY id AS SELECT 7, NUMERIC "1.25"`);
    const [metadata] = await shop.table("listed").getMetadata();
    expect(metadata).toMatchObject({
      numRows: "1",
      clustering: { fields: ["id"] },
      schema: {
        fields: [
          { name: "id", type: "INTEGER", mode: "REQUIRED", description: "the key" },
          { name: "price", type: "NUMERIC", precision: "5", scale: "1", defaultValueExpression: "2" },
        ],
      },
    });
    await client.query("ALTER TABLE shop.listed ALTER COLUMN id DROP NOT NULL");
    expect((await shop.table("listed").getMetadata())[0].schema.fields[0].mode).not.toBe("REQUIRED");
    await client.query("INSERT INTO shop.listed (id) VALUES (8)");
    const [totals] = await client.query("SELECT CAST(SUM(price) AS STRING) AS total FROM shop.listed");
    expect(totals).toEqual([{ total: "3.3" }]);
  });

  it("refuses OPTIONS that there are none of, twice, and with values of other types", async () => {
    const said = async (sql: string) =>
      client.query(sql).then(
        () => "done",
        (cause: Error) => cause.message,
      );
    for (const [sql, message] of [
      ["CREATE TABLE shop.wrong (a INT64) OPTIONS (descripton = 'x')", "Unknown option: descripton"],
      ["CREATE TABLE shop.wrong (a INT64 OPTIONS (descr = 'x'))", "Unknown option: descr"],
      ["CREATE VIEW shop.wrong OPTIONS (nope = 1) AS SELECT 1 AS a", "Unknown option: nope"],
      ["ALTER SCHEMA shop SET OPTIONS (nope = 1)", "Unknown option: nope"],
      ["CREATE TABLE shop.wrong (a INT64) OPTIONS (description = 1)", "Option description value has type INT64"],
      ["CREATE TABLE shop.wrong (a INT64) OPTIONS (labels = 'x')", "Option labels value has type STRING"],
      ["CREATE TABLE shop.wrong (a INT64) OPTIONS (expiration_timestamp = 'x')", "timestamp"],
      ["CREATE TABLE shop.wrong (a INT64) OPTIONS (description = 'a', description = 'b')", "Duplicate option"],
    ] as const) {
      expect(await said(sql), sql).toContain(message);
      expect(await shop.table("wrong").exists(), sql).toEqual([false]);
    }
    const fine = "description = NULL, labels = [], expiration_timestamp = '2100-01-01 00:00:00+00'";
    expect(await said(`CREATE TABLE shop.fine (a INT64 OPTIONS (description = 'a')) OPTIONS (${fine})`)).toBe("done");
    expect((await shop.table("fine").getMetadata())[0]).toMatchObject({ expirationTime: "4102444800000" });
    await shop.table("fine").delete();
  });

  it("keeps what OPTIONS say of fields within columns", async () => {
    await client.query(`CREATE OR REPLACE TABLE shop.nested
      (s STRUCT<a ARRAY<STRING> OPTIONS (description = "many"), b STRUCT<c INT64 OPTIONS (description = "deep")>>);
      ALTER TABLE shop.nested ADD COLUMN t ARRAY<STRUCT<d INT64 OPTIONS (description = "added"), e BOOL>>`);
    expect((await shop.table("nested").getMetadata())[0].schema.fields).toMatchObject([
      { name: "s", fields: [{ description: "many" }, { name: "b", fields: [{ description: "deep" }] }] },
      { name: "t", mode: "REPEATED", fields: [{ name: "d", description: "added" }, { name: "e" }] },
    ]);
  });

  it("takes streamed rows, and says which of them do not fit", async () => {
    const table = await tableOf("stream", [
      { name: "id", type: "INTEGER", mode: "REQUIRED" },
      { name: "at", type: "TIMESTAMP" },
      { name: "day", type: "DATE" },
      { name: "price", type: "NUMERIC" },
      { name: "raw", type: "BYTES" },
      { name: "doc", type: "JSON" },
      { name: "tags", type: "STRING", mode: "REPEATED" },
      { name: "place", type: "RECORD", fields: [{ name: "city", type: "STRING" }] },
    ]);
    const rows = [
      {
        id: 1,
        at: "2020-01-01T00:00:00Z",
        day: "2020-01-01",
        price: "1.25",
        raw: Buffer.from("ab").toString("base64"),
      },
      { id: "9007199254740993", doc: JSON.stringify({ a: [1] }), tags: ["x", "y"], place: { city: "Oslo" } },
    ];
    await table.insert(rows);
    await table.insert([{ insertId: "once", json: { id: 7 } }], { raw: true });
    await table.insert([{ insertId: "once", json: { id: 7 } }], { raw: true });
    const query = `SELECT COUNT(*) AS n, MAX(CAST(id AS STRING)) AS big, ARRAY_CONCAT_AGG(tags) AS tags,
      MAX(place.city) AS city, MAX(price) = 1.25 AS price, MAX(JSON_VALUE(doc.a[0])) AS a, MAX(TO_HEX(raw)) AS raw FROM shop.stream`;
    expect((await client.query(query))[0]).toEqual([
      { n: 3, big: "9007199254740993", tags: ["x", "y"], city: "Oslo", price: true, a: "1", raw: "6162" },
    ]);
    const failed = await table.insert([{ id: 2 }, { id: "x" }, { id: 3, nope: 1 }, {}]).catch((error) => error);
    expect(failed.name).toBe("PartialFailureError");
    const told = failed.errors.map(({ errors }: { errors: { message: string; reason: string }[] }) => errors[0]);
    expect(told).toMatchObject([
      { reason: "stopped" },
      { reason: "invalid", message: "Cannot convert value to integer (bad value): x" },
      { reason: "invalid", message: "no such field: nope." },
      { reason: "invalid", message: "Missing required field: id." },
    ]);
    await table.insert([{ id: 2 }, { id: "x" }], { skipInvalidRows: true }).catch(() => undefined);
    expect((await client.query("SELECT COUNT(*) AS n FROM shop.stream WHERE id = 2"))[0]).toEqual([{ n: 1 }]);
  });

  it("lists rows in pages, and only some of the columns", async () => {
    await client.query(
      "CREATE OR REPLACE TABLE shop.many AS SELECT n, n * 2 AS m FROM UNNEST(GENERATE_ARRAY(1, 25)) AS n ORDER BY n",
    );
    const table = shop.table("many");
    const [first, next] = await table.getRows({ maxResults: 10, autoPaginate: false });
    expect([first.length, first[0]]).toEqual([10, { n: 1, m: 2 }]);
    const [second] = await table.getRows(next ?? {});
    expect(second[0]).toEqual({ n: 11, m: 22 });
    expect((await table.getRows())[0].length).toBe(25);
    expect((await table.getRows({ startIndex: "24", autoPaginate: false }))[0]).toEqual([{ n: 25, m: 50 }]);
    expect((await table.getRows({ selectedFields: "m", maxResults: 1, autoPaginate: false }))[0]).toEqual([{ m: 2 }]);
  });

  it("makes, lists, calls, changes and removes routines; there are no models", async () => {
    const [routine] = await shop.createRoutine("twice", {
      arguments: [{ name: "x", dataType: { typeKind: "INT64" } }],
      definitionBody: "x * 2",
      routineType: "SCALAR_FUNCTION",
      returnType: { typeKind: "INT64" },
      language: "SQL",
    });
    expect((await client.query("SELECT shop.twice(4) AS y"))[0]).toEqual([{ y: 8 }]);
    const [metadata] = await routine.getMetadata();
    expect(metadata).toMatchObject({
      routineType: "SCALAR_FUNCTION",
      language: "SQL",
      definitionBody: "x * 2",
      arguments: [{ name: "x", dataType: { typeKind: "INT64" } }],
      returnType: { typeKind: "INT64" },
    });
    await client.query("CREATE PROCEDURE shop.proc(a INT64, OUT b INT64) BEGIN SET b = a + 1; END");
    expect((await shop.getRoutines())[0].map(({ id }) => id)).toEqual(["proc", "twice"]);
    await routine.setMetadata({ ...metadata, definitionBody: "x * 3" });
    expect((await client.query("SELECT shop.twice(4) AS y"))[0]).toEqual([{ y: 12 }]);
    await routine.delete();
    expect(await routine.exists()).toEqual([false]);
    expect(await shop.model("m").exists()).toEqual([false]);
    expect((await shop.getModels())[0]).toEqual([]);
  });

  it("keeps policies of a table, and takes none that rests on an older one", async () => {
    const table = await tableOf("guarded", "a:INTEGER");
    const [before] = await table.getIamPolicy();
    expect(before).toMatchObject({ version: 1 });
    const bindings = [{ role: "roles/bigquery.dataViewer", members: ["user:ann@example.com"] }];
    await table.setIamPolicy({ bindings, etag: before.etag } as never);
    await table.setMetadata({ description: "guarded" });
    expect((await table.getIamPolicy())[0]).toMatchObject({ bindings });
    expect((await table.getMetadata())[0]).not.toHaveProperty("iam");
    await expect(table.setIamPolicy({ bindings: [], etag: before.etag } as never)).rejects.toMatchObject({ code: 412 });
    const permissions = ["bigquery.tables.get"];
    expect((await table.testIamPermissions(permissions))[0]).toEqual({ permissions });
    await expect(shop.table("nowhere").getIamPolicy()).rejects.toMatchObject({ code: 404 });
  });

  it("tells of itself in INFORMATION_SCHEMA", async () => {
    await client.query("CREATE OR REPLACE TABLE shop.info (a INT64 NOT NULL, b STRUCT<c STRING, d ARRAY<INT64>>)");
    const ask = async (query: string) => (await client.query(query))[0];
    expect(await ask("SELECT schema_name, location FROM INFORMATION_SCHEMA.SCHEMATA")).toEqual([
      { schema_name: "shop", location: "US" },
    ]);
    expect(
      await ask(
        "SELECT table_name, table_type FROM shop.INFORMATION_SCHEMA.TABLES WHERE table_name IN ('info', 'seen') ORDER BY 1",
      ),
    ).toEqual([
      { table_name: "info", table_type: "BASE TABLE" },
      { table_name: "seen", table_type: "VIEW" },
    ]);
    const columns =
      "SELECT column_name, is_nullable, data_type FROM `test-project.shop.INFORMATION_SCHEMA.COLUMNS` WHERE table_name = 'info' ORDER BY ordinal_position";
    expect(await ask(columns)).toEqual([
      { column_name: "a", is_nullable: "NO", data_type: "INT64" },
      { column_name: "b", is_nullable: "YES", data_type: "STRUCT<c STRING, d ARRAY<INT64>>" },
    ]);
    const paths =
      "SELECT field_path FROM shop.INFORMATION_SCHEMA.COLUMN_FIELD_PATHS WHERE table_name = 'info' ORDER BY 1";
    expect(await ask(paths)).toEqual([
      { field_path: "a" },
      { field_path: "b" },
      { field_path: "b.c" },
      { field_path: "b.d" },
    ]);
    expect(await ask("SELECT table_id, row_count FROM shop.__TABLES__ WHERE table_id = 'many'")).toEqual([
      { table_id: "many", row_count: 25 },
    ]);
    await client.query(
      "CREATE OR REPLACE TABLE shop.days PARTITION BY d AS SELECT DATE '2020-01-01' AS d, x FROM UNNEST([1, 2]) AS x",
    );
    const partitions =
      "SELECT partition_id, total_rows FROM shop.INFORMATION_SCHEMA.PARTITIONS WHERE table_name = 'days'";
    expect(await ask(partitions)).toEqual([{ partition_id: "20200101", total_rows: 2 }]);
    const jobs = "SELECT COUNT(*) > 5 AS many FROM `region-us`.INFORMATION_SCHEMA.JOBS WHERE statement_type = 'SELECT'";
    expect(await ask(jobs)).toEqual([{ many: true }]);
    await expect(ask("SELECT * FROM shop.INFORMATION_SCHEMA.NOTHING")).rejects.toThrow(
      "INFORMATION_SCHEMA.NOTHING is not supported",
    );
  });
});
