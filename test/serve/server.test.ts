import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer } from "../../runner/api/server.js";
import { openDuckDbWarehouse } from "../../runner/engines/duckdb/warehouse.js";
import { clientOf, type Served, served } from "./served.js";

/** A request with headers that fetch would not send. */
async function ask(url: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  const call = request(`${url}/bigquery/v2/projects/p/datasets`, { headers });
  call.end();
  const [answer] = (await once(call, "response")) as [NodeJS.ReadableStream & { statusCode: number }];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(Buffer.from(chunk as Uint8Array));
  return { status: answer.statusCode, body: Buffer.concat(chunks).toString() };
}

describe("a served warehouse on disk", () => {
  let server: Served;
  beforeAll(async () => {
    server = await served("--database", "DIR/w.duckdb", "--token", "s3cret");
  });
  afterAll(() => server.stop());

  it("answers nobody but programs of this machine that know the token", async () => {
    const authorization = "Bearer s3cret";
    expect((await ask(server.url, {})).status).toBe(401);
    expect((await ask(server.url, { authorization: "Bearer nope" })).status).toBe(401);
    expect((await ask(server.url, { authorization })).status).toBe(200);
    const { port } = new URL(server.url);
    for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1.evil.example", "10.0.0.1"]) {
      const { status, body } = await ask(server.url, { authorization, host });
      expect([status, JSON.parse(body).error.errors[0].reason]).toEqual([403, "accessDenied"]);
    }
    expect((await ask(server.url, { authorization, origin: "http://localhost:3000" })).status).toBe(403);
    expect((await ask(server.url, { authorization, host: `localhost:${port}` })).status).toBe(200);
  });
});

describe("a warehouse on disk in this process", () => {
  it("has one server at a time, and what a transaction beside it makes is seen", async () => {
    const folder = mkdtempSync(join(tmpdir(), "serve-"));
    const database = join(folder, "w.duckdb");
    const first = await startServer({ database });
    try {
      await expect(startServer({ database })).rejects.toMatchObject({
        code: "locked",
        message: `${database} is in use by another server of this process; ask that one, or close it first`,
      });
      const client = clientOf(first.url);
      await client.query("CREATE SCHEMA d; CREATE TABLE d.a AS SELECT 1 AS n");
      const beside = await openDuckDbWarehouse(database, { create: false });
      await beside.script("CREATE TABLE d.b AS SELECT n + 1 AS n FROM d.a");
      expect((await client.query("SELECT n FROM d.b"))[0]).toEqual([{ n: 2 }]);
      await beside.transaction((transaction) => transaction.execute("CREATE TABLE d.c AS SELECT n + 1 AS n FROM d.b"));
      expect((await client.query("SELECT n FROM d.c"))[0]).toEqual([{ n: 3 }]);
      await beside.close();
    } finally {
      await first.close();
    }
    const second = await startServer({ database });
    expect((await clientOf(second.url).query("SELECT n FROM d.c"))[0]).toEqual([{ n: 3 }]);
    await second.close();
    rmSync(folder, { recursive: true });
  });
});

