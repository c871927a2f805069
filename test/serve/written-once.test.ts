import { once } from "node:events";
import { setTimeout as later } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { startServer } from "../../runner/api/server.js";
import { FAULTS } from "../../runner/server/faults/faults.js";
import { randomFrom } from "../random.js";
import { served } from "./served.js";

/** How often a server is killed, and how many of its answers are damaged; a proof does it many times more. */
const KILLS = Number(process.env.FASTBREAK_SERVER_KILLS ?? 3);
const FAULTED = Number(process.env.FASTBREAK_SERVER_FAULTS ?? 150);
const WRITERS = 4;
const PATIENCE_MS = 2000;
/** How long a server takes to start, at most: it is killed somewhere in it. */
const START_MS = 1500;

/** Ways to add one row, each of which a client may try again when it has not heard how it ended. */
const WAYS = ["INSERT", "MERGE", "destination", "load", "copy", "insertAll", "requestId"] as const;
type Way = (typeof WAYS)[number];

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A client that goes on until it knows that its row is written. */
class Writer {
  constructor(
    /** Waits for a server where there is none. */
    readonly url: () => string | Promise<string>,
    readonly random: () => number,
  ) {}

  async write(id: number, way: Way): Promise<void> {
    if (way === "insertAll") {
      const rows = [{ insertId: `i${id}`, json: { id, way } }];
      await this.#until("datasets/d/tables/log/insertAll", { rows }, ({ status, body }) => {
        if (body.kind !== "bigquery#tableDataInsertAllResponse") return false;
        expect([status, body.insertErrors]).toEqual([200, undefined]);
        return true;
      });
      return;
    }
    const text = `INSERT d.log VALUES (${id}, "${way}")`;
    if (way === "requestId") {
      const request = { query: text, useLegacySql: false, requestId: `r${id}` };
      await this.#until("queries", request, ({ body }) => body.jobComplete === true);
      return;
    }
    const jobReference = { projectId: "p", jobId: `w${id}`, location: "US" };
    for (;;) {
      const begun =
        way === "load" ? await this.#load(id, jobReference) : await this.#insert(id, way, text, jobReference);
      // 409: it has been begun, by a call of which no answer came.
      if (begun !== undefined && (begun.status === 200 || begun.status === 409) && (await this.#isDone(id))) return;
    }
  }

  #insert(id: number, way: Way, text: string, jobReference: object) {
    const table = (tableId: string) => ({ projectId: "p", datasetId: "d", tableId });
    const append = { destinationTable: table("log"), writeDisposition: "WRITE_APPEND" };
    const queries: Partial<Record<Way, object>> = {
      INSERT: { query: { query: text } },
      MERGE: {
        query: {
          query: `MERGE d.log AS l USING (SELECT ${id} AS id) AS s ON l.id = -s.id WHEN NOT MATCHED THEN INSERT VALUES (s.id, "MERGE")`,
        },
      },
      destination: { query: { query: `SELECT ${id} AS id, "destination" AS way`, ...append } },
      copy: { copy: { sourceTable: table(`one_${id % 10}`), ...append } },
    };
    return this.#call("jobs", { jobReference, configuration: queries[way] });
  }

  #load(id: number, jobReference: object) {
    const configuration = {
      load: {
        destinationTable: { projectId: "p", datasetId: "d", tableId: "log" },
        sourceFormat: "NEWLINE_DELIMITED_JSON",
        writeDisposition: "WRITE_APPEND",
      },
    };
    const parts = [
      `--b\r\ncontent-type: application/json\r\n\r\n${JSON.stringify({ jobReference, configuration })}\r\n`,
      `--b\r\ncontent-type: */*\r\n\r\n${JSON.stringify({ id, way: "load" })}\r\n--b--\r\n`,
    ];
    return this.#send("/upload/bigquery/v2/projects/p/jobs?uploadType=multipart", "POST", parts.join(""), {
      "content-type": "multipart/related; boundary=b",
    });
  }

  /** False: nobody knows of the job any more; it has to be begun again. */
  async #isDone(id: number): Promise<boolean> {
    for (;;) {
      const found = await this.#call(`jobs/w${id}?location=US`);
      if (found?.status === 404) return false;
      const status = found?.body.status as { state?: string; errorResult?: unknown } | undefined;
      if (status?.state !== "DONE") continue;
      expect(status.errorResult, `w${id}`).toBeUndefined();
      return true;
    }
  }

  async #until(path: string, body: object, isKnown: (answer: Answer) => boolean): Promise<void> {
    for (;;) {
      const answer = await this.#call(path, body);
      if (answer?.status === 200 && isKnown(answer)) return;
    }
  }

  #call(path: string, body?: object) {
    const headers = { "content-type": "application/json" };
    const text = body === undefined ? undefined : JSON.stringify(body);
    return this.#send(`/bigquery/v2/projects/p/${path}`, body === undefined ? "GET" : "POST", text, headers);
  }

  /** Undefined: no answer that says anything. */
  async #send(path: string, method: string, body: string | undefined, headers: Record<string, string>) {
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const answer = await fetch(`${await this.url()}${path}`, { method, headers, signal, ...(body && { body }) });
      const json = (await answer.json()) as Record<string, unknown>;
      return { status: answer.status, body: json };
    } catch {
      await later(5 + this.random() * 20);
      return undefined;
    }
  }
}

