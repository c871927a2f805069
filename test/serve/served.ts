import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as later } from "node:timers/promises";
import { BigQuery, type Dataset } from "@google-cloud/bigquery";
import { PassThroughClient } from "google-auth-library";
import { afterAll, beforeAll } from "vitest";
import { ROOT } from "../rig.js";

/** A server in a process of its own, as users start it. */
export interface Served {
  readonly url: string;
  readonly storagePort: number;
  /** A scratch folder that goes with the server. */
  readonly dir: string;
  readonly process: ChildProcess;
  readonly client: BigQuery;
  /** Asks it to stop; its exit code. */
  stop(): Promise<number | null>;
  /** Starts it again on the same folder. */
  restart(): Promise<void>;
  /** Starts it on the same folder and kills it so many milliseconds later, whether it answers by then or not. */
  killStarting(milliseconds: number): Promise<void>;
}

/** Starts `fastbreak serve --port 0` with some flags; `DIR` in a flag is the scratch folder. */
export async function served(...flags: readonly string[]): Promise<Served> {
  const dir = mkdtempSync(join(tmpdir(), "serve-"));
  const given = flags.map((flag) => flag.replace("DIR", dir));
  let running = await start(dir, given);
  return {
    get url() {
      return running.url;
    },
    get storagePort() {
      return running.storagePort;
    },
    dir,
    get process() {
      return running.process;
    },
    get client() {
      return clientOf(running.url);
    },
    async stop() {
      const code = await ended(running.process);
      rmSync(dir, { recursive: true, force: true });
      return code;
    },
    async restart() {
      await ended(running.process);
      running = await start(dir, given);
    },
    async killStarting(milliseconds) {
      await ended(running.process);
      const starting = launch(dir, given);
      await later(milliseconds);
      starting.kill("SIGKILL");
      if (starting.signalCode === null) await once(starting, "exit");
    },
  };
}

/** The real client, pointed at the server. */
export function clientOf(url: string): BigQuery {
  const options = { projectId: "test-project", apiEndpoint: url, authClient: new PassThroughClient() };
  return new BigQuery({ ...options, retryOptions: { maxRetries: 1, retryDelayMultiplier: 0.1, maxRetryDelay: 0.05 } });
}

function launch(dir: string, flags: readonly string[]) {
  const command = [join(ROOT, "bin/fastbreak.cjs"), "serve", "--port", "0", "--json", ...flags];
  return spawn(process.execPath, command, { cwd: dir, stdio: ["ignore", "pipe", "pipe"] });
}

async function start(dir: string, flags: readonly string[]) {
  const process_ = launch(dir, flags);
  const errors: Buffer[] = [];
  process_.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  for await (const line of createInterface({ input: process_.stdout }))
    return { process: process_, ...(JSON.parse(line) as { url: string; storagePort: number }) };
  throw new Error(`the server did not start: ${Buffer.concat(errors)}`);
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  child.kill("SIGTERM");
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}

/** A server in memory for the tests of a group, with an empty dataset `shop`. */
export function servedShop() {
  let server: Served;
  let shop: Dataset;
  beforeAll(async () => {
    server = await served("--in-memory");
    [shop] = await server.client.createDataset("shop");
  });
  afterAll(() => server.stop());
  return {
    server: () => server,
    shop: () => shop,
    rows: async (query: string, options: object = {}) => (await server.client.query({ query, ...options }))[0],
  };
}
