import { request as httpRequest } from "node:http";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { servedShop } from "./served.js";

type Body = Readonly<Record<string, unknown>>;

describe("what a client asks an answer to be", () => {
  const { server, shop, rows } = servedShop();
  const TABLE = "/projects/p/datasets/shop/tables/t";
  const send = async (method: string, path: string, body?: Body, given: Record<string, string> = {}) => {
    const headers = { ...(body === undefined ? {} : { "content-type": "application/json" }), ...given };
    const content = body === undefined ? null : JSON.stringify(body);
    const answer = await fetch(`${server().url}/bigquery/v2${path}`, { method, headers, body: content });
    const text = await answer.text();
    return {
      status: answer.status,
      text,
      headers: answer.headers,
      body: (text === "" ? {} : JSON.parse(text)) as Body,
    };
  };
  beforeAll(async () => {
    await rows(`CREATE TABLE shop.t AS SELECT n, STRUCT('x' AS a, STRUCT(n AS c, TRUE AS d) AS b) AS r,
      [STRUCT(n AS e, 'y' AS f)] AS l FROM UNNEST([1, 2, 3]) AS n ORDER BY n`);
  });

  it("is the part of it that `fields` names", async () => {
    const part = async (path: string) => (await send("GET", path)).body;
    expect(await part(`${TABLE}?fields=kind,tableReference/tableId`)).toEqual({
      kind: "bigquery#table",
      tableReference: { tableId: "t" },
    });
    expect(await part(`${TABLE}?fields=schema(fields(name,fields/name))`)).toEqual({
      schema: {
        fields: [
          { name: "n" },
          { name: "r", fields: [{ name: "a" }, { name: "b" }] },
          { name: "l", fields: [{ name: "e" }, { name: "f" }] },
        ],
      },
    });
    expect(await part(`${TABLE}/data?maxResults=1&fields=totalRows,rows/f/v&selectedFields=n`)).toEqual({
      totalRows: "3",
      rows: [{ f: [{ v: "1" }] }],
    });
    expect(await part("/projects/p/datasets?fields=datasets/*/datasetId")).toEqual({
      datasets: [{ datasetReference: { datasetId: "shop" } }],
    });
    expect(await part(`${TABLE}?fields=kind(`)).toMatchObject({ error: { errors: [{ reason: "invalid" }] } });
  });

  it("is written for people where they ask for it", async () => {
    expect((await send("GET", `${TABLE}?prettyPrint=true&fields=kind`)).text).toBe(
      '{\n  "kind": "bigquery#table"\n}\n',
    );
    expect((await send("GET", `${TABLE}?prettyPrint=false&fields=kind`)).text).toBe('{"kind":"bigquery#table"}');
  });

  it("is packed for those who take it so, and say it twice", async () => {
    const raw = (userAgent: string) =>
      new Promise<{ encoding: string | undefined; bytes: Buffer }>((resolve, reject) => {
        const headers = { "accept-encoding": "gzip", "user-agent": userAgent };
        httpRequest(`${server().url}/bigquery/v2${TABLE}`, { headers }, (answer) => {
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.on("end", () =>
            resolve({ encoding: answer.headers["content-encoding"], bytes: Buffer.concat(chunks) }),
          );
        })
          .on("error", reject)
          .end();
      });
    const packed = await raw("my program (gzip)");
    expect(packed.encoding).toBe("gzip");
    expect(JSON.parse(gunzipSync(packed.bytes).toString())).toMatchObject({ kind: "bigquery#table" });
    const plain = await raw("my program");
    expect([plain.encoding, JSON.parse(plain.bytes.toString())]).toMatchObject([undefined, { kind: "bigquery#table" }]);
  });

  it("has the fields of rows and schemas that are selected, within records too", async () => {
    const described = await send("GET", `${TABLE}?selectedFields=R.b.c,l.f`);
    expect(described.body.schema).toMatchObject({
      fields: [
        { name: "r", fields: [{ name: "b", fields: [{ name: "c" }] }] },
        { name: "l", fields: [{ name: "f" }] },
      ],
    });
    const data = await send("GET", `${TABLE}/data?selectedFields=l.f,r.b.c&maxResults=1`);
    expect(data.body.rows).toEqual([
      { f: [{ v: { f: [{ v: { f: [{ v: "1" }] } }] } }, { v: [{ v: { f: [{ v: "y" }] } }] }] },
    ]);
    const wrong = await send("GET", `${TABLE}/data?selectedFields=r.nothing`);
    expect([wrong.status, wrong.body]).toMatchObject([400, { error: { message: "No such field: r.nothing." } }]);
  });

  it("has no statistics in the basic view of a table, and no access in that of a dataset", async () => {
    expect((await send("GET", `${TABLE}?view=BASIC`)).body.numRows).toBeUndefined();
    expect((await send("GET", `${TABLE}?view=FULL`)).body.numRows).toBe("3");
    expect((await send("GET", `${TABLE}?view=SOME`)).status).toBe(400);
    const dataset = "/projects/p/datasets/shop?datasetView=";
    expect((await send("GET", `${dataset}METADATA`)).body.access).toBeUndefined();
    expect(Object.keys((await send("GET", `${dataset}ACL`)).body)).not.toContain("creationTime");
  });

  it("is nothing where the client has it already, or holds an older one", async () => {
    const { body, headers } = await send("GET", TABLE);
    expect(headers.get("etag")).toBe(`"${body.etag}"`);
    expect((await send("GET", TABLE, undefined, { "if-none-match": `"${body.etag}"` })).status).toBe(304);
    await rows("CREATE TABLE shop.old (n INT64); CREATE FUNCTION shop.f(x INT64) AS (x); CREATE SCHEMA held");
    for (const path of [
      "/projects/p/datasets/shop/tables/old",
      "/projects/p/datasets/shop/routines/f",
      "/projects/p/datasets/held",
    ]) {
      const refused = await send("DELETE", path, undefined, { "if-match": "older" });
      expect([refused.status, refused.body]).toMatchObject([
        412,
        { error: { errors: [{ reason: "conditionNotMet" }] } },
      ]);
      const { etag } = (await send("GET", path)).body as { etag: string };
      expect((await send("DELETE", path, undefined, { "if-match": etag })).status).toBe(204);
    }
  });

  it("refuses labels that the service refuses", async () => {
    const change = (labels: object) => send("PATCH", TABLE, { labels });
    for (const labels of [{ Big: "x" }, { "1st": "x" }, { a: "With Blanks" }, { a: "x".repeat(64) }, { "": "x" }]) {
      const { status, body } = await change(labels);
      expect([status, body]).toMatchObject([400, { error: { errors: [{ reason: "invalid", location: "labels" }] } }]);
    }
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`k${i}`, "v"]));
    expect((await change(many)).body).toMatchObject({ error: { message: expect.stringContaining("at most 64") } });
    expect((await change({ stadt: "münchen", "a-b_c": "" })).body.labels).toEqual({ stadt: "münchen", "a-b_c": "" });
    expect((await change({ stadt: null })).body.labels).toEqual({ "a-b_c": "" });
  });

  it("lists jobs by caller and state, and tells what it does not know of a configuration", async () => {
    const list = async (query: string, address: string) => {
      const { body } = await send("GET", `/projects/q/jobs?${query}`, undefined, {
        authorization: `Bearer ${address}`,
      });
      return ((body.jobs ?? []) as { user_email: string }[]).map(({ user_email }) => user_email);
    };
    const begin = (address: string) =>
      send(
        "POST",
        "/projects/q/jobs",
        { configuration: { query: { query: "SELECT 1", allowLargeResults: true, useLegacySql: false } } },
        { authorization: `Bearer ${address}` },
      );
    const { body } = await begin("ann@example.com");
    expect(body.configuration).toMatchObject({ query: { allowLargeResults: true } });
    await begin("bob@example.com");
    expect(await list("", "ann@example.com")).toEqual(["ann@example.com"]);
    expect(await list("allUsers=true&stateFilter=done&stateFilter=running", "ann@example.com")).toHaveLength(2);
    expect(await list("allUsers=true&stateFilter=pending", "ann@example.com")).toEqual([]);
    expect((await send("GET", "/projects/q/jobs?stateFilter=some")).status).toBe(400);
    expect((await send("GET", "/projects/q/datasets?maxResults=0")).body).not.toHaveProperty("nextPageToken");
  });

  it("tells how far an upload is, gives it up, and tells its job twice", async () => {
    const configuration = {
      load: {
        destinationTable: { projectId: "p", datasetId: "shop", tableId: "pieces" },
        schema: { fields: [{ name: "a", type: "INTEGER" }] },
      },
    };
    const begin = async () => {
      const answer = await fetch(`${server().url}/upload/bigquery/v2/projects/test-project/jobs?uploadType=resumable`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ configuration }),
      });
      return answer.headers.get("location") as string;
    };
    const put = async (location: string, range: string, body = "") => {
      const answer = await fetch(location, { method: "PUT", body, headers: { "content-range": range } });
      return [answer.status, answer.headers.get("range")];
    };
    const one = await begin();
    expect(await put(one, "bytes */*")).toEqual([308, null]);
    expect(await put(one, "bytes 0-1/*", "1\n")).toEqual([308, "bytes=0-1"]);
    expect(await put(one, "bytes */*")).toEqual([308, "bytes=0-1"]);
    expect(await put(one, "bytes 2-5/4", "2\n3\n")).toEqual([400, null]);
    expect(await put(one, "bytes 2-3/4", "2\n")).toEqual([200, null]);
    const again = await fetch(one, { method: "PUT", headers: { "content-range": "bytes */4" } });
    const { jobReference } = (await again.json()) as { jobReference: { jobId: string } };
    await server().client.job(jobReference.jobId).promise();
    const other = await begin();
    await put(other, "bytes 0-1/*", "1\n");
    expect((await fetch(other, { method: "DELETE" })).status).toBe(499);
    expect((await put(other, "bytes */*"))[0]).toBe(404);
    expect(await shop().table("pieces").exists()).toEqual([true]);
  });
});