const TABLES = `CREATE SCHEMA d; CREATE TABLE d.log (id INT64, way STRING);
  ${Array.from({ length: 10 }, (_, n) => `CREATE TABLE d.one_${n} AS SELECT ${-1 - n} AS id, "copy" AS way`).join(";")}`;

/** Every row that was acknowledged is there once, and no other one. */
function expectOnce(rows: readonly { id: number; n: number }[], written: ReadonlyMap<number, Way>): void {
  const wanted = new Map<number, number>();
  for (const [id, way] of written) {
    // A copy adds a row that tells only from which table it comes.
    const key = way === "copy" ? -1 - (id % 10) : id;
    wanted.set(key, (wanted.get(key) ?? 0) + 1);
  }
  const found = new Map(rows.map(({ id, n }) => [id, n]));
  const wrong = [...new Set([...wanted.keys(), ...found.keys()])].filter((id) => wanted.get(id) !== found.get(id));
  expect(wrong.map((id) => `${id}: wanted ${wanted.get(id) ?? 0}, found ${found.get(id) ?? 0}`)).toEqual([]);
}

const COUNTS = "SELECT id, COUNT(*) AS n FROM d.log GROUP BY id";

describe("a row whose client has heard that it is written, or goes on until it has", () => {
  it(`is there once, though its server is killed (${KILLS} kills)`, { timeout: 7_200_000 }, async () => {
    const server = await served("--database", "DIR/w.duckdb");
    const random = randomFrom(Number(process.env.SEED ?? 1));
    try {
      await server.client.query(TABLES);
      const written = new Map<number, Way>();
      let isOver = false;
      let next = 0;
      // Whoever asks while there is no server waits for the next one: each try would take time from its start.
      let up = Promise.resolve();
      const writer = new Writer(() => up.then(() => server.url), random);
      const writers = Array.from({ length: WRITERS }, async () => {
        while (!isOver) {
          next += 1;
          const id = next;
          const way = WAYS[id % WAYS.length] ?? "INSERT";
          await writer.write(id, way);
          written.set(id, way);
        }
      });
      for (let kill = 0; kill < KILLS; kill += 1) {
        // In the midst of work, and now and then while the server has hardly begun.
        const before = written.size;
        if (random() < 0.8) while (written.size === before) await later(5);
        await later(random() * 300);
        const { process: running } = server;
        running.kill("SIGKILL");
        up = once(running, "exit").then(async () => {
          if (random() < 0.2) {
            kill += 1;
            await server.killStarting(random() * START_MS);
          }
          await server.restart();
        });
        await up;
        if (process.env.FASTBREAK_SERVER_KILLS !== undefined && kill % 100 < 2)
          console.log(`${kill + 1} kills, ${written.size} writes so far`);
      }
      await later(200);
      isOver = true;
      await Promise.all(writers);
      expect(written.size).toBeGreaterThan(KILLS / 2);
      expectOnce((await server.client.query(COUNTS))[0], written);
      if (process.env.FASTBREAK_SERVER_KILLS !== undefined) console.log(`${KILLS} kills, ${written.size} writes`);
    } finally {
      await server.stop();
    }
  });

  it(`is there once, though answers are lost (${FAULTED} faulted calls)`, { timeout: 7_200_000 }, async () => {
    const random = randomFrom(Number(process.env.SEED ?? 1));
    const rules = FAULTS.map((fault) => ({ fault, share: 0.03, path: "/bigquery/v2/" }));
    const server = await startServer({ faults: { seed: Number(process.env.SEED ?? 1), rules: [] } });
    try {
      const writer = new Writer(() => server.url, random);
      const ask = async (query: string) => {
        const body = JSON.stringify({ query });
        const headers = { "content-type": "application/json" };
        return (await (await fetch(`${server.url}/projects/p/queries`, { method: "POST", headers, body })).json()) as {
          rows?: { f: { v: string }[] }[];
        };
      };
      const faulted = async () => {
        const { rules: counts } = (await (await fetch(`${server.url}/faults`)).json()) as {
          rules: { count: number }[];
        };
        return counts.reduce((sum, { count }) => sum + count, 0);
      };
      await ask(TABLES);
      await fetch(`${server.url}/faults`, { method: "PUT", body: JSON.stringify({ seed: 1, rules }) });
      const written = new Map<number, Way>();
      let isOver = false;
      let next = 0;
      const writers = Array.from({ length: WRITERS }, async () => {
        while (!isOver) {
          next += 1;
          const id = next;
          const way = WAYS[id % WAYS.length] ?? "INSERT";
          await writer.write(id, way);
          written.set(id, way);
        }
      });
      while ((await faulted()) < FAULTED) await later(20);
      isOver = true;
      await Promise.all(writers);
      const total = await faulted();
      await fetch(`${server.url}/faults`, { method: "PUT", body: JSON.stringify({ rules: [] }) });
      const rows = (await ask(COUNTS)).rows ?? [];
      expectOnce(
        rows.map(({ f: [id, n] }) => ({ id: Number(id?.v), n: Number(n?.v) })),
        written,
      );
      if (process.env.FASTBREAK_SERVER_FAULTS !== undefined)
        console.log(`${total} faulted calls, ${written.size} writes`);
    } finally {
      await server.close();
    }
  });
});

