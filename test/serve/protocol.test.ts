import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Served, served } from "./served.js";

type Body = Readonly<Record<string, unknown>>;

describe("what clients rely on and never show", () => {
  let server: Served;
  beforeAll(async () => {
    server = await served("--in-memory");
    await query({ query: "CREATE SCHEMA shop; CREATE TABLE shop.t AS SELECT n FROM UNNEST([1, 2, 3]) AS n" });
  });
  afterAll(() => server.stop());

  const send = async (method: string, path: string, body?: Body, prefix = "/bigquery/v2") => {
    const headers = body === undefined ? {} : { "content-type": "application/json" };
    const content = body === undefined ? null : JSON.stringify(body);
    const answer = await fetch(`${server.url}${prefix}${path}`, { method, headers, body: content });
    const text = await answer.text();
    return {
      status: answer.status,
      type: answer.headers.get("content-type"),
      body: (text === "" ? {} : JSON.parse(text)) as Body,
    };
  };
  const query = async (request: Body) => send("POST", "/projects/p/queries", { useLegacySql: false, ...request });
  const valuesOf = ({ rows }: Body) => (rows as { f: { v: unknown }[] }[]).map(({ f }) => f.map(({ v }) => v));

  it("answers with and without the version before the path, in the type that clients tell errors by", async () => {
    for (const prefix of ["/bigquery/v2", ""]) {
      const { status, type } = await send("GET", "/projects/p/datasets", undefined, prefix);
      expect([status, type]).toEqual([200, "application/json; charset=UTF-8"]);
    }
    const wrong = await send("GET", "/projects/p/nothing");
    expect([wrong.status, wrong.type]).toEqual([404, "application/json; charset=UTF-8"]);
    expect(wrong.body).toMatchObject({
      error: { code: 404, status: "NOT_FOUND", errors: [{ domain: "global", reason: "notFound" }] },
    });
  });

  it("does once what comes twice with one request id", async () => {
    const request = { query: "INSERT INTO shop.t VALUES (4)", requestId: "once" };
    const [first, second] = [await query(request), await query(request)];
    expect(second.body.jobReference).toEqual(first.body.jobReference);
    expect(valuesOf((await query({ query: "SELECT COUNT(*) FROM shop.t WHERE n = 4" })).body)).toEqual([["1"]]);
  });

  it("answers before a job is done, and again when it is", async () => {
    const slow =
      "SELECT COUNT(*) FROM UNNEST(GENERATE_ARRAY(1, 5000)) AS a, UNNEST(GENERATE_ARRAY(1, 5000)) AS b WHERE MOD(a * b, 7) = 3";
    const { body } = await query({ query: slow, timeoutMs: 0 });
    expect(body).toMatchObject({ jobComplete: false });
    expect(body.rows).toBeUndefined();
    const { jobId } = body.jobReference as { jobId: string };
    // An answer waits for ten seconds at most.
    const ask = () => send("GET", `/projects/p/queries/${jobId}?location=US`);
    let done = await ask();
    while (done.body.jobComplete === false) done = await ask();
    expect(done.body).toMatchObject({ jobComplete: true, totalRows: "1" });
  });

  it.each(["application/json", "application/octet-stream"])("reads bodies that are packed: %s", async (type) => {
    const answer = await fetch(`${server.url}/bigquery/v2/projects/p/queries`, {
      method: "POST",
      headers: { "content-type": type, "content-encoding": "gzip" },
      body: gzipSync(JSON.stringify({ query: "SELECT 7", useLegacySql: false })),
    });
    expect(valuesOf((await answer.json()) as Body)).toEqual([["7"]]);
  });

  it("refuses a query that would read too much, and runs no job of it", async () => {
    const { status, body } = await query({ query: "SELECT n FROM shop.t", maximumBytesBilled: "1" });
    expect([status, body]).toMatchObject([400, { error: { errors: [{ reason: "bytesBilledLimitExceeded" }] } }]);
  });

  it("names the field of a request that is wrong", async () => {
    const wrong = async (path: string, body: Body) => {
      const { error } = (await send("POST", path, body)).body as { error: { errors: [Body] } };
      return error.errors[0];
    };
    expect(await wrong("/projects/p/queries", {})).toMatchObject({ reason: "required", location: "query" });
    expect(await wrong("/projects/p/queries", { query: "SELECT 1", maxResults: "many" })).toMatchObject({
      reason: "invalid",
      location: "maxResults",
    });
    expect(await wrong("/projects/p/jobs", { configuration: {} })).toMatchObject({ reason: "required" });
    expect(await wrong("/projects/p/datasets", {})).toMatchObject({ reason: "required", location: "datasetReference" });
    const broken = await fetch(`${server.url}/projects/p/queries`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{",
    });
    expect([broken.status, await broken.json()]).toMatchObject([
      400,
      { error: { errors: [{ reason: "parseError" }] } },
    ]);
  });

  it("reads the results of a job like a table", async () => {
    const { body } = await query({ query: "SELECT n FROM shop.t WHERE n < 3 ORDER BY n" });
    const { jobId } = body.jobReference as { jobId: string };
    const job = (await send("GET", `/projects/p/jobs/${jobId}`)).body as {
      configuration: { query: { destinationTable: Record<string, string> } };
    };
    const { datasetId, tableId } = job.configuration.query.destinationTable;
    const table = `/projects/p/datasets/${datasetId}/tables/${tableId}`;
    expect((await send("GET", table)).body).toMatchObject({
      numRows: "2",
      schema: { fields: [{ name: "n", type: "INTEGER" }] },
    });
    expect(valuesOf((await send("GET", `${table}/data?startIndex=1`)).body)).toEqual([["2"]]);
  });

  it("forgets a job that is deleted", async () => {
    const { body } = await query({ query: "SELECT 1" });
    const { jobId } = body.jobReference as { jobId: string };
    expect((await send("DELETE", `/projects/p/jobs/${jobId}/delete`)).status).toBe(200);
    expect((await send("GET", `/projects/p/jobs/${jobId}`)).status).toBe(404);
  });
});
