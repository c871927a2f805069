import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { BigQuery } from "@google-cloud/bigquery";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Served, served } from "./served.js";

describe("LOAD DATA", () => {
  let server: Served;
  let client: BigQuery;
  beforeAll(async () => {
    server = await served("--in-memory", "--buckets", "DIR");
    client = server.client;
    await client.createDataset("shop");
    put("days.csv", "id,day,who\n1,01/02/2024,NA\n2,03/04/2024,b\n");
    put("times.csv", "1,2024-07-01 00:00:00,9:05 PM\n");
    put("swapped.csv", "who,id\na,1\n");
  });
  afterAll(() => server.stop());

  const put = (name: string, text: string) => {
    const path = join(server.dir, "b", name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  const rows = async (query: string): Promise<object[]> => (await client.query(query))[0];
  const tableOf = async (name: string) => (await client.dataset("shop").table(name).getMetadata())[0];
  const DAYS = "format = 'CSV', uris = ['gs://b/days.csv'], date_format = 'MM/DD/YYYY'";
  const readDays = "SELECT id, CAST(day AS STRING) AS day, who FROM shop.days ORDER BY id";

  it("reads as the options of load jobs say, and keeps what is said of the table", async () => {
    await rows(`LOAD DATA INTO shop.days (id INT64 OPTIONS (description = 'key'), day DATE NOT NULL, who STRING(3) DEFAULT 'x')
      PARTITION BY day CLUSTER BY who OPTIONS (description = 'days', labels = [('team', 'sales')])
      FROM FILES (${DAYS}, skip_leading_rows = 1, null_markers = ['NA', ''])`);
    expect(await rows(readDays)).toEqual([
      { id: 1, day: "2024-01-02", who: null },
      { id: 2, day: "2024-03-04", who: "b" },
    ]);
    expect(await tableOf("days")).toMatchObject({
      description: "days",
      labels: { team: "sales" },
      timePartitioning: { type: "DAY", field: "day" },
      clustering: { fields: ["who"] },
      schema: {
        fields: [
          { name: "id", description: "key" },
          { name: "day", mode: "REQUIRED" },
          { name: "who", maxLength: "3", defaultValueExpression: "'x'" },
        ],
      },
    });
  });

  it("takes formats from variables, columns by name, and a zone", async () => {
    await rows(`DECLARE zone STRING DEFAULT 'America/New_York';
      LOAD DATA OVERWRITE shop.times (n INT64, made TIMESTAMP, t TIME)
      FROM FILES (format = 'CSV', uris = ['gs://b/times.csv'], time_zone = zone, time_format = 'HH12:MI AM')`);
    expect(await rows("SELECT CAST(made AS STRING) AS made, CAST(t AS STRING) AS t FROM shop.times")).toEqual([
      { made: "2024-07-01 04:00:00+00", t: "21:05:00" },
    ]);
    const files = "FROM FILES (format = 'CSV', uris = ['gs://b/swapped.csv'], source_column_match = 'NAME')";
    await rows(`LOAD DATA OVERWRITE shop.named (id INT64, who STRING) ${files}`);
    await rows(`LOAD DATA INTO shop.named FROM FILES (format = 'CSV', uris = ['gs://b/swapped.csv'])`);
    expect(await rows("SELECT * FROM shop.named")).toEqual([
      { id: 1, who: "a" },
      { id: 1, who: "a" },
    ]);
  });

  it("leaves bad rows out and tells them, and what it has loaded", async () => {
    put("bad.csv", "1\nx\n3\n");
    const options = "format = 'CSV', uris = ['gs://b/bad.csv']";
    const [job] = await client.createQueryJob(
      `LOAD DATA OVERWRITE shop.some (n INT64) FROM FILES (${options}, max_bad_records = 1)`,
    );
    await job.getQueryResults();
    const [{ statistics, status }] = await job.getMetadata();
    expect(statistics.query.statementType).toBe("LOAD_DATA");
    expect(statistics.query.loadQueryStatistics).toMatchObject({ inputFiles: "1", outputRows: "2", badRecords: "1" });
    expect(status.errors[0].message).toMatch(/Could not parse 'x' as INT64 .* File: gs:\/\/b\/bad\.csv$/);
    await expect(rows(`LOAD DATA INTO shop.some (n INT64) FROM FILES (${options})`)).rejects.toThrow("Could not parse");
    expect(await rows("SELECT n FROM shop.some ORDER BY n")).toEqual([{ n: 1 }, { n: 3 }]);
  });

  it("writes one partition", async () => {
    put("one.csv", "7\n");
    const one = (how: string, by = "") =>
      rows(`LOAD DATA INTO shop.came ${how} PARTITIONS (_PARTITIONTIME = TIMESTAMP '2016-01-01') ${by}
        FROM FILES (format = 'CSV', uris = ['gs://b/one.csv'])`);
    await one("(n INT64)", "PARTITION BY _PARTITIONDATE");
    await one("");
    const read = "SELECT n, CAST(_PARTITIONDATE AS STRING) AS day FROM shop.came";
    expect(await rows(read)).toEqual([
      { n: 7, day: "2016-01-01" },
      { n: 7, day: "2016-01-01" },
    ]);
    await one("OVERWRITE");
    expect(await rows(read)).toHaveLength(1);
  });

  it("takes columns from the paths of the files", async () => {
    put("t/day=2024-01-01/n=1/a.csv", "x\n");
    put("t/day=2024-01-02/n=02/b.csv", "y\n");
    put("t/day=__HIVE_DEFAULT_PARTITION__/n=3/c.csv", "z\n");
    const files = "FROM FILES (format = 'CSV', uris = ['gs://b/t/*.csv'], hive_partition_uri_prefix = 'gs://b/t')";
    await rows(`LOAD DATA INTO shop.found (s STRING) PARTITION BY day ${files} WITH PARTITION COLUMNS`);
    const read = (table: string) => rows(`SELECT s, CAST(day AS STRING) AS day, n FROM shop.${table} ORDER BY s`);
    const expected = [
      { s: "x", day: "2024-01-01", n: 1 },
      { s: "y", day: "2024-01-02", n: 2 },
      { s: "z", day: null, n: 3 },
    ];
    expect(await read("found")).toEqual(expected);
    await rows(`LOAD DATA INTO shop.found ${files} WITH PARTITION COLUMNS (day DATE, n INT64)`);
    expect(await read("found")).toHaveLength(6);
    await rows(`LOAD DATA INTO shop.texts (s STRING) ${files} WITH PARTITION COLUMNS (day STRING, n STRING)`);
    expect((await read("texts"))[1]).toEqual({ s: "y", day: "2024-01-02", n: "02" });
    const load = (sourceUriPrefix: string, mode: string) =>
      client.createJob({
        configuration: {
          load: {
            sourceUris: ["gs://b/t/*"],
            schema: { fields: [{ name: "s", type: "STRING" }] },
            destinationTable: { projectId: "test-project", datasetId: "shop", tableId: "by_job" },
            writeDisposition: "WRITE_TRUNCATE",
            hivePartitioningOptions: { mode, sourceUriPrefix },
          },
        },
      });
    const [job] = await load("gs://b/t/{day:DATE}/{n:INTEGER}", "CUSTOM");
    await job.promise();
    expect(await read("by_job")).toEqual(expected);
    const [texts] = await load("gs://b/t/", "STRINGS");
    await texts.promise();
    expect((await read("by_job"))[1]).toEqual({ s: "y", day: "2024-01-02", n: "02" });
    await rows(`LOAD DATA INTO shop.no2 (s STRING) ${files} WITH PARTITION COLUMNS (day INT64, n INT64)`).then(
      () => expect.fail(),
      ({ message }) => expect(message).toContain("Partition key day of gs://b/t/day=2024-01-01/n=1/a.csv is no"),
    );
    put("t/other=1/d.csv", "z\n");
    await expect(rows(`LOAD DATA INTO shop.no2 (s STRING) ${files} WITH PARTITION COLUMNS`)).rejects.toThrow(
      "Incompatible partition schemas. Expected schema ([day, n]) has 2 columns. Observed schema ([other]) has 1 columns.",
    );
  });

  it.each([
    ["source_column_match = 'FIRST'", "Invalid value for sourceColumnMatch"],
    ["time_zone = 'Nowhere'", "Invalid time zone: Nowhere"],
    ["json_extension = 'GEOJSON'", "jsonExtension = GEOJSON is not supported"],
    ["compression = 'LZ4'", "Compression LZ4 is not supported"],
    ["colour = 'red'", "Unknown option: colour"],
  ])("refuses %s", async (option, message) => {
    const files = `FROM FILES (format = 'CSV', uris = ['gs://b/times.csv'], ${option})`;
    await expect(rows(`LOAD DATA INTO shop.no (n INT64, made TIMESTAMP, t STRING) ${files}`)).rejects.toThrow(message);
    await expect(tableOf("no")).rejects.toThrow("Not found: Table");
  });

  it("fails in a way that a script handles, and not within a transaction", async () => {
    const wrong = "LOAD DATA INTO shop.wrong (n DATE) FROM FILES (format = 'CSV', uris = ['gs://b/times.csv'])";
    const [row] = await rows(`BEGIN ${wrong}; EXCEPTION WHEN ERROR THEN SELECT @@error.message AS message; END`);
    expect((row as { message: string }).message).toContain("Too many values in line");
    await expect(rows(`BEGIN TRANSACTION; ${wrong}; COMMIT TRANSACTION`)).rejects.toThrow(
      "not supported in a transaction",
    );
  });
});
