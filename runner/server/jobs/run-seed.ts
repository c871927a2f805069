import { EngineError } from "../../port/engine-error.js";
import type { ApiError } from "../protocol/errors.js";
import { execute } from "./execute.js";
import type { JobService } from "./service.js";

/** A GoogleSQL script that is run before anybody is answered. */
export interface SeedScript {
  /** How it is named to the user. */
  readonly shown: string;
  readonly sql: string;
}

/**
 * Runs scripts as query jobs, so that what they say of tables (how they are partitioned, descriptions, policies) is kept as if a client
 * had said it. No list of jobs has them.
 * @throws EngineError that names the script that is wrong or fails
 */
export async function runSeed(service: JobService, project: string, scripts: readonly SeedScript[]): Promise<void> {
  // Faults and quotas are for what clients do.
  const undisturbed: JobService = { ...service, faults: undefined, quotas: undefined };
  for (const { shown, sql } of scripts) {
    const configuration = { query: { query: sql, useLegacySql: false } };
    const job = service.registry.add(project, service.location, configuration, { isSeed: true });
    await execute(undisturbed, job);
    service.registry.remove(job);
    if (job.error !== undefined) throw inScript(shown, job.error);
  }
}

function inScript(shown: string, { reason, message }: ApiError): EngineError {
  return new EngineError(reason === "invalidQuery" ? "sql" : "query", `${shown}: ${message}`);
}
