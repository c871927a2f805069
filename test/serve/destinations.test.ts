import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Dataset, Query } from "@google-cloud/bigquery";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Served, served } from "./served.js";

describe("the tables that jobs make", () => {
  let server: Served;
  let shop: Dataset;
  beforeAll(async () => {
    server = await served("--in-memory", "--buckets", "DIR");
    [shop] = await server.client.createDataset("shop");
  });
  afterAll(() => server.stop());

  const rows = async (query: string, options: object = {}) => (await server.client.query({ query, ...options }))[0];
  const into = async (table: string, query: string, options: Query = {}, dataset = shop) => {
    const [job] = await server.client.createQueryJob({ query, destination: dataset.table(table), ...options });
    await job.promise();
    return (await dataset.table(table).getMetadata())[0];
  };

  it("are filled by a query behind temporary functions, which make no script of it", async () => {
    const query = "CREATE TEMP FUNCTION twice(x INT64) AS (2 * x);\nSELECT twice(4) AS n";
    const [job] = await server.client.createQueryJob({ query, destination: shop.table("doubled") });
    await job.promise();
    const [{ statistics }] = await job.getMetadata();
    expect([statistics.query.statementType, statistics.numChildJobs]).toEqual(["SELECT", undefined]);
    expect(await rows("SELECT n FROM shop.doubled")).toEqual([{ n: 8 }]);
  });

  it("are partitioned as a query job says, by time, by range and by arrival", async () => {
    const months = { type: "MONTH", field: "happened", expirationMs: "864000000000" };
    expect(
      await into("months", "SELECT CURRENT_TIMESTAMP() AS happened", { timePartitioning: months } as Query),
    ).toMatchObject({ timePartitioning: months });
    const rangePartitioning = { field: "n", range: { start: "0", end: "10", interval: "5" } };
    const ranges = "SELECT n FROM UNNEST([1, 7]) AS n";
    expect(await into("ranges", ranges, { rangePartitioning } as Query)).toMatchObject({ rangePartitioning });
    expect((await shop.table("ranges$5").getRows())[0]).toEqual([{ n: 7 }]);
    const arrival = { timePartitioning: { type: "DAY" } } as Query;
    expect(await into("arrival", "SELECT 1 AS n", arrival)).toMatchObject({
      timePartitioning: { type: "DAY" },
      schema: { fields: [{ name: "n" }] },
    });
    await rows("INSERT INTO shop.arrival (n) VALUES (2)");
    const today = "SELECT n, _PARTITIONDATE = CURRENT_DATE() AS today FROM shop.arrival ORDER BY n";
    expect(await rows(today)).toEqual([
      { n: 1, today: true },
      { n: 2, today: true },
    ]);
  });

  it("keep how they are partitioned when a job replaces them and says nothing of it", async () => {
    const writeDisposition = "WRITE_TRUNCATE";
    expect(await into("arrival", "SELECT 3 AS n", { writeDisposition })).toMatchObject({
      timePartitioning: { type: "DAY" },
    });
    expect(await rows("SELECT n FROM shop.arrival WHERE _PARTITIONDATE = CURRENT_DATE()")).toEqual([{ n: 3 }]);
    await into("ranges", "SELECT 8 AS n", { writeDisposition });
    expect((await shop.table("ranges$5").getRows())[0]).toEqual([{ n: 8 }]);
    await expect(into("ranges", "SELECT 8 AS other", { writeDisposition })).rejects.toThrow(
      "The field specified for partitioning cannot be found in the schema.",
    );
  });

  it("keep what is said of them when a load replaces them", async () => {
    await rows(`CREATE TABLE shop.said (n INT64, day DATE) PARTITION BY day CLUSTER BY n
      OPTIONS (description = 'old rows', labels = [('team', 'sales')], require_partition_filter = TRUE)`);
    const told = async () => {
      const [{ description, labels, timePartitioning, clustering, requirePartitionFilter, schema, creationTime }] =
        await shop.table("said").getMetadata();
      return { description, labels, timePartitioning, clustering, requirePartitionFilter, schema, creationTime };
    };
    const before = await told();
    const path = join(server.dir, "said.csv");
    writeFileSync(path, "1,2024-01-01\n");
    const fields = [
      { name: "n", type: "INT64", description: "new" },
      { name: "day", type: "DATE" },
    ];
    const replace = { sourceFormat: "CSV", writeDisposition: "WRITE_TRUNCATE" } as const;
    await shop.table("said").load(path, { ...replace, schema: { fields } });
    const schema = { fields: [{ ...before.schema.fields[0], description: "new" }, before.schema.fields[1]] };
    expect(await told()).toEqual({ ...before, schema });
    const other = shop
      .table("said")
      .load(path, { ...replace, schema: { fields: [...fields.slice(0, 1), { name: "d", type: "DATE" }] } });
    await expect(other).rejects.toThrow("The field specified for partitioning cannot be found in the schema.");
  });

  it("keep their schema and keys where the data alone goes", async () => {
    await rows(`CREATE TABLE shop.kept (n INT64 OPTIONS (description = 'key'), s STRING(2), PRIMARY KEY (n) NOT ENFORCED);
      INSERT shop.kept VALUES (1, 'a'); CREATE TABLE shop.others AS SELECT 5 AS n, 'e' AS s`);
    const before = await shop.table("kept").getMetadata();
    const read = () => rows("SELECT n, s FROM shop.kept ORDER BY n");
    const writeDisposition = "WRITE_TRUNCATE_DATA";
    await into("kept", "SELECT 'b' AS s, 2 AS n", { writeDisposition });
    expect(await read()).toEqual([{ n: 2, s: "b" }]);
    const path = join(server.dir, "kept.csv");
    writeFileSync(path, "3,c\n");
    await shop.table("kept").load(path, { sourceFormat: "CSV", writeDisposition });
    expect(await read()).toEqual([{ n: 3, s: "c" }]);
    await shop.table("others").copy(shop.table("kept"), { writeDisposition });
    expect(await read()).toEqual([{ n: 5, s: "e" }]);
    await expect(into("kept", "SELECT 4 AS n, 'long' AS s", { writeDisposition })).rejects.toThrow("maximum length");
    await expect(into("kept", "SELECT 4 AS n, 'x' AS s, 1 AS more", { writeDisposition })).rejects.toThrow(
      "Cannot add",
    );
    expect(await read()).toEqual([{ n: 5, s: "e" }]);
    const [{ schema, tableConstraints }] = await shop.table("kept").getMetadata();
    expect([schema, tableConstraints]).toEqual([before[0].schema, before[0].tableConstraints]);
  });

  it("may be read by the query whose rows take the place of theirs", async () => {
    await rows(`CREATE TABLE shop.own (n INT64, day DATE) PARTITION BY day;
      INSERT shop.own VALUES (1, '2024-01-01'), (2, '2024-01-01'), (3, '2024-01-02')`);
    const own = (where: string) => `SELECT n + 10 AS n, day FROM shop.own WHERE ${where}`;
    const read = async () => (await rows("SELECT n FROM shop.own ORDER BY n")).map(({ n }) => n);
    await into("own$20240101", own("n = 1"), { writeDisposition: "WRITE_TRUNCATE" });
    expect(await read()).toEqual([3, 11]);
    await into("own", own("n > 3"), { writeDisposition: "WRITE_TRUNCATE_DATA" });
    expect(await read()).toEqual([21]);
    await into("own", own("TRUE"), { writeDisposition: "WRITE_TRUNCATE" });
    expect(await read()).toEqual([31]);
    await shop.table("own").copy(shop.table("own"), { writeDisposition: "WRITE_TRUNCATE_DATA" });
    expect(await read()).toEqual([31]);
  });

  it("have the rows of every job that found none, and of one where only one may write", async () => {
    const six = [1, 2, 3, 4, 5, 6];
    const all = (table: string, write: (n: number) => Promise<unknown>) =>
      Promise.allSettled(six.map(write)).then(async (ended) => [
        ended.filter(({ status }) => status === "rejected").map((one) => String((one as PromiseRejectedResult).reason)),
        (await rows(`SELECT n FROM shop.${table} ORDER BY n`)).map(({ n }) => n),
      ]);
    const append = { writeDisposition: "WRITE_APPEND" };
    expect(await all("queried", (n) => into("queried", `SELECT ${n} AS n`, append))).toEqual([[], six]);
    const load = (table: string, n: number, options: object = {}) => {
      const path = join(server.dir, `${table}${n}.jsonl`);
      writeFileSync(path, `{"n": ${n}}`);
      const metadata = { sourceFormat: "NEWLINE_DELIMITED_JSON", schema: { fields: [{ name: "n", type: "INT64" }] } };
      return shop.table(table).load(path, { ...metadata, ...options });
    };
    expect(await all("loaded", (n) => load("loaded", n))).toEqual([[], six]);
    for (const n of six) await into(`one_${n}`, `SELECT ${n} AS n`);
    expect(await all("copied", (n) => shop.table(`one_${n}`).copy(shop.table("copied"), append))).toEqual([[], six]);
    const [refused, [written]] = (await all("first", (n) => load("first", n, { writeDisposition: "WRITE_EMPTY" }))) as [
      string[],
      number[],
    ];
    expect(refused.length).toBe(5);
    expect(refused[0]).toContain("Already Exists: Table test-project:shop.first");
    expect(six).toContain(written);
  });

  it("expire as their dataset says", async () => {
    const [brief] = await server.client.createDataset("brief", {
      defaultTableExpirationMs: "3600000",
      defaultPartitionExpirationMs: "86400000",
    });
    const before = Date.now();
    const { expirationTime } = await into("plain", "SELECT 1 AS n", {}, brief);
    expect(Number(expirationTime)).toBeGreaterThanOrEqual(before + 3_600_000);
    const again = await into("plain", "SELECT 2 AS n", { writeDisposition: "WRITE_TRUNCATE" }, brief);
    expect(again.expirationTime).toBe(expirationTime);
    const byDay = { timePartitioning: { type: "DAY", field: "day" } } as Query;
    const days = await into("days", "SELECT CURRENT_DATE() AS day", byDay, brief);
    expect(days.timePartitioning).toEqual({ type: "DAY", field: "day", expirationMs: "86400000" });
    expect(days.expirationTime).toBeUndefined();
    await rows("CREATE TABLE brief.made AS SELECT 1 AS n");
    await rows(
      "CREATE TABLE shop.lasts AS SELECT 1 AS n; CREATE TABLE brief.cloned CLONE shop.lasts; CREATE TABLE brief.alike LIKE shop.lasts",
    );
    await shop.table("lasts").copy(brief.table("copied"));
    const path = join(server.dir, "brief.csv");
    writeFileSync(path, "1\n");
    await brief.table("loaded").load(path, { sourceFormat: "CSV", schema: { fields: [{ name: "n", type: "INT64" }] } });
    for (const name of ["made", "cloned", "alike", "copied", "loaded"]) {
      const [made] = await brief.table(name).getMetadata();
      expect([name, Number(made.expirationTime) >= before + 3_600_000]).toEqual([name, true]);
    }
    await brief.table("copied").copy(shop.table("lasting"));
    expect((await shop.table("lasting").getMetadata())[0].expirationTime).toBeUndefined();
  });

  it("cannot be laid out by what cannot hold them", async () => {
    const fields = [
      { name: "n", type: "INT64" },
      { name: "f", type: "FLOAT64" },
      { name: "day", type: "DATE" },
      ...["a", "b", "c", "d"].map((name) => ({ name, type: "STRING" })),
    ];
    const make = (layout: object) => shop.createTable("wrong", { schema: { fields } as never, ...layout });
    await expect(make({ timePartitioning: { type: "DAY", field: "n" } })).rejects.toThrow(
      "can only be of type TIMESTAMP, DATE or DATETIME. The type found is: INT64",
    );
    await expect(make({ timePartitioning: { type: "HOUR", field: "day" } })).rejects.toThrow("by HOUR");
    await expect(make({ timePartitioning: { type: "WEEK", field: "day" } })).rejects.toThrow("WEEK is not one of");
    const range = { start: "0", end: "10", interval: "1" };
    await expect(make({ rangePartitioning: { field: "day", range } })).rejects.toThrow("only be of type INTEGER");
    await expect(make({ clustering: { fields: ["f"] } })).rejects.toThrow("has type FLOAT64");
    await expect(make({ clustering: { fields: ["a", "b", "c", "d", "n"] } })).rejects.toThrow("more than 4");
    const query: Query = { timePartitioning: { type: "DAY", field: "n" } } as Query;
    await expect(into("wrong", "SELECT 1 AS n", query)).rejects.toThrow("can only be of type TIMESTAMP");
  });
});
