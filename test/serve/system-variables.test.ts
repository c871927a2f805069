import { describe, expect, it } from "vitest";
import { servedShop } from "./served.js";

const TOLD = `@@project_id AS project, @@dataset_id AS dataset, @@dataset_project_id AS dataset_project, @@location AS location,
  @@session_id AS session, @@current_job_id AS job, @@last_job_id AS last, @@script.job_id AS script,
  @@script.creation_time AS created, @@script.num_child_jobs AS children, @@script.bytes_processed AS bytes,
  @@script.bytes_billed AS billed, @@script.slot_ms AS slots, @@time_zone AS zone, @@query_label AS label,
  @@reservation AS reservation, @@row_count AS count, @@error.message AS error`;

describe("system variables", () => {
  const { server, rows } = servedShop();
  const run = async (query: string, options: object = {}) => {
    const [job] = await server().client.createQueryJob({ query, ...options });
    const [found] = await job.getQueryResults();
    const [metadata] = await job.getMetadata();
    return { id: job.id as string, rows: found as Record<string, unknown>[], metadata };
  };
  const inSession = (id: string) => ({ connectionProperties: [{ key: "session_id", value: id }] });

  it("tell a query of its job, its project and where it runs", async () => {
    const { id, rows: found } = await run(`SELECT ${TOLD}`);
    expect(found[0]).toEqual({
      project: "test-project",
      dataset: null,
      dataset_project: "test-project",
      location: "US",
      session: null,
      job: id,
      last: null,
      script: null,
      created: null,
      children: null,
      bytes: null,
      billed: null,
      slots: null,
      zone: "UTC",
      label: null,
      reservation: null,
      count: null,
      error: null,
    });
    const [defaulted] = (await run("SELECT @@dataset_id AS d", { defaultDataset: { datasetId: "shop" } })).rows;
    expect(defaulted).toEqual({ d: "shop" });
  });

  it("tell a statement of a script of its own job and of the script", async () => {
    await rows("CREATE TABLE shop.sold AS SELECT n FROM UNNEST(GENERATE_ARRAY(1, 1000)) AS n");
    const { id, rows: found } = await run(
      `INSERT INTO shop.sold VALUES (1), (2); SELECT SUM(n) FROM shop.sold; SELECT ${TOLD}`,
    );
    const [children] = await server().client.getJobs({ parentJobId: id });
    const ids = children.map((child) => child.id).reverse();
    expect(ids).toHaveLength(3);
    const [row] = found;
    expect(row).toMatchObject({
      job: ids[2],
      last: ids[1],
      script: id,
      children: 2,
      bytes: 8016,
      billed: 10485760,
      count: 2,
    });
    const [script] = await server().client.job(id).getMetadata();
    expect(Date.parse(Object(row?.created).value)).toBe(Number(script.statistics.creationTime));
    expect(Number(row?.slots)).toBeGreaterThanOrEqual(0);
  });

  it("are kept from job to job of a session", async () => {
    const { metadata } = await run(
      "SET @@dataset_id = 'shop'; SET @@time_zone = 'Asia/Tokyo'; SET @@query_label = 'team:a,kind:b'",
      {
        createSession: true,
      },
    );
    const id = metadata.statistics.sessionInfo.sessionId as string;
    await run("CREATE TABLE mine AS SELECT TIMESTAMP '2024-01-01' AS ts", inSession(id));
    const next = await run(
      "SELECT STRING(ts, 'UTC') AS ts, @@session_id AS id, @@dataset_id AS d FROM mine",
      inSession(id),
    );
    expect(next.rows).toEqual([{ ts: "2023-12-31 15:00:00+00", id, d: "shop" }]);
    expect(next.metadata.configuration.labels).toEqual({ team: "a", kind: "b" });
    const [names] = await server().client.query(
      "SELECT table_name AS t FROM shop.INFORMATION_SCHEMA.TABLES WHERE table_name = 'mine'",
    );
    expect(names).toEqual([{ t: "mine" }]);
    expect(
      (await run("SELECT COUNT(*) AS n FROM INFORMATION_SCHEMA.TABLES WHERE table_name = 'mine'", inSession(id))).rows,
    ).toEqual([{ n: 1 }]);
    expect(await rows("SELECT @@time_zone AS zone, @@query_label AS label")).toEqual([{ zone: "UTC", label: null }]);
  });

  it("are declared by any job of a session, and are there in the next", async () => {
    const { metadata } = await run("SELECT 1", { createSession: true });
    const id = metadata.statistics.sessionInfo.sessionId as string;
    await run("DECLARE x INT64 DEFAULT 4", inSession(id));
    await run("DECLARE y INT64 DEFAULT x + 1; SET x = 10", inSession(id));
    expect((await run("SELECT x, y", inSession(id))).rows).toEqual([{ x: 10, y: 5 }]);
    await expect(run("SELECT 1; DECLARE z INT64", inSession(id))).rejects.toThrow("only at the start of a block");
    await expect(rows("SELECT x")).rejects.toThrow("Unrecognized name: x");
  });

  it.each(["", "  ", ";", "-- nothing"])("refuses a text without a statement: %j", async (query) => {
    const answer = await fetch(`${server().url}/bigquery/v2/projects/p/queries`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query, useLegacySql: false }),
    });
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { error: unknown }).error).toMatchObject({
      message: expect.stringContaining("Syntax error: Unexpected end of statement at [1:"),
      errors: [{ reason: "invalidQuery" }],
    });
  });

  it("label the statements that follow in a script", async () => {
    const { id } = await run("SELECT 1; SET @@query_label = 'step:late'; SELECT 2");
    const [jobs] = await server().client.getJobs({ parentJobId: id });
    const labels = await Promise.all(jobs.map(async (job) => (await job.getMetadata())[0].configuration.labels));
    expect(labels).toContainEqual({ step: "late" });
    expect(labels).toContainEqual(undefined);
    const [told] = await server().client.query(
      `SELECT COUNT(*) AS n FROM \`region-us\`.INFORMATION_SCHEMA.JOBS, UNNEST(labels) AS l WHERE parent_job_id = '${id}' AND l.value = 'late'`,
    );
    expect(told[0].n).toBeGreaterThan(0);
  });

  it("say where, and refuse to go elsewhere", async () => {
    expect(await rows("SET @@location = 'us'; SELECT 1 AS n")).toEqual([{ n: 1 }]);
    await expect(rows("SET @@location = 'EU'; SELECT 1 AS n")).rejects.toThrow(
      "@@location is EU, but the query runs in US",
    );
  });

  it("are known to a dry run", async () => {
    const [job] = await server().client.createQueryJob({ query: "SELECT @@current_job_id AS id", dryRun: true });
    expect(job.metadata.statistics.query.schema.fields).toMatchObject([{ name: "id", type: "STRING" }]);
  });
});
