import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Served, served } from "./served.js";

describe("tables whose rows lie in files", () => {
  let server: Served;
  beforeAll(async () => {
    server = await served("--database", "DIR/w.duckdb", "--buckets", "DIR/buckets");
    mkdirSync(join(server.dir, "buckets/b"), { recursive: true });
    await server.client.query("CREATE SCHEMA shop");
  });
  afterAll(() => server.stop());
  const file = (name: string, content: string | Uint8Array) =>
    writeFileSync(join(server.dir, "buckets/b", name), content);
  const ask = async (query: string, options: object = {}): Promise<object[]> =>
    (await server.client.query({ query, ...options }))[0];
  const shop = () => server.client.dataset("shop");
  const make = async (name: string, externalDataConfiguration: object, schema?: object) =>
    (await shop().createTable(name, { externalDataConfiguration, ...(schema ? { schema } : {}) } as never))[0];
  const CSV = { sourceFormat: "CSV", sourceUris: ["gs://b/orders-*.csv"] };
  const FIELDS = [
    { name: "id", type: "INTEGER" },
    { name: "made", type: "TIMESTAMP" },
    { name: "name", type: "STRING" },
  ];

  it("reads the files that are there when it is asked", async () => {
    file("orders-1.csv", "id;made;name\n1;2024-01-01 00:00:00 UTC;a\n");
    const csvOptions = { fieldDelimiter: ";", skipLeadingRows: "1" };
    const table = await make("orders", { ...CSV, csvOptions, schema: { fields: FIELDS } });
    expect((await table.getMetadata())[0]).toMatchObject({
      type: "EXTERNAL",
      externalDataConfiguration: { sourceFormat: "CSV", sourceUris: CSV.sourceUris },
      schema: { fields: [{ name: "id", type: "INTEGER" }, { name: "made" }, { name: "name" }] },
    });
    const sum = "SELECT COUNT(*) AS c, SUM(id) AS n FROM shop.orders WHERE made > TIMESTAMP '2023-01-01'";
    expect(await ask(sum)).toEqual([{ c: 1, n: 1 }]);
    file("orders-2.csv", "id;made;name\n5;2024-01-02;b\n");
    expect(await ask(sum)).toEqual([{ c: 2, n: 6 }]);
    expect(await ask("SELECT o.name, p.id FROM shop.orders AS o JOIN shop.orders AS p USING (id) ORDER BY id")).toEqual(
      [
        { name: "a", id: 1 },
        { name: "b", id: 5 },
      ],
    );
    rmSync(join(server.dir, "buckets/b/orders-1.csv"));
    await ask(
      "CREATE VIEW shop.seen AS SELECT name FROM shop.orders; CREATE VIEW shop.seen_again AS SELECT * FROM shop.seen",
    );
    expect(await ask("SELECT * FROM shop.seen_again")).toEqual([{ name: "b" }]);
    file("orders-1.csv", "id;made;name\n1;2024-01-01;a\n");
    expect(await ask("SELECT * FROM shop.seen_again ORDER BY name")).toEqual([{ name: "a" }, { name: "b" }]);
    expect(
      await ask(
        "DECLARE n INT64 DEFAULT (SELECT MAX(id) FROM shop.orders); CREATE TABLE shop.kept AS SELECT * FROM shop.orders WHERE id = n; SELECT name FROM shop.kept",
      ),
    ).toEqual([{ name: "b" }]);
    expect(
      await ask("SELECT table_name, table_type FROM shop.INFORMATION_SCHEMA.TABLES WHERE table_name = 'orders'"),
    ).toEqual([{ table_name: "orders", table_type: "EXTERNAL" }]);
  });

  it("is known after a restart", async () => {
    await server.restart();
    expect(await ask("SELECT COUNT(*) AS c FROM shop.orders")).toEqual([{ c: 2 }]);
    expect(await ask("SELECT * FROM shop.seen_again ORDER BY name LIMIT 1")).toEqual([{ name: "a" }]);
  });

  it("finds out fields, and reads every format", async () => {
    file("found.csv", "n,day\n1,2024-01-01\n2,2024-01-02\n");
    await make("found", { sourceFormat: "CSV", sourceUris: ["gs://b/found.csv"], autodetect: true });
    expect(await ask("SELECT SUM(n) AS n, CAST(MAX(day) AS STRING) AS d FROM shop.found")).toEqual([
      { n: 3, d: "2024-01-02" },
    ]);
    file("lines.json", '{"n":1,"r":{"a":"x"},"l":[1,2]}\n{"n":2,"more":true}\n');
    const json = { sourceFormat: "NEWLINE_DELIMITED_JSON", sourceUris: ["gs://b/lines.json"] };
    const fields = [
      { name: "n", type: "INTEGER" },
      { name: "r", type: "RECORD", fields: [{ name: "a", type: "STRING" }] },
      { name: "l", type: "INTEGER", mode: "REPEATED" },
    ];
    await make("lines", { ...json, ignoreUnknownValues: true }, { fields });
    expect(await ask("SELECT n, r.a, ARRAY_LENGTH(l) AS len FROM shop.lines ORDER BY n")).toEqual([
      { n: 1, a: "x", len: 2 },
      { n: 2, a: null, len: 0 },
    ]);
    await make("strict", json, { fields });
    await expect(ask("SELECT n FROM shop.strict")).rejects.toThrow(
      "Error while reading table: shop.strict, error message: JSON processing encountered too many errors, giving up. Line 2: no such field: more.",
    );
    await ask("EXPORT DATA OPTIONS (uri = 'gs://b/out-*.parquet', format = 'PARQUET') AS SELECT 7 AS n, 'p' AS s");
    await ask(
      "EXPORT DATA OPTIONS (uri = 'gs://b/out-*.avro', format = 'AVRO') AS SELECT 8 AS n, DATE '2024-01-01' AS d",
    );
    await make("parquet", { sourceFormat: "PARQUET", sourceUris: ["gs://b/out-*.parquet"] });
    await make("avro", {
      sourceFormat: "AVRO",
      sourceUris: ["gs://b/out-*.avro"],
      avroOptions: { useAvroLogicalTypes: true },
    });
    expect(await ask("SELECT p.n, s, a.n AS m, CAST(d AS STRING) AS d FROM shop.parquet AS p, shop.avro AS a")).toEqual(
      [{ n: 7, s: "p", m: 8, d: "2024-01-01" }],
    );
  });

  it("is made and dropped by statements", async () => {
    await ask(`CREATE EXTERNAL TABLE shop.stated (id INT64, made STRING, name STRING(3))
      OPTIONS (format = 'CSV', uris = ['gs://b/orders-*.csv'], skip_leading_rows = 1, field_delimiter = ';',
        description = 'from files', labels = [('a', 'b')])`);
    expect((await shop().table("stated").getMetadata())[0]).toMatchObject({
      type: "EXTERNAL",
      description: "from files",
      labels: { a: "b" },
      externalDataConfiguration: { csvOptions: { fieldDelimiter: ";", skipLeadingRows: 1 } },
    });
    expect(await ask("SELECT SUM(id) AS n FROM shop.stated")).toEqual([{ n: 6 }]);
    await expect(
      ask("CREATE EXTERNAL TABLE shop.stated OPTIONS (format = 'CSV', uris = ['gs://b/found.csv'])"),
    ).rejects.toThrow("Already Exists: Table test-project:shop.stated");
    await ask("CREATE EXTERNAL TABLE IF NOT EXISTS shop.stated OPTIONS (format = 'CSV', uris = ['gs://b/found.csv'])");
    const [job] = await server.client.createQueryJob(
      "CREATE OR REPLACE EXTERNAL TABLE shop.stated OPTIONS (format = 'CSV', uris = ['gs://b/found.csv'])",
    );
    await job.getQueryResults();
    expect((await job.getMetadata())[0].statistics.query).toMatchObject({
      statementType: "CREATE_EXTERNAL_TABLE",
      ddlOperationPerformed: "REPLACE",
    });
    expect(await ask("SELECT SUM(n) AS n FROM shop.stated")).toEqual([{ n: 3 }]);
    await ask("DROP EXTERNAL TABLE shop.stated");
    expect(await shop().table("stated").exists()).toEqual([false]);
    for (const [options, message] of [
      ["format = 'CSV', uris = ['gs://b/none.csv']", "Not found: URI gs://b/none.csv"],
      ["format = 'ORC', uris = ['gs://b/x.orc']", "ORC is not supported"],
      ["format = 'CSV', uris = ['gs://b/found.csv'], colour = 'red'", "Unknown option: colour"],
      ["uris = ['gs://b/found.csv']", "must have the option format"],
    ] as const)
      await expect(ask(`CREATE EXTERNAL TABLE shop.wrong OPTIONS (${options})`)).rejects.toThrow(message);
    expect(await shop().table("wrong").exists()).toEqual([false]);
  });

  it("comes along with a query job", async () => {
    const tableDefinitions = {
      mine: { ...CSV, csvOptions: { fieldDelimiter: ";", skipLeadingRows: 1 }, schema: { fields: FIELDS } },
    };
    expect(await ask("SELECT SUM(id) AS n FROM mine", { tableDefinitions })).toEqual([{ n: 6 }]);
    await expect(ask("SELECT SUM(id) AS n FROM mine")).rejects.toThrow("mine");
  });

  it("is read alone", async () => {
    const no = "is not allowed for this operation because it is currently a EXTERNAL";
    await expect(ask("INSERT shop.found VALUES (1, DATE '2024-01-01')")).rejects.toThrow(no);
    await expect(ask("DELETE FROM shop.found WHERE TRUE")).rejects.toThrow(no);
    await expect(
      shop()
        .table("found")
        .insert([{ n: 1 }]),
    ).rejects.toThrow("Cannot add rows to a table of type EXTERNAL.");
    await expect(shop().table("found").getRows()).rejects.toThrow("Cannot list a table of type EXTERNAL.");
    await expect(shop().table("found").copy(shop().table("copied"))).rejects.toThrow(no);
    await expect(
      shop().table("kept").copy(shop().table("found"), { writeDisposition: "WRITE_APPEND" }),
    ).rejects.toThrow(no);
    await expect(
      shop().table("found").load(join(server.dir, "buckets/b/found.csv"), { sourceFormat: "CSV", skipLeadingRows: 1 }),
    ).rejects.toThrow(no);
    await expect(ask("SELECT * FROM shop.found FOR SYSTEM_TIME AS OF CURRENT_TIMESTAMP()")).rejects.toThrow(
      "FOR SYSTEM_TIME AS OF is not supported",
    );
    const [changed] = await shop()
      .table("found")
      .setMetadata({
        externalDataConfiguration: {
          sourceFormat: "CSV",
          sourceUris: ["gs://b/orders-1.csv"],
          autodetect: true,
          csvOptions: { fieldDelimiter: ";" },
        },
      } as never);
    expect(changed.schema.fields.map(({ name }: { name: string }) => name)).toEqual(["id", "made", "name"]);
    expect(await ask("SELECT id, name FROM shop.found")).toEqual([{ id: 1, name: "a" }]);
  });
});
