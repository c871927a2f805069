import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, createServer as createSocket } from "node:net";
import { join } from "node:path";
import { ROOT } from "../rig.js";
import type { StandIn } from "./world.js";

/** Where `npm run clients` installs it. */
const PYTHON = join(ROOT, "node_modules/.cache/clients/bqemulator/bin/python");
const LONGEST_START_MS = 60_000;

export const HAS_BQEMULATOR = existsSync(PYTHON);

/** Starts it on a port of its own, behind a server that makes up for what keeps projects from running there at all. */
export async function startBqemulator(): Promise<StandIn & { readonly bare: string }> {
  const [rest, grpc] = [await freePort(), await freePort()];
  const ports = ["--rest-port", String(rest), "--grpc-port", String(grpc)];
  const command = [join(ROOT, "tools/clients/start_bqemulator.py"), "start", ...ports, "--log-level", "error"];
  const child = spawn(PYTHON, command, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const emulator = new Emulator(`http://127.0.0.1:${rest}`);
  await answers(emulator, child, () => said);
  const server = await mended(emulator);
  return {
    bare: emulator.url,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      const ended = new Promise((done) => child.once("exit", done));
      child.kill();
      await ended;
    },
  };
}

interface TableResource extends Record<string, unknown> {
  readonly type?: string;
  readonly etag?: string;
}

/** The emulator as it is. */
class Emulator {
  constructor(readonly url: string) {}

  async call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await fetch(`${this.url}/bigquery/v2/projects/acme${path}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as Record<string, unknown>;
  }

  async query(query: string) {
    const { schema, rows, errors } = await this.call("POST", "/queries", { query, useLegacySql: false });
    if (errors !== undefined) throw new Error(`bqemulator: ${JSON.stringify(errors)}`);
    const cells = (rows as { f: { v: string | null }[] }[]).map(({ f }) => f.map(({ v }) => v));
    return { schema, rows: cells };
  }
}

/** NUMERIC has 18 digits there, so that sums of 64-bit numbers do not fit. */
function withWideNumeric(sql: string): string {
  return sql.replace(/\bAS NUMERIC\)/g, "AS NUMERIC(38, 0))");
}

/** ALTER TABLE takes one change a statement there. */
function withSingleChanges(sql: string): string {
  return sql.replace(ALTERATION, (_, alter: string, table: string, changes: string) =>
    changes
      .split(/,\s*(?=(?:ADD|DROP) COLUMN)/)
      .map((change) => `${alter} ${table} ${change}`)
      .join(";\n"),
  );
}

const ALTERATION = /\b(ALTER TABLE)\s+(\S+)\s+((?:ADD|DROP) COLUMN [^;]*)/g;

/** Metadata keep the columns of before ALTER TABLE there. */
async function followAlterations(emulator: Emulator, sql: string): Promise<void> {
  const altered = new Set([...sql.matchAll(ALTERATION)].map(([, , table = ""]) => table.replaceAll("`", "")));
  for (const name of altered) {
    const [table = "", dataset = ""] = name.split(".").reverse();
    const { schema } = await emulator.query(`SELECT * FROM ${dataset}.${table} LIMIT 0`);
    await emulator.call("PATCH", `/datasets/${dataset}/tables/${table}`, { schema });
  }
}

/** Metadata do not tell there that rows were written: their number, etag and time stay as they were when the table was made. */
class RowMetadata {
  readonly #seen = new Map<string, { readonly etag: string; readonly lastModifiedTime: string }>();
  readonly #counted = new Map<string, Promise<readonly (string | null)[]>>();

  constructor(readonly emulator: Emulator) {}

  /** Something may have been written. */
  forget(): void {
    this.#counted.clear();
  }

