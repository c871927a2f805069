import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type RunRecord, recordOf } from "../../runner/events/run-record.js";
import { EVERYTHING } from "../../runner/plan/select.js";
import { carryOut } from "../../runner/session/carry-out.js";
import { costOf, requireBudget } from "../../runner/session/plan-cost.js";
import { planSession } from "../../runner/session/plan-request.js";
import { newRunId } from "../../runner/session/run-id.js";
import { serveWarehouse } from "../../runner/session/serve-warehouse.js";
import { withProject } from "../../runner/session/session.js";
import { type FaultyProxy, faultyProxy } from "./faulty-proxy.js";

/** A job as the server lists it. */
export interface ListedJob {
  readonly jobReference: { readonly jobId: string };
  readonly configuration: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly query?: { readonly query: string };
  };
  readonly statistics: {
    readonly query?: { readonly totalBytesBilled?: string; readonly totalBytesProcessed?: string };
  };
  readonly status: { readonly state: string; readonly errorResult?: unknown };
}

/** A server that stands for BigQuery. */
export interface StandIn {
  readonly url: string;
  close(): Promise<void>;
}

/** A project in a folder of its own, a server that stands for BigQuery, and a proxy between them. */
export class World {
  private constructor(
    readonly dir: string,
    readonly server: StandIn,
    readonly proxy: FaultyProxy,
  ) {}

  /** @param own the settings of Dataform that stand in every world; none where the files bring theirs */
  static async open(
    files: Readonly<Record<string, string>>,
    seed: string,
    own: readonly string[] = ["dataform.json"],
  ): Promise<World> {
    return World.on(await serveWarehouse({ place: {}, inMemory: true, seed: undefined, port: 0 }), files, seed, own);
  }

  /** The same on a server that runs already. */
  static async on(
    server: StandIn,
    files: Readonly<Record<string, string>>,
    seed: string,
    own: readonly string[] = ["dataform.json"],
  ): Promise<World> {
    const dir = mkdtempSync(join(tmpdir(), "bigquery-"));
    const proxy = await faultyProxy(server.url);
    const world = new World(dir, server, proxy);
    const settings = {
      "dataform.json": JSON.stringify({ warehouse: "bigquery", defaultDatabase: "acme", defaultSchema: "shop" }),
      "package.json": "{}",
      "fastbreak.json": JSON.stringify({ bigquery: { endpoint: proxy.url } }),
    };
    const kept = Object.entries(settings).filter(([name]) => !name.startsWith("dataform") || own.includes(name));
    for (const [path, text] of [...kept, ...Object.entries(files)]) world.write(path, text);
    await world.sql(seed);
    return world;
  }

  write(path: string, text: string): void {
    mkdirSync(join(this.dir, dirname(path)), { recursive: true });
    writeFileSync(join(this.dir, path), text);
  }

  /** A whole run with `--target bigquery`. */
  async run(options: { readonly force?: boolean; readonly select?: readonly string[] } = {}): Promise<RunRecord> {
    const startedAt = new Date();
    const force = options.force ?? false;
    return withProject({ projectDir: this.dir, target: "bigquery", concurrency: "2" }, async (session) => {
      const select = options.select ?? [];
      const selection = {
        select,
        exclude: [],
        actions: [],
        tags: [],
        includeDependencies: false,
        includeDependents: false,
      };
      const plan = await planSession(session, { window: undefined, selection, force, upstream: true });
      const run = { runId: newRunId(startedAt), startedAt, failFast: false, force };
      return recordOf(await carryOut(session, plan, { ...run, emit: () => undefined }));
    });
  }

  /** What a plan would cost, once it is within the budget. */
  async cost() {
    return withProject({ projectDir: this.dir, target: "bigquery" }, async (session) => {
      const plan = await planSession(session, {
        window: undefined,
        selection: EVERYTHING,
        force: false,
        upstream: true,
      });
      await requireBudget(session, plan);
      const [cost] = await costOf(session, plan);
      if (cost?.event !== "cost_estimated") throw new Error("nobody was asked");
      return cost;
    });
  }

  /** Rows of a query, or nothing of a script, straight from the server. */
  async sql(query: string): Promise<string[][]> {
    return sqlAt(this.server.url, query);
  }

  /** Jobs of the runner, the newest first. */
  async jobs(): Promise<readonly ListedJob[]> {
    const answer = await fetch(
      `${this.server.url}/bigquery/v2/projects/acme/jobs?projection=full&maxResults=10000&allUsers=true`,
    );
    const { jobs = [] } = (await answer.json()) as { jobs?: ListedJob[] };
    return jobs.filter(({ jobReference }) => jobReference.jobId.startsWith("fastbreak_"));
  }

  async close(): Promise<void> {
    await this.proxy.close();
    await this.server.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Waits until what was written is not of this very moment any more: then the server's metadata tell of every later write. */
export async function settled(): Promise<void> {
  await new Promise((done) => setTimeout(done, 2100));
}

/** Rows of a query, or nothing of a script, of a server. */
export async function sqlAt(url: string, query: string): Promise<string[][]> {
  const answer = await fetch(`${url}/bigquery/v2/projects/acme/queries`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, useLegacySql: false, timeoutMs: 60_000, labels: { from: "test" } }),
  });
  const body = (await answer.json()) as { error?: { message: string }; rows?: { f: { v: string }[] }[] };
  if (body.error !== undefined) throw new Error(`${body.error.message}\n${query}`);
  return (body.rows ?? []).map(({ f }) => f.map(({ v }) => (v === null ? "NULL" : String(v))));
}