describe("a served warehouse that is stopped and started again", () => {
  it("has kept its rows and all that was said of them", async () => {
    const server = await served("--database", "DIR/w.duckdb");
    await server.client.createDataset("shop", { description: "kept", labels: { a: "b" } });
    await server.client
      .dataset("shop")
      .createTable("t", { schema: [{ name: "x", type: "INT64", description: "an x" }], labels: { c: "d" } });
    await server.client.query("INSERT INTO shop.t VALUES (1), (2); CREATE VIEW shop.v AS SELECT x FROM shop.t");
    await server.client.query("CREATE FUNCTION shop.f(x INT64) AS (x + 1)");
    await server.restart();
    const [dataset] = await server.client.dataset("shop").getMetadata();
    expect(dataset).toMatchObject({ description: "kept", labels: { a: "b" } });
    const [table] = await server.client.dataset("shop").table("t").getMetadata();
    expect(table).toMatchObject({
      labels: { c: "d" },
      numRows: "2",
      schema: { fields: [{ name: "x", description: "an x" }] },
    });
    const [view] = await server.client.dataset("shop").table("v").getMetadata();
    expect(view.view.query).toBe("SELECT x FROM shop.t");
    expect((await server.client.query("SELECT SUM(shop.f(x)) AS n FROM shop.v"))[0]).toEqual([{ n: 5 }]);
    expect(await server.stop()).toBe(0);
  });

  it("has kept what was acknowledged, when it is killed", async () => {
    const server = await served("--database", "DIR/w.duckdb");
    await server.client.createDataset("shop", { description: "kept" });
    await server.client.query("CREATE TABLE shop.t (x INT64)");
    for (let x = 0; x < 5; x += 1) await server.client.query(`INSERT INTO shop.t VALUES (${x})`);
    await server.client
      .dataset("shop")
      .table("t")
      .insert([{ x: 100 }]);
    server.process.kill("SIGKILL");
    await once(server.process, "exit");
    await server.restart();
    expect((await server.client.query("SELECT SUM(x) AS n FROM shop.t"))[0]).toEqual([{ n: 110 }]);
    expect((await server.client.dataset("shop").getMetadata())[0].description).toBe("kept");
    await server.stop();
  });

  it("knows requests and streamed rows of before, when it is killed", async () => {
    const server = await served("--database", "DIR/w.duckdb");
    await server.client.query("CREATE SCHEMA shop; CREATE TABLE shop.t AS SELECT 1 AS x UNION ALL SELECT 2");
    const post = async (path: string, body: object) => {
      const headers = { "content-type": "application/json" };
      const answer = await fetch(`${server.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
      return (await answer.json()) as Readonly<Record<string, unknown>>;
    };
    const change = { query: "UPDATE shop.t SET x = x + 10 WHERE TRUE", requestId: "r1", useLegacySql: false };
    const rows = { rows: [{ insertId: "i1", json: { x: 100 } }, { json: { x: 1000 } }] };
    const stream = () => post("/projects/p/datasets/shop/tables/t/insertAll", rows);
    const before = await post("/projects/p/queries", change);
    await stream();
    server.process.kill("SIGKILL");
    await once(server.process, "exit");
    await server.restart();
    const after = await post("/projects/p/queries", change);
    expect(after.jobReference).toEqual(before.jobReference);
    expect(after).toMatchObject({ jobComplete: true, numDmlAffectedRows: "2", dmlStats: { updatedRowCount: "2" } });
    const { jobId } = after.jobReference as { jobId: string };
    const job = await (await fetch(`${server.url}/projects/p/jobs/${jobId}?location=US`)).json();
    expect(job).toMatchObject({ status: { state: "DONE" } });
    expect(await stream()).toEqual({ kind: "bigquery#tableDataInsertAllResponse" });
    // Another request, and a row without an id, are new.
    await post("/projects/p/queries", { ...change, requestId: "r2" });
    const [found] = await server.client.query("SELECT x FROM shop.t ORDER BY x");
    expect(found.map(({ x }) => x)).toEqual([21, 22, 110, 1010, 1010]);
    await server.stop();
  });
});

describe("many clients at once", () => {
  let server: Served;
  beforeAll(async () => {
    server = await served("--in-memory");
    await server.client.createDataset("shop");
    await server.client.query(
      "CREATE TABLE shop.counter AS SELECT 0 AS n; CREATE TABLE shop.log (who INT64, step INT64)",
    );
  });
  afterAll(() => server.stop());

  it("loses no write, and fails none", async () => {
    const work = Array.from({ length: 12 }, async (_, who) => {
      for (let step = 0; step < 5; step += 1) {
        await server.client.query("UPDATE shop.counter SET n = n + 1 WHERE TRUE");
        await server.client.query({ query: "INSERT INTO shop.log VALUES (@who, @step)", params: { who, step } });
        await server.client.query("SELECT COUNT(*) AS n FROM shop.log");
        await server.client.query(`CREATE OR REPLACE TABLE shop.own_${who} AS SELECT ${step} AS step`);
      }
    });
    await Promise.all(work);
    const sums =
      "SELECT (SELECT n FROM shop.counter) AS n, (SELECT COUNT(DISTINCT TO_JSON_STRING(l)) FROM shop.log AS l) AS rows_";
    expect((await server.client.query(sums))[0]).toEqual([{ n: 60, rows_: 60 }]);
  });

  it("begins another transaction in a session in which one was lost to an error", async () => {
    const [job] = await server.client.createQueryJob({ query: "BEGIN TRANSACTION", createSession: true });
    await job.getQueryResults();
    const connectionProperties = [
      { key: "session_id", value: (await job.getMetadata())[0].statistics.sessionInfo.sessionId as string },
    ];
    const inSession = (query: string) => server.client.query({ query, connectionProperties });
    await server.client.query("CREATE TABLE shop.lost (x INT64)");
    await inSession("INSERT INTO shop.lost VALUES (1)");
    await expect(inSession("SELECT ERROR('no')")).rejects.toThrow("no");
    await expect(inSession("COMMIT")).rejects.toThrow("COMMIT TRANSACTION without a transaction in progress");
    await inSession("BEGIN TRANSACTION; INSERT INTO shop.lost VALUES (2); COMMIT TRANSACTION");
    expect((await server.client.query("SELECT x FROM shop.lost"))[0]).toEqual([{ x: 2 }]);
  });

  it("lets a statement wait for a transaction, and ends the transaction that comes second", async () => {
    const [job] = await server.client.createQueryJob({ query: "BEGIN TRANSACTION", createSession: true });
    await job.getQueryResults();
    const connectionProperties = [
      { key: "session_id", value: (await job.getMetadata())[0].statistics.sessionInfo.sessionId as string },
    ];
    const inTransaction = (query: string) => server.client.query({ query, connectionProperties });
    await server.client.query("CREATE TABLE shop.fought AS SELECT 1 AS x");
    await inTransaction("UPDATE shop.fought SET x = x + 10 WHERE TRUE");
    let isDone = false;
    const waiting = server.client.query("UPDATE shop.fought SET x = x * 2 WHERE TRUE").then(() => {
      isDone = true;
    });
    const second = "BEGIN TRANSACTION; UPDATE shop.fought SET x = 0 WHERE TRUE; COMMIT TRANSACTION";
    await expect(server.client.query(second)).rejects.toThrow(
      /Transaction is aborted due to concurrent update against table test-project:shop\.fought\. Transaction ID: [\w-]{36} at \[1:20\]/,
    );
    expect(isDone).toBe(false);
    await inTransaction("COMMIT TRANSACTION");
    await waiting;
    expect((await server.client.query("SELECT x FROM shop.fought"))[0]).toEqual([{ x: 22 }]);
  });

  it("tells the session of a job that runs still, and of one that fails", async () => {
    const begin = (jobId: string, query: string) =>
      server.client.createQueryJob({ query, createSession: true, jobId }).catch((cause: Error) => cause.message);
    const sessionOf = async (jobId: string) =>
      (await server.client.job(jobId).getMetadata())[0].statistics.sessionInfo?.sessionId as string | undefined;
    await begin("session_long", "DECLARE n INT64 DEFAULT 0; LOOP SET n = n + 1; END LOOP");
    await expect.poll(() => sessionOf("session_long")).toEqual(expect.any(String));
    await server.client.job("session_long").cancel();
    await begin("session_failing", "CREATE TEMP TABLE kept AS SELECT 7 AS x; SELECT ERROR('no')");
    await expect
      .poll(async () => (await server.client.job("session_failing").getMetadata())[0].status.state)
      .toBe("DONE");
    const connectionProperties = [{ key: "session_id", value: (await sessionOf("session_failing")) ?? "" }];
    expect((await server.client.query({ query: "SELECT x FROM kept", connectionProperties }))[0]).toEqual([{ x: 7 }]);
  });

  it("keeps sessions apart", async () => {
    const begin = async (value: number) => {
      const [job] = await server.client.createQueryJob({
        query: `CREATE TEMP TABLE mine AS SELECT ${value} AS x`,
        createSession: true,
      });
      await job.getQueryResults();
      return (await job.getMetadata())[0].statistics.sessionInfo.sessionId as string;
    };
    const [one, two] = [await begin(1), await begin(2)];
    const read = async (value: string) => {
      const connectionProperties = [{ key: "session_id", value }];
      return (await server.client.query({ query: "SELECT x FROM mine", connectionProperties }))[0];
    };
    expect([await read(one), await read(two), await read(one)]).toEqual([[{ x: 1 }], [{ x: 2 }], [{ x: 1 }]]);
    await expect(server.client.query("SELECT x FROM mine")).rejects.toThrow("must be qualified with a dataset");
    await expect(read("nothing")).rejects.toThrow("Invalid input session id.");
  });
});

describe("a server within a test", () => {
  it("keeps what the scripts of its seed say of tables, and names the script that is wrong", async () => {
    const seed = mkdtempSync(join(tmpdir(), "seed-"));
    const script = join(seed, "a.sql");
    writeFileSync(
      script,
      `CREATE SCHEMA shop OPTIONS (description = 'all of it');
      CREATE TABLE shop.hours (moment DATETIME) PARTITION BY DATETIME_TRUNC(moment, MONTH)
        OPTIONS (require_partition_filter = TRUE, labels = [('team', 'x')]);
      CREATE TABLE shop.ranges (k INT64) PARTITION BY RANGE_BUCKET(k, GENERATE_ARRAY(0, 100, 10));
      CREATE ROW ACCESS POLICY mine ON shop.ranges GRANT TO ('user:ann@example.com') FILTER USING (k > 1);`,
    );
    writeFileSync(join(seed, "b.sql"), "-- nothing yet\n");
    const faults = { rules: [{ jobError: "backendError" as const }] };
    const server = await startServer({ seed, faults });
    const { url } = server;
    const get = async (path: string) =>
      (await fetch(`${url}/projects/test/datasets/shop${path}`)).json() as Promise<Record<string, unknown>>;
    expect(await get("")).toMatchObject({ description: "all of it" });
    expect(await get("/tables/hours")).toMatchObject({
      timePartitioning: { type: "MONTH", field: "moment" },
      requirePartitionFilter: true,
      labels: { team: "x" },
    });
    expect(await get("/tables/ranges")).toMatchObject({ rangePartitioning: { field: "k" } });
    expect(await get("/tables/ranges/rowAccessPolicies")).toMatchObject({ rowAccessPolicies: [{}] });
    expect((await clientOf(url).getJobs())[0]).toEqual([]);
    await server.close();
    writeFileSync(script, "CREATE SCHEMA shop;\nSELECT nothing");
    await expect(startServer({ seed })).rejects.toThrow(/a\.sql: Unrecognized name: nothing at \[2:8\]/);
    rmSync(seed, { recursive: true });
  });

  it("is seeded from a folder, and is gone when it is closed", async () => {
    const scratch = await served("--in-memory");
    const seed = join(scratch.dir, "seed");
    mkdirSync(join(seed, "shop"), { recursive: true });
    writeFileSync(join(seed, "shop/orders.csv"), "id,price\n1,2.5\n2,3\n");
    writeFileSync(join(seed, "raw.events.jsonl"), '{"kind":"a"}\n');
    writeFileSync(join(seed, "views.sql"), "CREATE VIEW shop.total AS SELECT SUM(price) AS price FROM shop.orders;");
    const server = await startServer({ seed });
    const client = clientOf(server.url);
    expect((await client.query("SELECT price, (SELECT kind FROM raw.events) AS kind FROM shop.total"))[0]).toEqual([
      { price: 5.5, kind: "a" },
    ]);
    await server.close();
    await expect(fetch(server.url)).rejects.toThrow();
    await expect(startServer({ seed: join(seed, "missing") })).rejects.toThrow("is no folder");
    await scratch.stop();
  });
});
