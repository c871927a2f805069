import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { writeLines } from "../report/text.js";
import type { FaultPlan } from "../server/faults/rules.js";
import { formed, onOff, text, wholeNumber } from "./arguments/flags.js";
import { withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { EXIT, usageError } from "./exit.js";
import { placeOf } from "./selection-options.js";
import { stopAsked } from "./stop-asked.js";

export const command = defineCommand({
  flags: withCommon({
    port: wholeNumber("default: 9050; 0: any that is free", 0, 65_535),
    "storage-port": wholeNumber("of the Storage API (gRPC); default: ten above --port", 0, 65_535),
    host: text("address of this machine; default: 127.0.0.1"),
    "in-memory": onOff("an empty warehouse, gone when the server stops"),
    seed: text("folder of files to load first: dataset/table.csv, *.sql"),
    project: formed("project that lists show; default: local", /^[A-Za-z][\w.:-]*$/, "a project id"),
    location: formed("location of the data; default: US", /^[A-Za-z0-9-]+$/, "a location such as US or europe-west1"),
    token: text("clients must send it; default: FASTBREAK_TOKEN, or none"),
    buckets: text("folder that stands for all buckets, for gs:// paths"),
    "time-travel-hours": wholeNumber("how long older rows of tables are kept; default: 168; 0: not at all", 0, 168),
    "time-travel-mb": wholeNumber("memory that they may take; default: 512", 1, 1_000_000),
    faults: text("file of rules by which calls and jobs fail, for tests"),
    "movable-clock": onOff("clients may move the clock ahead, PUT /clock, for tests"),
    "streaming-buffer": wholeNumber("seconds for which streamed rows cannot be changed; default: 0", 0, 86_400),
    quotas: onOff("refuse what BigQuery's quotas of a table refuse"),
    log: onOff("a line on standard error for each request"),
  }),
  notes: [
    "Clients are given the address that is printed: BIGQUERY_EMULATOR_HOST, or\ntheir option for the API endpoint. Any project id is the one warehouse.",
  ],
  examples: [
    "fastbreak serve --in-memory --seed test/data --port 0",
    "fastbreak serve --database warehouse.duckdb --buckets buckets",
  ],

  async execute({ flags }): Promise<number> {
    if (flags.inMemory && flags.database !== undefined) throw usageError("give --in-memory or --database, not both");
    const stop = stopAsked();
    // Loaded only now, because the help of the command needs nothing of it.
    const { keptVersions, serveWarehouse, storagePortBeside } = await import("../session/serve-warehouse.js");
    const { servedRoutes } = await import("../report/page/served-routes.js");
    const server = await serveWarehouse({
      place: placeOf(flags),
      inMemory: flags.inMemory,
      seed: flags.seed,
      page: servedRoutes(flags.project ?? "local"),
      ...(flags.port === undefined ? {} : { port: flags.port }),
      storagePort: flags.storagePort ?? storagePortBeside(flags.port),
      ...(flags.host === undefined ? {} : { host: flags.host }),
      ...(flags.project === undefined ? {} : { project: flags.project }),
      ...(flags.location === undefined ? {} : { location: flags.location }),
      token: flags.token ?? (process.env.FASTBREAK_TOKEN || undefined),
      bucketDir: flags.buckets === undefined ? undefined : resolve(flags.buckets),
      keptVersions: keptVersions(flags.timeTravelHours, flags.timeTravelMb),
      faults: flags.faults === undefined ? undefined : await faultsOf(flags.faults),
      quotas: flags.quotas,
      streamingBufferSeconds: flags.streamingBuffer,
      movesClock: flags.movableClock,
      log: flags.log ? (line) => process.stderr.write(`${line}\n`) : undefined,
    });
    const { url, port, warehouse, storagePort } = server;
    const ready = flags.json
      ? JSON.stringify({ url, port, storagePort, warehouse })
      : `listening on ${url} (${warehouse}), Storage API on port ${storagePort}`;
    if (flags.json) process.stdout.write(`${ready}\n`);
    else writeLines(process.stdout, [ready]);
    await stop;
    await server.close();
    return EXIT.done;
  },
});

/** @throws UsageError for a file that cannot be read, or holds no rules */
async function faultsOf(path: string): Promise<FaultPlan> {
  const { FaultPlan: Plan } = await import("../server/faults/rules.js");
  try {
    return new Plan(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    const isMissing = (cause as { code?: string }).code === "ENOENT";
    throw usageError(`--faults ${path}: ${isMissing ? "there is no such file" : (cause as Error).message}`);
  }
}
