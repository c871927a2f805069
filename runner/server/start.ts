import type { AddressInfo } from "node:net";
import type { Warehouse } from "../port/port.js";
import { JobError, type KeptVersions } from "../port/sql-jobs.js";
import { Turns } from "../port/turns.js";
import { StreamingBuffer } from "./catalog/streaming-buffer.js";
import { Clock } from "./clock.js";
import { Expiry } from "./expiry/expiry.js";
import type { CallOnItsWay } from "./faults/faults.js";
import type { FaultyProxy } from "./faults/proxy.js";
import type { FaultPlan } from "./faults/rules.js";
import { createApp } from "./http/app.js";
import type { Route } from "./http/request.js";
import { InsertIds } from "./jobs/insert-ids.js";
import { markOf, PastChanges } from "./jobs/past-changes.js";
import { JobRegistry } from "./jobs/registry.js";
import { rowsOf } from "./jobs/rows-of.js";
import { runSeed, type SeedScript } from "./jobs/run-seed.js";
import type { JobService } from "./jobs/service.js";
import { Sessions } from "./jobs/sessions.js";
import { TableQuotas } from "./jobs/table-quotas.js";
import { StagedUploads } from "./jobs/uploads.js";
import { MetadataStore } from "./metadata/store.js";
import { ModifiedTimes } from "./metadata/times.js";
import { ApiError } from "./protocol/errors.js";
import { clockRoutes } from "./routes/clock.js";
import { datasetRoutes } from "./routes/datasets.js";
import { discoveryRoutes } from "./routes/discovery.js";
import { iamRoutes } from "./routes/iam.js";
import { jobRoutes } from "./routes/jobs.js";
import { projectRoutes } from "./routes/projects.js";
import { queryRoutes } from "./routes/queries.js";
import { routineRoutes } from "./routes/routines.js";
import { rowAccessRoutes } from "./routes/row-access.js";
import { tabledataRoutes } from "./routes/tabledata.js";
import { tableRoutes } from "./routes/tables.js";
import { uploadRoutes } from "./routes/uploads.js";
import type { StorageServer } from "./storage/start.js";
import { systemTables } from "./system-tables/find.js";

export interface ServeOptions {
  /** 0: any that is free. */
  readonly port: number;
  /** A name or address of this machine that no other machine reaches. */
  readonly host: string;
  /** The project that lists of projects show; every other name is the same warehouse. */
  readonly project: string;
  /** Where datasets are that say nothing else. */
  readonly location: string;
  readonly token: string | undefined;
  /** The folder that stands for all buckets. */
  readonly bucketDir: string | undefined;
  readonly log: ((line: string) => void) | undefined;
  /** How long streamed rows stay in a streaming buffer, whose rows statements may not change; default: 0, there is none. */
  readonly streamingBufferSeconds?: number | undefined;
  /** Whether it refuses what the service's quotas of a table refuse. */
  readonly quotas?: boolean;
  /** Where the Storage API answers, 0: any port that is free; undefined: nowhere. */
  readonly storagePort?: number | undefined;
  /** How long what tables were may be asked for; undefined: never. Nobody else may then change the warehouse. */
  readonly keptVersions?: KeptVersions | undefined;
  /** Clients may move its clock, for tests. */
  readonly movesClock?: boolean;
  /** Calls and jobs that are to fail, for tests; undefined: none. */
  readonly faults?: FaultPlan | undefined;
  /** What is written outlives the server: its clients may ask the next one for jobs that they have named. */
  readonly persists?: boolean;
  /** Scripts that are run before it answers. */
  readonly seed?: readonly SeedScript[] | undefined;
  /** Pages, and what they ask for, beside the API. */
  readonly pages?: readonly Route[];
}

/** A server that answers. */
export interface RunningServer {
  readonly port: number;
  readonly url: string;
  /** Where the Storage API answers (gRPC without TLS); undefined: nowhere. */
  readonly storagePort: number | undefined;
  /** Moves its clock ahead, and removes what has expired by then; what it shows now, in milliseconds since 1970. */
  advanceClock(milliseconds: number): Promise<number>;
  /** Answers no more, ends what runs, and lets go of everything but the warehouse. */
  close(): Promise<void>;
}

/** How long jobs may go on once the server is asked to stop, in milliseconds. */
const GRACE_MS = 2000;

/**
 * Puts the BigQuery API in front of a warehouse.
 * @throws Error where the engine of the warehouse has no jobs, or the port is taken
 */
