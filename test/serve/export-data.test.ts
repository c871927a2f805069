import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Served, served } from "./served.js";

describe("EXPORT DATA", () => {
  let server: Served;
  beforeAll(async () => {
    server = await served("--in-memory", "--buckets", "DIR/buckets");
    await server.client.query(
      "CREATE SCHEMA d; CREATE TABLE d.t AS SELECT 1 AS id, 'a;\"b' AS name, [1, 2] AS list UNION ALL SELECT 2, NULL, []",
    );
  });
  afterAll(() => server.stop());

  const write = (options: string, query: string) => server.client.query(`EXPORT DATA OPTIONS (${options}) AS ${query}`);
  const file = (name: string) => readFileSync(join(server.dir, "buckets/b", name));

  it("writes CSV, JSON lines and Parquet into the folder of buckets", async () => {
    const [job] = await server.client.createQueryJob(
      "EXPORT DATA OPTIONS (uri = 'gs://b/x-*.csv', format = 'CSV', field_delimiter = ';', header = TRUE) AS SELECT id, name FROM d.t ORDER BY id",
    );
    await job.getQueryResults();
    expect((await job.getMetadata())[0].statistics.query.statementType).toBe("EXPORT_DATA");
    expect(file("x-000000000000.csv").toString()).toBe('id;name\n1;"a;""b"\n2;\n');
    await write("uri = 'gs://b/y-*.gz', format = 'JSON', compression = 'GZIP'", "SELECT * FROM d.t ORDER BY id");
    expect(gunzipSync(file("y-000000000000.gz")).toString()).toBe(
      '{"id":"1","name":"a;\\"b","list":["1","2"]}\n{"id":"2","list":[]}\n',
    );
    await write("uri = 'gs://b/z-*', format = 'PARQUET'", "SELECT id, name FROM d.t");
    expect(file("z-000000000000").subarray(0, 4).toString()).toBe("PAR1");
  });

  it("is what LOAD DATA reads, into tables that are made of a column list or of the files", async () => {
    const load = (into: string, files: string) => server.client.query(`LOAD DATA ${into} FROM FILES (${files})`);
    await write("uri = 'gs://b/in-*.csv', format = 'CSV', header = TRUE", "SELECT 1 AS n, DATE '2026-01-02' AS day");
    const csv = "format = 'CSV', uris = ['gs://b/in-*.csv'], skip_leading_rows = 1";
    await load("INTO d.typed (n NUMERIC, day DATE) PARTITION BY day", csv);
    await load("OVERWRITE d.typed (n NUMERIC, day DATE) PARTITION BY day", csv);
    await load("INTO d.found", csv);
    const [rows] = await server.client.query(
      "SELECT CAST(n AS STRING) AS n, CAST(day AS STRING) AS day FROM d.typed UNION ALL SELECT CAST(n AS STRING), CAST(day AS STRING) FROM d.found",
    );
    expect(rows).toEqual([
      { n: "1", day: "2026-01-02" },
      { n: "1", day: "2026-01-02" },
    ]);
    await expect(load("INTO d.none", "format = 'CSV', uris = ['gs://b/none.csv']")).rejects.toThrow(
      "Not found: URI gs://b/none.csv",
    );
    const withHeader = csv.replace("rows = 1", "rows = 0");
    await expect(load("INTO d.typed", withHeader)).rejects.toThrow("gs://b/in-000000000000.csv");
  });

  it("replaces files only where it is told to, in a script with variables, too", async () => {
    await write("uri = 'gs://b/n-*.csv', format = 'CSV'", "SELECT 1 AS n");
    await expect(write("uri = 'gs://b/n-*.csv', format = 'CSV'", "SELECT 2 AS n")).rejects.toThrow("overwrite");
    await server.client.query(`DECLARE place STRING DEFAULT 'gs://b/n-*.csv'; DECLARE n INT64 DEFAULT 3;
      EXPORT DATA OPTIONS (uri = place, format = 'CSV', overwrite = TRUE) AS SELECT n`);
    expect(file("n-000000000000.csv").toString()).toBe("3\n");
    expect(readdirSync(join(server.dir, "buckets/b")).filter((name) => name.startsWith("n-"))).toHaveLength(1);
  });

  it.each([
    ["uri = 'gs://b/x.csv', format = 'CSV'", "must have one wildcard"],
    ["uri = 'gs://b/*.x', format = 'ORC'", "format ORC is not supported"],
    ["uri = 'gs://b/*.x', format = 'CSV', colour = 'red'", "option colour"],
    ["format = 'CSV'", "option uri"],
    ["uri = 'gs://../*.x', format = 'CSV'", "gs://../"],
  ])("refuses %s", async (options, message) => {
    await expect(write(options, "SELECT 1 AS n")).rejects.toThrow(message);
  });
});
