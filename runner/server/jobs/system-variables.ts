import type { SystemVariables } from "../../port/sql-jobs.js";
import { bytesOf } from "./bytes-read.js";
import type { Job } from "./job.js";
import { billedBytes } from "./job-resource.js";
import type { JobService } from "./service.js";

/**
 * What a query job knows of itself. https://cloud.google.com/bigquery/docs/reference/system-variables
 * @param sessionId of the session that it runs in, asked for when a statement wants to know
 */
export function systemVariablesOf(service: JobService, job: Job, sessionId: () => string | undefined): SystemVariables {
  const { projectId, jobId, location } = job.reference;
  const { statements, configuration } = job;
  const bytes = async (): Promise<number[]> => Promise.all(statements.map((one) => bytesOf(service, [one])));
  const values: Readonly<Record<string, (inScript: boolean) => string | undefined | Promise<string | undefined>>> = {
    project_id: () => text(projectId),
    dataset_project_id: () => text(configuration.query?.defaultDataset?.projectId ?? projectId),
    location: () => text(location),
    session_id: () => text(sessionId()),
    current_job_id: (inScript) => text(inScript ? job.childId(statements.length) : jobId),
    last_job_id: (inScript) =>
      inScript && statements.length > 0 ? text(job.childId(statements.length - 1)) : undefined,
    "script.job_id": (inScript) => (inScript ? text(jobId) : undefined),
    "script.creation_time": (inScript) => (inScript ? `TIMESTAMP_MILLIS(${job.created})` : undefined),
    "script.num_child_jobs": (inScript) => (inScript ? String(statements.length) : undefined),
    "script.bytes_processed": async (inScript) => (inScript ? String(sum(await bytes())) : undefined),
    "script.bytes_billed": async (inScript) => (inScript ? String(sum((await bytes()).map(billedBytes))) : undefined),
    "script.slot_ms": (inScript) =>
      inScript ? String(sum(statements.map(({ startedAt, endedAt }) => endedAt - startedAt))) : undefined,
  };
  return async (name, inScript) => {
    if (name === "dataset_id") return "NULL";
    const value = values[name];
    return value && ((await value(inScript)) ?? "NULL");
  };
}

const text = (value: string | undefined): string | undefined => value && JSON.stringify(value);

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