  async corrected(dataset: string, table: string, resource: TableResource): Promise<TableResource> {
    const key = `${dataset}.${table}`;
    const counted = this.#counted.get(key) ?? this.#count(dataset, table);
    this.#counted.set(key, counted);
    const [numRows, digest, numBytes] = await counted;
    const etag = [resource.etag, numRows, digest].join();
    if (this.#seen.get(key)?.etag !== etag) this.#seen.set(key, { etag, lastModifiedTime: String(Date.now()) });
    return { ...resource, numRows, numBytes, ...this.#seen.get(key) };
  }

  async #count(dataset: string, table: string) {
    const row = "TO_JSON_STRING(t)";
    const { rows } = await this.emulator.query(
      `SELECT COUNT(*), BIT_XOR(FARM_FINGERPRINT(${row})), COALESCE(SUM(LENGTH(${row})), 0) FROM \`${dataset}\`.\`${table}\` AS t`,
    );
    return rows[0] ?? [];
  }
}

const VIEW = /^CREATE OR REPLACE VIEW\s+(\S+) AS ([\s\S]*)$/;

interface JobResource {
  readonly jobReference?: { readonly jobId?: string };
  readonly configuration?: { readonly query?: { query?: string } };
  query?: string;
}

/** Work that is done piece by piece, in the order in which it comes. */
function oneByOne(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
}

async function mended(emulator: Emulator): Promise<Server> {
  const texts = new Map<string, string>();
  /** Texts of views, which the emulator does not tell. */
  const views = new Map<string, string>();
  const metadata = new RowMetadata(emulator);
  // A list of rows there has those of a query that runs at the same moment.
  const inTurn = oneByOne();

  /** The call as the emulator takes it, with the text that is in it. */
  const prepared = (method: string, path: string, body: string) => {
    if (method !== "POST" || !/\/(?:jobs|queries)$/.test(path.split("?")[0] ?? "")) return { body, sql: undefined };
    const job = JSON.parse(body) as JobResource;
    const holder = job.configuration?.query ?? job;
    if (holder.query === undefined) return { body, sql: undefined };
    const [, view = "", text] = VIEW.exec(holder.query) ?? [];
    if (text !== undefined) views.set(view.replaceAll("`", "").split(".").slice(-2).join("."), text);
    texts.set(job.jobReference?.jobId ?? "", holder.query);
    holder.query = withSingleChanges(withWideNumeric(holder.query));
    return { body: JSON.stringify(job), sql: holder.query };
  };

  const corrected = async (path: string, answer: unknown) => {
    const job = answer as JobResource;
    const text = texts.get(job.jobReference?.jobId ?? "");
    // A job tells the text that it was given.
    if (job.configuration?.query !== undefined && text !== undefined) job.configuration.query.query = text;
    const [, dataset, table] = /\/datasets\/([^/?]+)\/tables\/([^/?]+)(?:\?|$)/.exec(path) ?? [];
    const resource = answer as TableResource;
    if (dataset === undefined || table === undefined) return answer;
    if (resource.type === "VIEW") return { ...resource, view: { query: views.get(`${dataset}.${table}`) } };
    return resource.type !== "TABLE" ? answer : metadata.corrected(dataset, table, resource);
  };

  const server = createServer((incoming, outgoing) => {
    const pass = async (asked: string) => {
      const { method = "GET", url: path = "/" } = incoming;
      const { body, sql } = prepared(method, path, asked);
      const answer = await fetch(`${emulator.url}${path}`, {
        method,
        headers: forwarded(incoming.headers),
        ...(method === "GET" ? {} : { body }),
      });
      const text = await answer.text();
      if (sql !== undefined) await followAlterations(emulator, sql);
      if (method !== "GET" && !/^\s*SELECT\b/.test(sql ?? "")) metadata.forget();
      const type = answer.headers.get("content-type") ?? "";
      const isObject = answer.ok && type.includes("json") && text !== "";
      const sent = isObject ? JSON.stringify(await corrected(path, JSON.parse(text))) : text;
      outgoing.writeHead(answer.status, { "content-type": type, date: new Date().toUTCString() }).end(sent);
    };
    textOf(incoming)
      .then((asked) => inTurn(() => pass(asked)))
      .catch((cause: unknown) => outgoing.writeHead(501).end(String(cause)));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return server;
}

function forwarded({ "content-length": _length, host: _host, connection: _way, ...rest }: IncomingHttpHeaders) {
  return rest as Record<string, string>;
}

async function textOf(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

async function answers(emulator: Emulator, child: ChildProcess, said: () => string): Promise<void> {
  for (const end = Date.now() + LONGEST_START_MS; Date.now() < end; ) {
    if (child.exitCode !== null) throw new Error(`bqemulator ended: ${said()}`);
    const isThere = await emulator.call("GET", "/datasets").then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`bqemulator does not answer: ${said()}`);
}

async function freePort(): Promise<number> {
  const socket = createSocket();
  await new Promise<void>((done) => socket.listen(0, "127.0.0.1", done));
  const { port } = socket.address() as AddressInfo;
  await new Promise((done) => socket.close(done));
  return port;
}