/** Statements whose job leaves a mark with what it does. */
const EVERY_KIND = `CREATE SCHEMA x; CREATE TABLE x.t (a INT64, b STRING); ALTER TABLE x.t ADD COLUMN c INT64;
  INSERT x.t (a) VALUES (1); UPDATE x.t SET b = "u" WHERE a = 1; MERGE x.t AS t USING (SELECT 2 AS a) AS s ON t.a = s.a WHEN NOT MATCHED THEN INSERT (a) VALUES (2);
  DELETE x.t WHERE a = 2; CREATE VIEW x.v AS SELECT a FROM x.t; CREATE MATERIALIZED VIEW x.m AS SELECT a FROM x.t; CREATE FUNCTION x.f() AS (1);
  CREATE TABLE FUNCTION x.tf() AS SELECT 1 AS a; CREATE PROCEDURE x.p() BEGIN SELECT 1; END; CREATE SNAPSHOT TABLE x.s CLONE x.t; CREATE TABLE x.k COPY x.t;
  ALTER TABLE x.k RENAME TO k2; ALTER SCHEMA x SET OPTIONS (description = "d"); TRUNCATE TABLE x.k2; DROP SNAPSHOT TABLE x.s; DROP MATERIALIZED VIEW x.m;
  DROP VIEW x.v; DROP TABLE FUNCTION x.tf; DROP TABLE x.t; DROP SCHEMA x CASCADE; DROP SCHEMA IF EXISTS x; CREATE SCHEMA y; DROP SCHEMA y`;

it("takes every kind of statement once", async () => {
  const server = await served("--database", "DIR/w.duckdb");
  try {
    for (const [index, query] of EVERY_KIND.split(/;(?! END| SELECT)/).entries()) {
      const body = JSON.stringify({ query: query.trim(), useLegacySql: false, requestId: `kind${index}` });
      const ask = async () => {
        const headers = { "content-type": "application/json" };
        const answer = await fetch(`${server.url}/bigquery/v2/projects/p/queries`, { method: "POST", headers, body });
        return (await answer.json()) as { error?: { message: string }; jobReference?: { jobId: string } };
      };
      const first = await ask();
      expect([query, first.error?.message]).toEqual([query, undefined]);
      expect((await ask()).jobReference).toEqual(first.jobReference);
    }
  } finally {
    await server.stop();
  }
});
