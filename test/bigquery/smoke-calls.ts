import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import { openClient, type Send } from "../../runner/engines/bigquery/client.js";
import { Jobs } from "../../runner/engines/bigquery/jobs.js";
import { PATIENCE, Rest } from "../../runner/engines/bigquery/rest.js";
import type { Connection } from "../../runner/engines/bigquery/settings.js";

/** What fails for good is not asked for long. */
const PATIENCE_HERE = { ...PATIENCE.local, deadline: 1000 };

export const CITIES = `CREATE SCHEMA IF NOT EXISTS smoke;
CREATE OR REPLACE TABLE smoke.cities (name STRING, people INT64);
INSERT INTO smoke.cities VALUES ('Oslo', 7), ('Rome', 28), ('Bern', 1)`;

/** What is asked of a server directly, with the client and the jobs of the engine. */
export class Calls {
  readonly send: Send;
  readonly jobs: Jobs;
  readonly purpose = { run: "smoke", action: "calls", labels: { team: "data" } };

  constructor(url: string) {
    const connection: Connection = {
      project: "acme",
      location: "US",
      endpoint: url,
      credentials: undefined,
      keyFile: undefined,
      impersonate: undefined,
      pricePerTiB: 0,
      maximumBytesPerRun: undefined,
      limits: {},
    };
    this.send = openClient(connection);
    const rest = new Rest(this.send, PATIENCE_HERE, new AbortController().signal);
    this.jobs = new Jobs(rest, connection, randomBytes(6).toString("hex"));
  }

  async rows(sql: string, session?: string) {
    return (await this.jobs.query({ sql, step: "smoke", session }, this.purpose)).rows;
  }

  run(sql: string, session?: string) {
    return this.jobs.run({ sql, step: "smoke", session }, this.purpose);
  }

  async get(path: string): Promise<Record<string, unknown>> {
    return (await this.send({ method: "GET", path: `/projects/acme${path}` })).body as Record<string, unknown>;
  }
}

const shown = (value: unknown) =>
  JSON.stringify(value, (_, one: unknown) => (typeof one === "bigint" ? Number(one) : one));