export async function serve(warehouse: Warehouse, options: ServeOptions): Promise<RunningServer> {
  if (warehouse.jobs === undefined) throw new Error(`the engine ${warehouse.target} cannot be served`);
  const jobs = await warehouse.jobs(options.keptVersions);
  const left = options.persists ? await jobs.marks() : [];
  const clock = new Clock();
  const registry = new JobRegistry(new PastChanges(left, clock), clock);
  const catalogue = {
    jobs,
    store: await MetadataStore.open(jobs),
    times: new ModifiedTimes(clock),
    clock,
    buffer: new StreamingBuffer(clock, (options.streamingBufferSeconds ?? 0) * 1000),
    location: options.location,
    registry,
    sessions: new Sessions(jobs, clock),
    select: (sql: string) => rowsOf(jobs, sql),
  };
  const service: JobService = {
    ...catalogue,
    uploads: new StagedUploads(),
    systemTables: (project, noted) => systemTables(async () => catalogue, project, options.location, noted),
    bucketDir: options.bucketDir,
    faults: options.faults,
    markOf: options.persists === true ? markOf : () => undefined,
    insertIds: new InsertIds(left, options.persists === true, clock),
    quotas: options.quotas ? new TableQuotas() : undefined,
    turns: new Turns(),
  };
  await runSeed(service, options.project, options.seed ?? []);
  const expiry = new Expiry(catalogue, options.project);
  // What cannot be removed now is tried again soon.
  await expiry.sweep().catch(() => undefined);
  const advance = async (milliseconds: number) => {
    clock.advance(milliseconds);
    jobs.moveClock(clock.ahead);
    await expiry.sweep();
    return clock.now();
  };
  const { pages } = options;
  const app = createApp(
    [...allRoutes(service, options), ...clockRoutes(clock, options.movesClock ? advance : undefined), ...(pages ?? [])],
    {
      ...options,
      servesPages: pages !== undefined,
    },
  );
  const { faults } = options;
  await app.listen({ port: faults === undefined ? options.port : 0, host: options.host });
  const address = (bound: number) =>
    `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${bound}`;
  const own = (app.server.address() as AddressInfo).port;
  const proxy = faults && (await proxyBefore(address(own), faults, options, () => app.close()));
  const storage = await storageOf(service, options).catch(async (cause: unknown) => {
    await proxy?.close();
    await app.close();
    throw cause;
  });
  const port = proxy?.port ?? own;
  return {
    port,
    url: address(port),
    storagePort: storage?.port,
    advanceClock: advance,
    async close() {
      await expiry.close();
      await proxy?.close();
      await endJobs(registry);
      storage?.close();
      // A connection that its client has left in the middle of an answer would be waited for until it is idle for long.
      const late = setTimeout(() => app.server.closeAllConnections(), GRACE_MS);
      await app.close();
      clearTimeout(late);
      await service.sessions.closeAll();
      service.uploads.close();
    },
  };
}

async function storageOf(service: JobService, options: ServeOptions): Promise<StorageServer | undefined> {
  const { storagePort: port } = options;
  if (port === undefined) return undefined;
  // Loaded only where it is wanted: it is large.
  const { startStorage } = await import("./storage/start.js");
  return startStorage(service, { ...options, port });
}

/** What a server answers goes through a proxy that damages it on request; `/faults` tells and changes the rules. */
async function proxyBefore(
  target: string,
  faults: FaultPlan,
  { port, host }: ServeOptions,
  onFailure: () => Promise<unknown>,
): Promise<FaultyProxy> {
  const { faultyProxy } = await import("./faults/proxy.js");
  const answer = ({ method, path, body }: CallOnItsWay) => {
    if (path !== "/faults" || (method !== "GET" && method !== "PUT")) return undefined;
    try {
      if (method === "PUT") faults.replace(JSON.parse(body));
      return { status: 200, body: { rules: faults.counts } };
    } catch (cause) {
      return { status: 400, body: new ApiError("invalid", `faults: ${(cause as Error).message}`).body };
    }
  };
  return faultyProxy(target, { port, host, decide: (call) => faults.ofCall(call), answer }).catch(async (cause) => {
    await onFailure();
    throw cause;
  });
}

function allRoutes(service: JobService, { project }: ServeOptions): readonly Route[] {
  const api = [
    ...projectRoutes(project),
    ...datasetRoutes(service),
    ...tableRoutes(service),
    ...iamRoutes(service),
    ...tabledataRoutes(service),
    ...routineRoutes(service),
    ...rowAccessRoutes(service),
    ...jobRoutes(service),
    ...queryRoutes(service),
  ];
  return [
    { method: "GET", url: "/healthz", handle: async () => ({ body: { status: "ok" } }) },
    // Some clients put the whole path behind the address that they are given, others only what follows the version.
    ...["/bigquery/v2", ""].flatMap((prefix) => api.map((route) => ({ ...route, url: `${prefix}${route.url}` }))),
    ...uploadRoutes(service),
    ...discoveryRoutes(),
  ];
}

async function endJobs(registry: JobRegistry): Promise<void> {
  const running = registry.all().filter(({ state }) => state !== "DONE");
  await Promise.all(
    running.map(async (job) => {
      if (await job.wait(GRACE_MS)) return;
      job.stop(new JobError("stopped", "Job execution was cancelled: the server is stopping"));
      await job.wait(GRACE_MS);
    }),
  );
}
