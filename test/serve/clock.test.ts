import { BigQuery } from "@google-cloud/bigquery";
import { PassThroughClient } from "google-auth-library";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Server, startServer } from "../../runner/api/server.js";
import { served } from "./served.js";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe("a clock that tests move", () => {
  let server: Server;
  let client: BigQuery;
  beforeAll(async () => {
    server = await startServer();
    client = new BigQuery({ projectId: "p", apiEndpoint: server.url, authClient: new PassThroughClient() });
    await client.createDataset("d");
  });
  afterAll(() => server.close());

  const all = async (query: string) => (await client.query(query))[0];
  const ahead = async () => Number((await all("SELECT UNIX_MILLIS(CURRENT_TIMESTAMP()) AS t"))[0].t) - Date.now();
  const exists = async (table: string) => (await client.dataset("d").table(table).exists())[0];

  it("is what statements, jobs, tables and sessions see", async () => {
    const [session] = await client.createQueryJob({ query: "SELECT 1", createSession: true });
    const id = (await session.getMetadata())[0].statistics.sessionInfo.sessionId;
    await all("CREATE TABLE d.stamped (n INT64, t TIMESTAMP DEFAULT CURRENT_TIMESTAMP())");
    const shown = await server.advanceClock(3 * DAY);
    const near = (at: number) => expect(Math.abs(at - Date.now() - 3 * DAY)).toBeLessThan(MINUTE);
    near(shown.getTime());
    near((await ahead()) + Date.now());
    const inSession = { query: "SELECT UNIX_MILLIS(CURRENT_TIMESTAMP()) AS t" };
    const connectionProperties = [{ key: "session_id", value: id }];
    near(Number((await client.query({ ...inSession, connectionProperties }))[0][0].t));
    await all("INSERT d.stamped (n) VALUES (1)");
    await client
      .dataset("d")
      .table("stamped")
      .insert([{ n: 2 }]);
    for (const { t } of await all("SELECT UNIX_MILLIS(t) AS t FROM d.stamped")) near(Number(t));
    const [table] = await client.dataset("d").table("stamped").getMetadata();
    near(Number(table.lastModifiedTime));
    const [job] = await client.createQueryJob("SELECT 1");
    near(Number((await job.getMetadata())[0].statistics.creationTime));
    await expect(server.advanceClock(-1)).rejects.toThrow("the clock moves ahead by whole milliseconds, not by -1");
  });

  it("tells what tables were, and forgets it after a week", async () => {
    await all("CREATE TABLE d.old AS SELECT 1 AS n");
    const before = Date.now() + (await ahead());
    await server.advanceClock(MINUTE);
    await all("UPDATE d.old SET n = 2 WHERE TRUE");
    const then = `SELECT n FROM d.old FOR SYSTEM_TIME AS OF TIMESTAMP_MILLIS(${before + 1000})`;
    expect(await all(then)).toEqual([{ n: 1 }]);
    await server.advanceClock(8 * DAY);
    await expect(all(then)).rejects.toThrow("Invalid snapshot time");
  });

  it("removes tables, views and partitions when their time is over", async () => {
    const now = Date.now() + (await ahead());
    const expirationTime = String(now + DAY);
    await client.dataset("d").createTable("short", { schema: [{ name: "n", type: "INT64" }], expirationTime });
    await all(`CREATE TABLE d.said (n INT64)
      OPTIONS (expiration_timestamp = TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 1 DAY))`);
    await all("CREATE TABLE d.days (day DATE, n INT64) PARTITION BY day OPTIONS (partition_expiration_days = 2)");
    await all("INSERT d.days SELECT CURRENT_DATE() - n, n FROM UNNEST([0, 1]) AS n");
    await all("INSERT d.days VALUES (NULL, 9)");
    await client.createDataset("brief", { defaultTableExpirationMs: String(DAY) });
    await all("CREATE TABLE brief.t AS SELECT 1 AS n; CREATE VIEW brief.v AS SELECT 1 AS n");
    expect([await exists("short"), await exists("said")]).toEqual([true, true]);
    await server.advanceClock(DAY + MINUTE);
    expect([await exists("short"), await exists("said")]).toEqual([false, false]);
    expect((await client.dataset("brief").getTables())[0]).toEqual([]);
    expect((await all("SELECT n FROM d.days ORDER BY n")).map(({ n }) => n)).toEqual([0, 9]);
    await server.advanceClock(DAY);
    expect((await all("SELECT n FROM d.days ORDER BY n")).map(({ n }) => n)).toEqual([9]);
  });

  it("ends the time in which an insertId, and a requestId, is known", async () => {
    await all("CREATE TABLE d.rows (n INT64)");
    const post = async (path: string, body: object) =>
      fetch(`${server.url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    const stream = () =>
      post("/projects/p/datasets/d/tables/rows/insertAll", { rows: [{ insertId: "i", json: { n: 1 } }] });
    const request = () => post("/projects/p/queries", { query: "INSERT d.rows VALUES (2)", requestId: "r" });
    const counts = async () =>
      (await all("SELECT n, COUNT(*) AS c FROM d.rows GROUP BY n ORDER BY n")).map(({ c }) => c);
    for (const call of [stream, stream, request, request]) await call();
    expect(await counts()).toEqual([1, 1]);
    await server.advanceClock(2 * MINUTE);
    for (const call of [stream, request]) await call();
    expect(await counts()).toEqual([2, 1]);
    await server.advanceClock(15 * MINUTE);
    await request();
    expect(await counts()).toEqual([2, 2]);
  });
});

describe("the clock of a server in another process", () => {
  it("is moved by a call, where it was started so", async () => {
    const call = async (url: string, body?: object) => {
      const headers = { "content-type": "application/json" };
      const answer = await fetch(`${url}/clock`, body && { method: "PUT", headers, body: JSON.stringify(body) });
      return { status: answer.status, body: (await answer.json()) as { time: string; error: { message: string } } };
    };
    const movable = await served("--in-memory", "--movable-clock");
    expect((await call(movable.url, { time: "2099-01-01T00:00:00Z" })).body.time).toMatch(/^2099-01-01T00:00:00/);
    expect((await call(movable.url, { advanceMs: DAY })).body.time).toMatch(/^2099-01-02T00:00/);
    expect((await movable.client.query("SELECT EXTRACT(YEAR FROM CURRENT_DATE()) AS y"))[0]).toEqual([{ y: 2099 }]);
    const back = await call(movable.url, { time: "2098-01-01T00:00:00Z" });
    expect([back.status, back.body.error.message]).toEqual([400, expect.stringContaining("the clock moves ahead")]);
    await movable.stop();
    const fixed = await served("--in-memory");
    expect((await call(fixed.url, { advanceMs: 1 })).status).toBe(404);
    await fixed.stop();
  });
});