/** Direct calls, each by what it shows. */
export const CALLS: Readonly<Record<string, (calls: Calls) => Promise<void>>> = {
  "gives whole numbers, times and nested values exactly": async (calls) => {
    const sql = `SELECT 9007199254740993, -9223372036854775808, NUMERIC '1.000000001', 0.1 + 0.2, b'\\x01\\xff', TRUE,
      DATE '0001-01-01', TIMESTAMP '2024-02-03 04:05:06.000007+00', [1, 2], STRUCT('a' AS x, [STRUCT(1 AS y)] AS z), CAST(NULL AS STRING)`;
    const [row] = await calls.rows(sql);
    expect(row?.slice(0, 6)).toEqual([
      9007199254740993n,
      -9223372036854775808n,
      "1.000000001",
      0.1 + 0.2,
      Buffer.from([1, 255]).toString("base64"),
      true,
    ]);
    expect(shown(row?.slice(6))).toBe(
      '["0001-01-01","2024-02-03 04:05:06.000007+00:00",[1,2],{"x":"a","z":[{"y":1}]},null]',
    );
  },
  "begins one job for an id": async (calls) => {
    const jobReference = { projectId: "acme", location: "US", jobId: `smoke_${randomBytes(6).toString("hex")}` };
    const query = "SELECT 1";
    const body = { jobReference, configuration: { query: { query, useLegacySql: false } } };
    const call = { method: "POST", path: "/projects/acme/jobs", body } as const;
    await calls.send(call);
    await expect(calls.send(call)).rejects.toMatchObject({ status: 409 });
    expect(await calls.get(`/jobs/${jobReference.jobId}?location=US`)).toMatchObject({
      configuration: { query: { query } },
      status: { state: "DONE" },
    });
  },
  "keeps the labels of a job": async (calls) => {
    const { id } = await calls.run("SELECT 1");
    const { configuration } = await calls.get(`/jobs/${id}`);
    expect(configuration).toMatchObject({ labels: { team: "data", fastbreak_run: "smoke", fastbreak_step: "smoke" } });
  },
  "names the place of a mistake": async (calls) => {
    await expect(calls.run("SELECT\n  nothing FROM smoke.cities")).rejects.toMatchObject({
      code: "sql",
      line: 2,
      column: 3,
    });
  },
  "says what is not there": async (calls) => {
    await expect(calls.get("/datasets/smoke/tables/nowhere")).rejects.toMatchObject({
      status: 404,
      trouble: "refused",
    });
    await expect(calls.run("SELECT * FROM smoke.nowhere")).rejects.toMatchObject({ name: "EngineError" });
  },
  "runs nothing in a dry run, and tells the columns": async (calls) => {
    const { columns } = await calls.jobs.dryRun("SELECT name, people FROM smoke.cities");
    expect(columns).toEqual([
      { name: "name", type: "STRING" },
      { name: "people", type: "INT64" },
    ]);
    await calls.jobs.dryRun("CREATE TABLE smoke.dry (x INT64)");
    await expect(calls.get("/datasets/smoke/tables/dry")).rejects.toMatchObject({ status: 404 });
  },
  "lists rows page by page": async (calls) => {
    const path = "/projects/acme/datasets/smoke/tables/cities/data";
    const names: unknown[] = [];
    for (let pageToken: string | undefined; ; ) {
      const query = { maxResults: "2", selectedFields: "name", pageToken };
      const { body } = await calls.send({ method: "GET", path, query });
      const page = body as { rows: { f: { v: unknown }[] }[]; pageToken?: string };
      for (const { f } of page.rows) names.push(f.map(({ v }) => v).join());
      pageToken = page.pageToken;
      if (pageToken === undefined) break;
    }
    expect(names.sort()).toEqual(["Bern", "Oslo", "Rome"]);
  },
  "leaves nothing of a transaction that fails": async (calls) => {
    const sql = `BEGIN TRANSACTION;
INSERT INTO smoke.cities VALUES ('Paris', 1);
IF (SELECT COUNT(*) FROM smoke.cities) > 0 THEN RAISE USING MESSAGE = 'come too late'; END IF;
COMMIT TRANSACTION;`;
    await expect(calls.run(sql)).rejects.toThrow();
    expect(await calls.rows("SELECT COUNT(*) FROM smoke.cities WHERE name = 'Paris'")).toEqual([[0n]]);
  },
  "tells what a script raises": async (calls) => {
    await expect(calls.run("RAISE USING MESSAGE = 'come too late'")).rejects.toThrow("come too late");
  },
  "merges, and counts what it changes": async (calls) => {
    await calls.run("CREATE OR REPLACE TABLE smoke.merged AS SELECT * FROM smoke.cities");
    const { changed } =
      await calls.run(`MERGE smoke.merged AS t USING (SELECT 'Oslo' AS name, 8 AS people UNION ALL SELECT 'Lima', 3) AS s ON t.name = s.name
WHEN MATCHED THEN UPDATE SET people = s.people WHEN NOT MATCHED BY TARGET THEN INSERT (name, people) VALUES (name, people) WHEN NOT MATCHED BY SOURCE THEN DELETE`);
    expect(await calls.rows("SELECT name, people FROM smoke.merged ORDER BY 1")).toEqual([
      ["Lima", 3n],
      ["Oslo", 8n],
    ]);
    expect(changed).toBe(4);
  },
  "keeps what a script declares in its session": async (calls) => {
    const { session } = await calls.run("CREATE TEMP TABLE kept AS SELECT 7 AS x", "new");
    expect(session).toBeDefined();
    expect(await calls.rows("SELECT x FROM kept", session)).toEqual([[7n]]);
  },
  "tells how a table is laid out and described": async (calls) => {
    await calls.run(`CREATE OR REPLACE TABLE smoke.laid (day DATE, city STRING) PARTITION BY day CLUSTER BY city
OPTIONS (description = 'By day', labels = [('team', 'data')], partition_expiration_days = 30000, require_partition_filter = TRUE)`);
    expect(await calls.get("/datasets/smoke/tables/laid")).toMatchObject({
      type: "TABLE",
      description: "By day",
      labels: { team: "data" },
      timePartitioning: { type: "DAY", field: "day", expirationMs: String(30000 * 86_400_000) },
      clustering: { fields: ["city"] },
      requirePartitionFilter: true,
    });
  },
  "changes a table's description only as it was seen": async (calls) => {
    await calls.run("CREATE OR REPLACE TABLE smoke.described (x INT64)");
    const path = "/projects/acme/datasets/smoke/tables/described";
    const { etag } = await calls.get("/datasets/smoke/tables/described");
    const patch = (description: string) =>
      calls.send({
        method: "PATCH",
        path,
        body: { description, labels: { a: "b" } },
        headers: { "if-match": String(etag) },
      });
    await patch("first");
    await expect(patch("second")).rejects.toMatchObject({ status: 412 });
    expect(await calls.get("/datasets/smoke/tables/described")).toMatchObject({
      description: "first",
      labels: { a: "b" },
    });
  },
  "keeps the text of a view": async (calls) => {
    const text = "SELECT name FROM `acme.smoke.cities` /* large */ WHERE people > 5";
    await calls.run(`CREATE OR REPLACE VIEW smoke.large AS ${text}`);
    expect(await calls.get("/datasets/smoke/tables/large")).toMatchObject({ type: "VIEW", view: { query: text } });
  },
  "tells of partitions": async (calls) => {
    await calls.run(`CREATE OR REPLACE TABLE smoke.parted (day DATE) PARTITION BY day;
INSERT INTO smoke.parted VALUES ('2024-01-01'), ('2024-01-01'), ('2024-01-02'), (NULL)`);
    const sql =
      "SELECT partition_id, total_rows FROM `acme`.smoke.INFORMATION_SCHEMA.PARTITIONS WHERE table_name = 'parted' ORDER BY 1";
    expect(await calls.rows(sql)).toEqual([
      ["20240101", 2n],
      ["20240102", 1n],
      ["__NULL__", 1n],
    ]);
  },
  "answers many calls in one": async (calls) => {
    const part = (id: number) =>
      `--b\r\nContent-Type: application/http\r\nContent-ID: <${id}>\r\n\r\nGET /bigquery/v2/projects/acme/datasets HTTP/1.1\r\n\r\n\r\n`;
    const raw = { type: "multipart/mixed; boundary=b", text: `${part(0)}${part(1)}--b--\r\n` };
    const { text } = await calls.send({ method: "POST", path: "//batch/bigquery/v2", raw });
    expect(text.match(/HTTP\/1.1 200/g)).toHaveLength(2);
  },
  "tells FARM_FINGERPRINT as the service does": async (calls) => {
    // https://github.com/google/farmhash has these of its tests.
    expect(await calls.rows("SELECT FARM_FINGERPRINT(''), FARM_FINGERPRINT('abc')")).toEqual([
      [-7286425919675154353n, 2640714258260161385n],
    ]);
  },
};
