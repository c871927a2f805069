import type { BigQuery } from "@google-cloud/bigquery";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Served, served } from "./served.js";

describe("the real Node client asks a served warehouse", () => {
  let server: Served;
  let client: BigQuery;
  beforeAll(async () => {
    server = await served("--in-memory");
    client = server.client;
    await client.createDataset("shop", { location: "US", labels: { team: "a" } });
  });
  afterAll(() => server.stop());

  const one = async (query: string, options: object = {}): Promise<Record<string, unknown>> => {
    const [rows] = await client.query({ query, ...options });
    return rows[0] as Record<string, unknown>;
  };

  it("gets every type as the client reads it", async () => {
    const row = await one(`SELECT 1 AS i, 1.5 AS f, 1e10 AS big, TRUE AS b, "é\\n" AS s, b"ab" AS bytes,
      DATE "2020-02-29" AS d, DATETIME "2020-02-29 01:02:03.5" AS dt, TIME "01:02:03" AS t,
      TIMESTAMP "2001-02-03 04:05:06.000007+00" AS ts, NUMERIC "123.45" AS n, BIGNUMERIC "0.5" AS bn,
      JSON '{"a":[1]}' AS j, [1, 2] AS a, STRUCT(1 AS x, [STRUCT("y" AS z)] AS l) AS st, CAST(NULL AS STRING) AS nothing,
      CAST("NaN" AS FLOAT64) AS nan, ARRAY<INT64>[] AS none`);
    expect(row).toMatchObject({
      i: 1,
      f: 1.5,
      big: 1e10,
      b: true,
      s: "é\n",
      bytes: Buffer.from("ab"),
      d: { value: "2020-02-29" },
      dt: { value: "2020-02-29T01:02:03.500000" },
      t: { value: "01:02:03" },
      ts: { value: "2001-02-03T04:05:06.000007000Z" },
      j: '{"a":[1]}',
      a: [1, 2],
      st: { x: 1, l: [{ z: "y" }] },
      nothing: null,
      nan: Number.NaN,
      none: [],
    });
    expect([String(row.n), String(row.bn)]).toEqual(["123.45", "0.5"]);
  });

  it("refuses to read a table that asks for a filter of its partitions without one", async () => {
    await one(`CREATE TABLE shop.filtered (day DATE, n INT64) PARTITION BY day OPTIONS (require_partition_filter = TRUE);
      INSERT INTO shop.filtered VALUES ('2024-01-01', 1), (NULL, 2);
      CREATE TABLE shop.months (day DATE, n INT64) PARTITION BY DATE_TRUNC(day, MONTH) OPTIONS (require_partition_filter = TRUE)`);
    const refused = (column: string) =>
      expect.objectContaining({
        message: expect.stringContaining(`without a filter over column(s) '${column}' that can`),
      });
    for (const query of [
      "SELECT COUNT(*) AS n FROM shop.filtered",
      "SELECT n FROM `test-project.shop.filtered` AS t WHERE n = 1",
      "SELECT a.n FROM shop.filtered AS a JOIN (SELECT 1 AS n) AS b ON a.n = b.n",
      "DELETE FROM shop.filtered WHERE n = 1",
      "UPDATE shop.filtered SET n = 3 WHERE TRUE",
      "MERGE shop.filtered AS t USING (SELECT 1 AS n) AS s ON t.n = s.n WHEN MATCHED THEN DELETE",
      "CREATE TABLE shop.copied AS SELECT * FROM shop.filtered",
    ])
      await expect(client.query({ query }), query).rejects.toEqual(refused("day"));
    await expect(
      client.query({ query: "SELECT n FROM filtered", defaultDataset: { datasetId: "shop" } }),
    ).rejects.toEqual(refused("day"));
    await expect(client.query("SELECT n FROM shop.months")).rejects.toEqual(refused("day"));
    await expect(client.createQueryJob({ query: "SELECT n FROM shop.filtered", dryRun: true })).rejects.toEqual(
      refused("day"),
    );
    for (const where of ["`day` IS NULL OR `day` IS NOT NULL", "t.day >= '2000-01-01' OR t.day IS NULL"])
      expect(await one(`SELECT COUNT(*) AS n FROM shop.filtered AS t WHERE ${where}`)).toEqual({ n: 2 });
    expect(await one("SELECT n FROM (SELECT * FROM shop.filtered) WHERE day = '2024-01-01'")).toEqual({ n: 1 });
    await client.query("CREATE VIEW shop.seen AS SELECT * FROM shop.filtered");
    await client.query("CREATE VIEW shop.called (d, k) AS SELECT day, n FROM shop.seen");
    const first = "= '2024-01-01'";
    for (const query of [
      `WITH c AS (SELECT * FROM shop.filtered) SELECT n FROM c WHERE day ${first}`,
      `WITH c AS (SELECT day AS d, n FROM shop.filtered), e AS (SELECT * FROM c) SELECT n FROM e WHERE d ${first}`,
      `WITH c AS (SELECT * FROM shop.filtered), one AS (SELECT 1 AS n) SELECT n FROM one`,
      `SELECT n FROM (SELECT day AS d, n FROM shop.filtered) WHERE d ${first}`,
      `FROM shop.filtered |> RENAME day AS d |> WHERE d ${first} |> SELECT n`,
      `SELECT n FROM shop.seen WHERE day ${first}`,
      `SELECT k AS n FROM shop.called WHERE d ${first}`,
      `SELECT n FROM shop.filtered WHERE (day ${first} AND n = 1) OR (day > '2024-01-01' AND n > 1)`,
      `SELECT n FROM shop.filtered WHERE NOT (n <> 1 OR day <> '2024-01-01')`,
      `SELECT n FROM shop.filtered WHERE @every OR day ${first}`,
    ])
      expect(await one(query, { params: { every: false } }), query).toEqual({ n: 1 });
    for (const query of [
      "WITH c AS (SELECT * FROM shop.filtered) SELECT n FROM c",
      `WITH c AS (SELECT * FROM shop.filtered) SELECT n FROM c WHERE day ${first} UNION ALL SELECT n FROM c`,
      `SELECT n FROM shop.filtered WHERE day ${first} OR n = 1`,
      `SELECT n FROM shop.filtered WHERE NOT (day ${first} AND n = 1)`,
      "SELECT n FROM shop.seen",
      "SELECT k FROM shop.called",
    ])
      await expect(client.query({ query }), query).rejects.toEqual(refused("day"));
    const arrived = "(n INT64) PARTITION BY _PARTITIONDATE OPTIONS (require_partition_filter = TRUE)";
    await client.query(`CREATE TABLE shop.arrived ${arrived}`);
    await expect(client.query("SELECT n FROM shop.arrived")).rejects.toThrow(
      "column(s) '_PARTITION_LOAD_TIME', '_PARTITIONDATE', '_PARTITIONTIME' that can",
    );
    expect(await one("SELECT COUNT(*) AS n FROM shop.arrived WHERE _PARTITIONTIME > '2024-01-01'")).toEqual({ n: 0 });
    await client.query("ALTER TABLE shop.filtered SET OPTIONS (require_partition_filter = FALSE)");
    expect(await one("SELECT COUNT(*) AS n FROM shop.seen")).toEqual({ n: 2 });
    await client.query("CREATE TABLE shop.whole (n INT64) OPTIONS (require_partition_filter = TRUE)");
    expect(await one("SELECT COUNT(*) AS n FROM shop.whole")).toEqual({ n: 0 });
    const older = { type: "DAY", field: "day", requirePartitionFilter: true };
    const schema = { fields: [{ name: "day", type: "DATE" }] };
    await client.dataset("shop").createTable("older", { schema, timePartitioning: older });
    await expect(client.query("SELECT * FROM shop.older")).rejects.toEqual(refused("day"));
    expect(await one("SELECT COUNT(*) AS n FROM shop.filtered")).toEqual({ n: 2 });
  });

  it("gives and takes GEOGRAPHY as WKT", async () => {
    const { BigQuery: Client } = await import("@google-cloud/bigquery");
    const schema = [
      { name: "id", type: "INTEGER" },
      { name: "spot", type: "GEOGRAPHY" },
      { name: "many", type: "GEOGRAPHY", mode: "REPEATED" },
    ];
    const [table] = await client.dataset("shop").createTable("places", { schema });
    await table.insert([{ id: 1, spot: Client.geography("POINT(1.5 2)"), many: ["LINESTRING(0 0, 1 1)"] }]);
    await expect(table.insert([{ id: 2, spot: "POINT(1.5)" }])).rejects.toThrow("column spot: ST_GeogFromText failed");
    expect((await table.getMetadata())[0].schema.fields).toMatchObject(schema);
    const query = "SELECT spot, many, ST_DISTANCE(spot, @here) = 0 AS same FROM shop.places";
    expect(await one(query, { params: { here: Client.geography("POINT(1.5 2)") } })).toEqual({
      spot: { value: "POINT(1.5 2)" },
      many: [{ value: "LINESTRING(0 0, 1 1)" }],
      same: true,
    });
  });

  it("takes positional and named parameters of every type", async () => {
    const { BigQuery: Client } = await import("@google-cloud/bigquery");
    const params = {
      i: 5,
      big: Client.int("9007199254740993"),
      s: `it's "quoted" \\ \n`,
      b: true,
      f: 0.1,
      bytes: Buffer.from([0, 255]).toString("base64"),
      d: Client.date("2021-03-04"),
      dt: Client.datetime("2021-03-04T05:06:07"),
      t: Client.time("05:06:07"),
      ts: Client.timestamp("2021-03-04T05:06:07.123Z"),
      list: [1, 2, 3],
      st: { a: 1, b: "x" },
    };
    const types = { bytes: "BYTES" };
    const row = await one(
      `SELECT @i + 1 AS i, CAST(@big AS STRING) AS big, @s AS s, NOT @b AS b, @f AS f, TO_HEX(@bytes) AS bytes,
        DATE_ADD(@d, INTERVAL 1 DAY) AS d, @dt AS dt, @t AS t, @ts AS ts,
        (SELECT SUM(x) FROM UNNEST(@list) AS x) AS total, @st.b AS b2`,
      { params, types },
    );
    expect(row).toMatchObject({ i: 6, big: "9007199254740993", s: params.s, b: false, f: 0.1, bytes: "00ff" });
    expect(row).toMatchObject({ d: { value: "2021-03-05" }, dt: { value: "2021-03-04T05:06:07" }, total: 6, b2: "x" });
    expect(row.ts).toMatchObject({ value: "2021-03-04T05:06:07.123Z" });
    expect(await one("SELECT ? AS a, ? || ? AS b", { params: [1, "x", "y"] })).toEqual({ a: 1, b: "xy" });
    expect(await one("SELECT ?, 2, ?", { params: [1, "x"] })).toEqual({ f0_: 1, f1_: 2, f2_: "x" });
    expect(await one("SELECT @a, @s.b, @@project_id", { params: { a: 1, s: { b: 2 } } })).toMatchObject({
      f0_: 1,
      b: 2,
    });
    await expect(one("CREATE TEMP TABLE t AS SELECT @a", { params: { a: 1 } })).rejects.toThrow(
      "CREATE TABLE columns must be named, but column 1 has no name",
    );
    const nulls = { params: { i: null, list: [] }, types: { i: "INT64", list: ["STRING"] } };
    expect(await one("SELECT @i IS NULL AS n, @list AS l", nulls)).toEqual({
      n: true,
      l: [],
    });
    expect(
      await one("SELECT x FROM UNNEST([1, 2, 3]) AS x ORDER BY x LIMIT @n OFFSET @o", { params: { n: 1, o: 2 } }),
    ).toEqual({ x: 3 });
  });

  it("pages ten thousand rows, in order", async () => {
    const query = "SELECT n, CONCAT('row ', n) AS t FROM UNNEST(GENERATE_ARRAY(1, 10000)) AS n ORDER BY n";
    const [job] = await client.createQueryJob({ query });
    const [first, next] = await job.getQueryResults({ maxResults: 999, autoPaginate: false });
    expect([first.length, (next as { pageToken?: string }).pageToken !== undefined]).toEqual([999, true]);
    const all: object[] = first;
    for (let page: object | null = next ?? null; page !== null; ) {
      const [rows, following] = await job.getQueryResults(page);
      all.push(...rows);
      page = following ?? null;
    }
    expect(all.length).toBe(10_000);
    expect((await job.getQueryResults())[0].length).toBe(10_000);
    expect([all[0], all[9999]]).toEqual([
      { n: 1, t: "row 1" },
      { n: 10_000, t: "row 10000" },
    ]);
  });

  it("tells apart two columns of one name", async () => {
    expect(await one("SELECT 1 AS a, 2 AS a, 3 AS b, 4 AS a")).toEqual({ a: 1, a_1: 2, b: 3, a_2: 4 });
  });

  it("says what is wrong and where, in BigQuery's shape", async () => {
    const failing = async (query: string, options: object = {}) =>
      client.query({ query, ...options }).then(
        () => undefined,
        (error: { code: number; message: string; errors: object[] }) => ({
          code: error.code,
          message: error.message,
          ...error.errors[0],
        }),
      );
    expect(await failing("SELECT 1,\n nope FROM (SELECT 1 AS x)")).toMatchObject({
      code: 400,
      reason: "invalidQuery",
      message: "Unrecognized name: nope at [2:2]",
    });
    expect(await failing("SELECT 1 +")).toMatchObject({
      code: 400,
      reason: "invalidQuery",
      message: expect.stringMatching(/^Syntax error/),
    });
    expect(await failing("SELECT * FROM shop.missing")).toMatchObject({
      code: 404,
      reason: "notFound",
      message: "Not found: Table test-project:shop.missing was not found in location US at [1:15]",
    });
    expect(await failing("SELECT * FROM nowhere.missing")).toMatchObject({ code: 404, reason: "notFound" });
    expect(await failing("SELECT 1 / 0")).toMatchObject({
      code: 400,
      message: expect.stringContaining("division by zero"),
    });
    expect(await failing("SELECT @x")).toMatchObject({ message: "Query parameter 'x' not found at [1:8]" });
    expect(await failing("CREATE TABLE shop.t AS SELECT 1 AS a, 2 AS a")).toMatchObject({
      message: expect.stringContaining("Duplicate column names in the result are not supported"),
    });
  });

  it("plans without running", async () => {
    await client.query("CREATE OR REPLACE TABLE shop.planned (a INT64, b STRING)");
    const [job] = await client.createQueryJob({ query: "SELECT a, b FROM shop.planned", dryRun: true });
    expect(job.metadata).toMatchObject({
      status: { state: "DONE" },
      configuration: { dryRun: true },
      statistics: {
        query: {
          statementType: "SELECT",
          schema: {
            fields: [
              { name: "a", type: "INTEGER" },
              { name: "b", type: "STRING" },
            ],
          },
          referencedTables: [{ projectId: "test-project", datasetId: "shop", tableId: "planned" }],
        },
      },
    });
    await client.createQueryJob({ query: "INSERT INTO shop.planned VALUES (1, 'x')", dryRun: true });
    expect(await one("SELECT COUNT(*) AS n FROM shop.planned")).toEqual({ n: 0 });
    await expect(client.createQueryJob({ query: "SELECT nope", dryRun: true })).rejects.toThrow(
      "Unrecognized name: nope",
    );
  });

  it("counts what statements change", async () => {
    await client.query("CREATE OR REPLACE TABLE shop.t (id INT64, v STRING)");
    const statistics = async (query: string) => {
      const [job] = await client.createQueryJob({ query });
      await job.getQueryResults();
      const [metadata] = await job.getMetadata();
      return metadata.statistics.query;
    };
    expect(await statistics("INSERT INTO shop.t VALUES (1, 'a'), (2, 'b')")).toMatchObject({
      statementType: "INSERT",
      numDmlAffectedRows: "2",
    });
    const merge = `MERGE shop.t AS t USING (SELECT 2 AS id, 'B' AS v UNION ALL SELECT 3, 'c') AS s ON t.id = s.id
      WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT ROW WHEN NOT MATCHED BY SOURCE THEN DELETE`;
    expect(await statistics(merge)).toMatchObject({
      statementType: "MERGE",
      dmlStats: { insertedRowCount: "1", updatedRowCount: "1", deletedRowCount: "1" },
    });
    expect(await statistics("CREATE OR REPLACE VIEW shop.v AS SELECT id FROM shop.t")).toMatchObject({
      statementType: "CREATE_VIEW",
      ddlOperationPerformed: "CREATE",
      ddlTargetTable: { datasetId: "shop", tableId: "v" },
    });
    const [view] = await client.dataset("shop").table("v").getMetadata();
    expect(view).toMatchObject({ type: "VIEW", view: { query: "SELECT id FROM shop.t" } });
  });

  it("runs scripts whose statements are jobs of their own", async () => {
    const query = "DECLARE n INT64 DEFAULT 2; CREATE TEMP TABLE x AS SELECT n AS a; SELECT a * 10 AS b FROM x";
    const [job] = await client.createQueryJob({ query });
    expect((await job.getQueryResults())[0]).toEqual([{ b: 20 }]);
    const [metadata] = await job.getMetadata();
    expect(metadata.statistics).toMatchObject({ numChildJobs: "2", query: { statementType: "SCRIPT" } });
    const [children] = await client.getJobs({ parentJobId: job.id as string });
    expect(children.map(({ metadata: { statistics } }) => statistics.query.statementType)).toEqual([
      "SELECT",
      "CREATE_TABLE_AS_SELECT",
    ]);
  });

  it("tells of the statements that a failed script has run", async () => {
    const jobId = "fails_late";
    const query = "SELECT 1 AS a; SELECT 2 AS b; SELECT ERROR('no') AS c;";
    // The client throws where the answer to the new job tells of the failure already.
    const running = client.createQueryJob({ query, jobId }).then(([job]) => job.getQueryResults());
    await expect(running).rejects.toThrow("no at [1:31]");
    const [metadata] = await client.job(jobId).getMetadata();
    expect(metadata).toMatchObject({
      status: { errorResult: { reason: "invalidQuery" } },
      statistics: { numChildJobs: "3" },
    });
  });

  it("tells of a statement that failed though its script went on, and keeps nothing of it", async () => {
    const query = `CREATE TABLE shop.once (a INT64) OPTIONS (description = 'first');
      BEGIN CREATE TABLE shop.once (a INT64, b STRING) OPTIONS (description = 'second');
      EXCEPTION WHEN ERROR THEN SELECT 'was there' AS told; END`;
    const [job] = await client.createQueryJob({ query });
    expect((await job.getQueryResults())[0]).toEqual([{ told: "was there" }]);
    const [children] = await client.getJobs({ parentJobId: job.id as string });
    expect(children.map(({ metadata: { status } }) => status.errorResult?.reason)).toEqual([
      undefined,
      "duplicate",
      undefined,
    ]);
    const [table] = await client.dataset("shop").table("once").getMetadata();
    expect(table).toMatchObject({ description: "first" });
  });

  it("uses the default dataset for names without one", async () => {
    const defaultDataset = { datasetId: "shop" };
    await client.query({ query: "CREATE OR REPLACE TABLE plain AS SELECT 1 AS x", defaultDataset });
    await client.query({ query: "INSERT INTO plain VALUES (2)", defaultDataset });
    expect(await one("SELECT SUM(x) AS n FROM plain", { defaultDataset })).toEqual({ n: 3 });
    expect(await one("SELECT SUM(x) AS n FROM shop.plain")).toEqual({ n: 3 });
  });

  it("writes results to a table, as the dispositions say", async () => {
    const destination = client.dataset("shop").table("written");
    const write = async (query: string, writeDisposition?: string, extra: object = {}) => {
      const [job] = await client.createQueryJob({
        query,
        destination,
        ...(writeDisposition ? { writeDisposition } : {}),
        ...extra,
      });
      return (await job.getQueryResults())[0];
    };
    expect(await write("SELECT 1 AS a")).toEqual([{ a: 1 }]);
    await expect(write("SELECT 2 AS a", "WRITE_EMPTY")).rejects.toThrow(
      "Already Exists: Table test-project:shop.written",
    );
    expect(await write("SELECT 2 AS a", "WRITE_APPEND")).toEqual([{ a: 1 }, { a: 2 }]);
    await expect(write("SELECT 2 AS b", "WRITE_APPEND")).rejects.toThrow(
      "Invalid schema update. Cannot add fields (field: b)",
    );
    expect(await write("SELECT 3 AS b", "WRITE_TRUNCATE")).toEqual([{ b: 3 }]);
    const missing = client.dataset("shop").table("never_made");
    const never = client.createQueryJob({
      query: "SELECT 1 AS a",
      destination: missing,
      createDisposition: "CREATE_NEVER",
    });
    await expect(never.then(([job]) => job.getQueryResults())).rejects.toThrow(
      "Not found: Table test-project:shop.never_made",
    );
  });

  it("stops a query that is cancelled, at once", async () => {
    const query =
      "SELECT COUNT(*) AS n FROM UNNEST(GENERATE_ARRAY(1, 1000000)) AS a, UNNEST(GENERATE_ARRAY(1, 1000000)) AS b WHERE MOD(a * b, 7) = 3";
    const [job] = await client.createQueryJob({ query });
    await job.cancel();
    await expect(job.getQueryResults()).rejects.toThrow("Job execution was cancelled");
    const [metadata] = await job.getMetadata();
    expect(metadata.status).toMatchObject({ state: "DONE", errorResult: { reason: "stopped" } });
    expect(await one("SELECT 1 AS a")).toEqual({ a: 1 });
  });

  it("leaves nothing of a script that fails or is cancelled within its transaction", async () => {
    await client.query("CREATE OR REPLACE TABLE shop.kept AS SELECT 1 AS x");
    const begun = "BEGIN TRANSACTION; INSERT INTO shop.kept VALUES (2); CREATE TEMP TABLE left_over AS SELECT 1 AS a;";
    await expect(client.query(`${begun} SELECT ERROR('no');`)).rejects.toThrow("no");
    const endless =
      "SELECT COUNT(*) FROM UNNEST(GENERATE_ARRAY(1, 1000000)) AS a, UNNEST(GENERATE_ARRAY(1, 1000000)) AS b WHERE MOD(a * b, 7) = 3";
    const [job] = await client.createQueryJob({ query: `${begun} ${endless};` });
    await job.cancel();
    await expect(job.getQueryResults()).rejects.toThrow("Job execution was cancelled");
    for (let turn = 0; turn < 3; turn += 1)
      expect(
        (
          await client.query(
            "CREATE TEMP TABLE left_over AS SELECT 2 AS a; SELECT a, (SELECT SUM(x) FROM shop.kept) AS n FROM left_over",
          )
        )[0],
      ).toEqual([{ a: 2, n: 1 }]);
  });

  it("keeps ids of jobs apart, and finds jobs by id and place", async () => {
    const jobId = "my-job_1";
    const [job] = await client.createQueryJob({ query: "SELECT 1 AS a", jobId, labels: { x: "y" } });
    await job.getQueryResults();
    await expect(client.createQueryJob({ query: "SELECT 2 AS a", jobId })).rejects.toMatchObject({
      code: 409,
      message: "Already Exists: Job test-project:US.my-job_1",
    });
    expect((await client.job(jobId, { location: "US" }).getMetadata())[0].configuration.labels).toEqual({ x: "y" });
    await expect(client.job(jobId, { location: "EU" }).getMetadata()).rejects.toMatchObject({ code: 404 });
    const [jobs] = await client.getJobs({ maxResults: 2, autoPaginate: false });
    expect(jobs.length).toBe(2);
  });
});
