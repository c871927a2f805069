import { JobError } from "../../port/sql-jobs.js";
import { ApiError, apiError } from "../protocol/errors.js";
import { inTurn } from "./in-turn.js";
import type { Job, JobOutcome } from "./job.js";
import { runCopy } from "./run-copy.js";
import { runExtract } from "./run-extract.js";
import { runLoad } from "./run-load.js";
import { runQuery } from "./run-query.js";
import type { JobService } from "./service.js";

/** The service itself does not stop a job sooner than that, in milliseconds. */
const SHORTEST_TIMEOUT_MS = 1000;

/** Runs a job to its end; what goes wrong is told in the job. */
export async function execute(service: JobService, job: Job): Promise<void> {
  const { jobTimeoutMs } = job.configuration;
  const timer = jobTimeoutMs ? stopLater(job, Math.max(jobTimeoutMs, SHORTEST_TIMEOUT_MS)) : undefined;
  job.begin();
  try {
    const wanted = service.faults?.ofJob(JSON.stringify(job.configuration));
    if (wanted !== undefined) throw new ApiError(wanted, `injected ${wanted}`);
    const work = () => inTurn(service, job, () => run(service, job));
    const outcome = await (service.quotas?.hold(job, work) ?? work());
    await addChildren(service, job, outcome);
    job.finish(outcome, undefined);
  } catch (cause) {
    const { projectId: project, location } = job.reference;
    const outcome = failedScript(job);
    const error = apiError(await withoutDataset(service, cause), { project, location });
    await addChildren(service, job, outcome);
    job.finish(outcome, error);
  } finally {
    clearTimeout(timer);
    service.registry.keepResults(job);
  }
}

/** A table that is not there because its dataset is none: the service tells of the dataset. */
async function withoutDataset({ jobs }: JobService, cause: unknown): Promise<unknown> {
  if (!(cause instanceof JobError) || cause.reason !== "notFound" || cause.object?.kind !== "Table") return cause;
  const { path } = cause.object;
  const [dataset] = path.slice(-2);
  if (path.length < 2 || dataset === undefined) return cause;
  const known = await jobs.datasets();
  if (known.includes(dataset.replaceAll(/[`"]/g, ""))) return cause;
  return new JobError("notFound", cause.message, undefined, { kind: "Dataset", path: path.slice(0, -1) });
}

function stopLater(job: Job, milliseconds: number): NodeJS.Timeout {
  const message = `Job timed out after ${milliseconds / 1000} sec. Try increasing jobTimeoutMs`;
  return setTimeout(() => job.stop(new JobError("stopped", message)), milliseconds);
}

async function run(service: JobService, job: Job): Promise<JobOutcome> {
  const { query, load, copy, extract, dryRun } = job.configuration;
  if (query !== undefined) return runQuery(service, job, query);
  // Of what other jobs would do the service tells nothing.
  if (dryRun === true) return {};
  if (load !== undefined) return runLoad(service, job, load);
  if (copy !== undefined) return runCopy(service, job, copy);
  if (extract !== undefined) return runExtract(service, job, extract);
  throw new ApiError("required", "Job configuration must contain exactly one job-specific configuration object");
}

/** A job that has failed after some of its statements is a script, and so is one of which a statement has failed. */
function failedScript({ statements }: Job): JobOutcome {
  return statements.length === 0 ? {} : { statementType: "SCRIPT", statements };
}

/** The statements of a script are jobs too, those that failed among them. */
async function addChildren(
  service: JobService,
  job: Job,
  { statementType, statements = [] }: JobOutcome,
): Promise<void> {
  if (statementType !== "SCRIPT" && statementType !== "CALL") return;
  const { projectId, location } = job.reference;
  for (const [index, statement] of statements.entries()) {
    const { failure } = statement;
    const error =
      failure === undefined
        ? undefined
        : apiError(await withoutDataset(service, failure), { project: projectId, location });
    const child = service.registry.add(
      projectId,
      location,
      { query: { query: statement.text, useLegacySql: false } },
      { jobId: job.childId(index), parent: job },
    );
    child.labels = statement.labels;
    child.started = statement.startedAt;
    child.finish({ statementType: statement.kind, rows: statement.rows, statements: [statement] }, error);
    child.ended = statement.endedAt;
  }
}
