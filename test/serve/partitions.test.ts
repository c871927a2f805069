import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Served, served } from "./served.js";

type Body = Readonly<Record<string, unknown>>;

describe("parts of tables by decorators", () => {
  let server: Served;
  beforeAll(async () => {
    server = await served("--in-memory", "--buckets", "DIR/buckets");
    mkdirSync(join(server.dir, "buckets/b"), { recursive: true });
    await server.client.createDataset("d");
  });
  afterAll(() => server.stop());

  const table = (tableId: string) => ({ projectId: "test-project", datasetId: "d", tableId });
  const all = async (query: string) => (await server.client.query(query))[0];
  const job = async (configuration: Body) => {
    const [begun] = await server.client.createJob({ configuration });
    await new Promise((resolve, reject) => begun.on("complete", resolve).on("error", reject));
  };
  const select = (query: string, tableId: string, writeDisposition: string, more: Body = {}) =>
    job({ query: { query, useLegacySql: false, destinationTable: table(tableId), writeDisposition, ...more } });
  const list = async (tableId: string) => (await server.client.dataset("d").table(tableId).getRows())[0];
  const file = (name: string, text: string) => writeFileSync(join(server.dir, "buckets/b", name), text);
  const load = (name: string, tableId: string, writeDisposition: string, more: Body = {}) =>
    job({
      load: {
        sourceUris: [`gs://b/${name}`],
        sourceFormat: "NEWLINE_DELIMITED_JSON",
        destinationTable: table(tableId),
        writeDisposition,
        ...more,
      },
    });

  it("are listed by a table of their own", async () => {
    await all(`CREATE TABLE d.listed PARTITION BY DATE_TRUNC(day, MONTH) AS
      SELECT * FROM UNNEST([STRUCT(DATE '2024-01-01' AS day, 1 AS n), (DATE '2024-03-02', 2), (NULL, 3)]);
      CREATE TABLE d.whole (n INT64)`);
    const summary = server.client.dataset("d").table("listed$__PARTITIONS_SUMMARY__");
    const [{ schema }] = await summary.getMetadata();
    expect(schema.fields.map(({ name }: { name: string }) => name)).toEqual([
      "project_id",
      "dataset_id",
      "table_id",
      "partition_id",
      "creation_time",
      "last_modified_time",
    ]);
    const rows = await list("listed$__PARTITIONS_SUMMARY__");
    expect(rows.map(({ partition_id }) => partition_id).sort()).toEqual(["202401", "202403", "__NULL__"]);
    expect(rows[0]).toMatchObject({ project_id: "test-project", dataset_id: "d", table_id: "listed" });
    expect(Number(rows[0]?.last_modified_time)).toBeGreaterThan(Date.now() - 600_000);
    const ids = await summary.getRows({ selectedFields: "partition_id", maxResults: 2, autoPaginate: false });
    expect(ids[0]).toHaveLength(2);
    await expect(list("whole$__PARTITIONS_SUMMARY__")).rejects.toThrow("from a table that is not partitioned");
  });

  it("take the rows of queries: added, in place of the partition's, and none of another", async () => {
    await all(`CREATE TABLE d.days PARTITION BY day AS
      SELECT * FROM UNNEST([STRUCT(DATE '2024-01-01' AS day, 1 AS n), (DATE '2024-01-02', 2), (NULL, 3)])`);
    await select("SELECT DATE '2024-01-01' AS day, 10 AS n", "days$20240101", "WRITE_APPEND");
    await select("SELECT DATE '2024-01-02' AS day, 20 AS n", "days$20240102", "WRITE_TRUNCATE");
    await select("SELECT CAST(NULL AS DATE) AS day, 30 AS n", "days$__NULL__", "WRITE_TRUNCATE");
    expect((await all("SELECT n FROM d.days ORDER BY n")).map(({ n }) => n)).toEqual([1, 10, 20, 30]);
    await expect(select("SELECT DATE '2024-01-03' AS day, 5 AS n", "days$20240102", "WRITE_TRUNCATE")).rejects.toThrow(
      "Some rows belong to different partitions rather than destination partition 20240102",
    );
    await expect(select("SELECT CAST(NULL AS DATE) AS day, 5 AS n", "days$20240102", "WRITE_APPEND")).rejects.toThrow(
      "Some rows belong to different partitions",
    );
    await expect(select("SELECT DATE '2024-01-02' AS day, 5 AS n", "days$20240102", "WRITE_EMPTY")).rejects.toThrow(
      "Already Exists",
    );
    await select("SELECT DATE '2024-01-04' AS day, 40 AS n", "days$20240104", "WRITE_EMPTY");
    for (const wrong of ["days$2024", "days$20240132", "days$x"])
      await expect(select("SELECT DATE '2024-01-02' AS day, 5 AS n", wrong, "WRITE_APPEND")).rejects.toThrow(
        "Invalid partition decorator",
      );
    expect((await list("days$20240101")).map(({ n }) => n).sort()).toEqual([1, 10]);
    expect(await list("days$20240102")).toHaveLength(1);
    await server.client.dataset("d").table("days$20240101").delete();
    expect((await all("SELECT n FROM d.days ORDER BY n")).map(({ n }) => n)).toEqual([20, 30, 40]);
  });

  it("take columns that are added, where the partition is replaced", async () => {
    await all("CREATE TABLE d.wider PARTITION BY day AS SELECT DATE '2024-01-01' AS day, 1 AS n");
    const wider = "SELECT DATE '2024-01-02' AS day, 2 AS n, 'x' AS more";
    await expect(select(wider, "wider$20240102", "WRITE_TRUNCATE")).rejects.toThrow("Cannot add fields");
    const schemaUpdateOptions = ["ALLOW_FIELD_ADDITION"];
    await select(wider, "wider$20240102", "WRITE_TRUNCATE", { schemaUpdateOptions });
    expect(await all("SELECT n, more FROM d.wider ORDER BY n")).toEqual([
      { n: 1, more: null },
      { n: 2, more: "x" },
    ]);
  });

  it("hold the time at which rows came, as whoever writes them says", async () => {
    file("one.jsonl", '{"n": 1}\n{"n": 2}\n');
    const fields = [{ name: "n", type: "INT64" }];
    await load("one.jsonl", "came$20240101", "WRITE_TRUNCATE", { schema: { fields } });
    await load("one.jsonl", "came$20240102", "WRITE_APPEND");
    await load("one.jsonl", "came$20240102", "WRITE_TRUNCATE");
    await select("SELECT 3 AS n", "came$20240102", "WRITE_APPEND");
    await server.client
      .dataset("d")
      .table("came$20240103")
      .insert([{ n: 4 }]);
    await server.client
      .dataset("d")
      .table("came")
      .insert([{ n: 5 }]);
    const [metadata] = await server.client.dataset("d").table("came").getMetadata();
    expect(metadata.timePartitioning).toEqual({ type: "DAY" });
    expect(
      await all(`SELECT n, IF(_PARTITIONDATE = CURRENT_DATE(), 'today', CAST(_PARTITIONDATE AS STRING)) AS day
        FROM d.came ORDER BY n, day`),
    ).toEqual([
      { n: 1, day: "2024-01-01" },
      { n: 1, day: "2024-01-02" },
      { n: 2, day: "2024-01-01" },
      { n: 2, day: "2024-01-02" },
      { n: 3, day: "2024-01-02" },
      { n: 4, day: "2024-01-03" },
      { n: 5, day: "today" },
    ]);
    expect(await list("came$20240102")).toHaveLength(3);
    await load("one.jsonl", "hours$2024010105", "WRITE_APPEND", {
      schema: { fields },
      timePartitioning: { type: "HOUR" },
    });
    expect(await all("SELECT FORMAT_TIMESTAMP('%F %H', MIN(_PARTITIONTIME)) AS t FROM d.hours")).toEqual([
      { t: "2024-01-01 05" },
    ]);
  });

  it("are copied from one table to another, and are what a table was", async () => {
    await all(`CREATE TABLE d.months PARTITION BY TIMESTAMP_TRUNC(t, MONTH) AS
      SELECT TIMESTAMP(d) AS t, EXTRACT(MONTH FROM d) * 100 + EXTRACT(DAY FROM d) AS n
      FROM UNNEST([DATE '2024-01-31', DATE '2024-02-01', DATE '2024-02-29', DATE '2024-03-01']) AS d`);
    const numbers = async (name: string) => (await list(name)).map(({ n }) => Number(n)).sort((a, b) => a - b);
    expect(await numbers("months$202402")).toEqual([201, 229]);
    const before = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await all("CREATE TABLE d.other LIKE d.months");
    const copy = (from: string, to: string, writeDisposition: string) =>
      job({ copy: { sourceTable: table(from), destinationTable: table(to), writeDisposition } });
    await copy("months$202402", "other$202402", "WRITE_EMPTY");
    await copy("months$202403", "other", "WRITE_APPEND");
    await copy("months$202401", "third", "WRITE_EMPTY");
    expect([await numbers("other"), await numbers("third")]).toEqual([[201, 229, 301], [131]]);
    await expect(copy("months$202401", "other$202402", "WRITE_TRUNCATE")).rejects.toThrow("different partitions");
    await server.client.dataset("d").table("months$202402").delete();
    expect([await numbers("months"), await numbers(`months@${before}`)]).toEqual([
      [131, 301],
      [131, 201, 229, 301],
    ]);
    await expect(copy("months", `other@${before}`, "WRITE_APPEND")).rejects.toThrow("cannot be written");
  });

  it("are ranges of whole numbers", async () => {
    await server.client.dataset("d").createTable("ranges", {
      schema: [{ name: "n", type: "INT64" }],
      rangePartitioning: { field: "n", range: { start: "0", end: "25", interval: "10" } },
    });
    await all("INSERT d.ranges SELECT n FROM UNNEST(GENERATE_ARRAY(0, 24)) AS n");
    expect(await list("ranges$10")).toHaveLength(10);
    expect(await list("ranges$20")).toHaveLength(5);
    await expect(list("ranges$5")).rejects.toThrow("Invalid partition decorator");
    await all("CREATE TABLE d.plain AS SELECT 1 AS n");
    await expect(list("plain$20240101")).rejects.toThrow("not partitioned");
  });
});

describe("rows that are streamed to tables of a template", () => {
  it("make the table that is not there", async () => {
    const server = await served("--in-memory");
    const dataset = server.client.dataset("d");
    await dataset.create();
    await dataset.createTable("log", { schema: [{ name: "n", type: "INT64" }], timePartitioning: { type: "DAY" } });
    const insert = (n: number) => dataset.table("log").insert([{ n }], { templateSuffix: "_eu" });
    await Promise.all([insert(1), insert(2), insert(3)]);
    const [rows] = await server.client.query("SELECT n FROM d.log_eu ORDER BY n");
    expect(rows.map(({ n }) => n)).toEqual([1, 2, 3]);
    expect((await dataset.table("log_eu").getMetadata())[0].timePartitioning).toEqual({ type: "DAY" });
    expect((await server.client.query("SELECT COUNT(*) AS n FROM d.log"))[0]).toEqual([{ n: 0 }]);
    await server.stop();
  });
});
