/**
 * The BigQuery API in front of the embedded warehouse, in this process: for tests of whatever speaks to BigQuery.
 *
 * @example
 * ```ts
 * import { BigQuery } from "@google-cloud/bigquery";
 * import { startServer } from "fastbreak/server";
 *
 * const server = await startServer({ seed: "test/data" });
 * const client = new BigQuery({ projectId: "test", apiEndpoint: server.url });
 * const [rows] = await client.query("SELECT COUNT(*) AS n FROM shop.orders");
 * await server.close();
 * ```
 * @module
 */
import type { FaultRules } from "../server/faults/rules.js";
import { keptVersions, serveWarehouse, storagePortBeside } from "../session/serve-warehouse.js";
import { told } from "./errors.js";
import { faultPlan, requireServerOptions } from "./server-options.js";

export type { FaultRules } from "../server/faults/rules.js";
export { FastbreakError } from "./errors.js";

/** What is served, and how. */
export interface ServerOptions {
  /** A folder whose files are loaded first: `dataset/table.csv`, `dataset.table.jsonl`, Parquet, and GoogleSQL scripts `*.sql`. */
  readonly seed?: string;
  /** A warehouse that stays; default: one in memory, which is gone when the server is closed. */
  readonly database?: string;
  /** Default: any port that is free. */
  readonly port?: number;
  /** Of the Storage API; default: any port that is free, or ten above `port` where it is said. */
  readonly storagePort?: number;
  /** The project that lists of projects show; a client may name any. Default: `local`. */
  readonly project?: string;
  /** Where datasets are that say nothing else; default: `US`. */
  readonly location?: string;
  /** What clients must send as a bearer token; default: nothing. */
  readonly token?: string;
  /** How long older rows of tables are kept for `FOR SYSTEM_TIME AS OF`; default: 168, 0: not at all. */
  readonly timeTravelHours?: number;
  /** For how many seconds streamed rows stay in a streaming buffer, where statements cannot change them; default: 0. */
  readonly streamingBufferSeconds?: number;
  /** Calls and jobs that are to fail: `{ rules: [{ fault: "reset after", share: 0.1 }, { jobError: "backendError" }] }`. */
  readonly faults?: FaultRules;
  /** The folder that stands for all buckets: `gs://b/f.csv` is `b/f.csv` in it. */
  readonly buckets?: string;
}

/** A server that answers. */
export interface Server {
  /** As `http://127.0.0.1:41234`: what a client is given as its endpoint. */
  readonly url: string;
  readonly port: number;
  /** Port of the Storage API, gRPC without TLS on the same address. */
  readonly storagePort: number;
  /** Moves its clock ahead: CURRENT_TIMESTAMP, times of jobs and tables, and what expires by it. The time that it shows then. */
  advanceClock(milliseconds: number): Promise<Date>;
  /** Stops answering, ends what runs, and closes the warehouse. */
  close(): Promise<void>;
}

/**
 * Starts a server; it answers when this returns.
 * @throws FastbreakError for options that make no sense, a seed that cannot be loaded and a port that is taken
 */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  return told(async () => {
    requireServerOptions(options);
    const { seed, database, port = 0, storagePort, project, location, token, buckets, faults } = options;
    const { timeTravelHours, streamingBufferSeconds } = options;
    const {
      url,
      port: taken,
      storagePort: storage,
      close,
      advanceClock,
    } = await serveWarehouse({
      place: { database },
      inMemory: database === undefined,
      seed,
      port,
      storagePort: storagePort ?? storagePortBeside(port),
      streamingBufferSeconds,
      ...(project === undefined ? {} : { project }),
      ...(location === undefined ? {} : { location }),
      token,
      bucketDir: buckets,
      faults: faultPlan(faults),
      keptVersions: keptVersions(timeTravelHours),
    });
    return {
      url,
      port: taken,
      storagePort: storage as number,
      close,
      advanceClock: async (by) => new Date(await advanceClock(by)),
    };
  });
}
