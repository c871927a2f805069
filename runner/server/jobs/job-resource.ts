import type { ChangedRows, JobStatement } from "../../port/sql-jobs.js";
import { ANONYMOUS_DATASET } from "../catalog/datasets.js";
import { etagOf } from "../protocol/etag.js";
import { fieldsOf } from "../protocol/schema.js";
import { anonymousTable } from "./anonymous.js";
import type { Job } from "./job.js";

/** A job as the API writes it. https://cloud.google.com/bigquery/docs/reference/rest/v2/Job */
export function jobResource(job: Job) {
  const { reference } = job;
  const { projectId, jobId, location } = reference;
  return {
    kind: "bigquery#job",
    etag: etagOf("job", projectId, location, jobId, job.state, job.ended ?? 0),
    id: jobName(job),
    selfLink: `https://bigquery.googleapis.com/bigquery/v2/projects/${projectId}/jobs/${jobId}?location=${location}`,
    user_email: job.user,
    principal_subject: `user:${job.user}`,
    configuration: configurationOf(job),
    jobReference: reference,
    jobCreationReason: { code: "REQUESTED" },
    statistics: statisticsOf(job),
    status: statusOf(job),
  };
}

/** The short form that lists have. */
export function jobEntry(job: Job, full: boolean) {
  const { id, kind, jobReference, statistics, status, configuration, user_email, principal_subject } = jobResource(job);
  const { errorResult } = status as { errorResult?: unknown };
  return {
    id,
    kind,
    jobReference,
    state: job.state,
    statistics,
    status,
    ...(errorResult === undefined ? {} : { errorResult }),
    ...(full ? { configuration } : {}),
    user_email,
    principal_subject,
  };
}

export function jobName({ reference: { projectId, location, jobId } }: Job): string {
  return `${projectId}:${location}.${jobId}`;
}

function configurationOf(job: Job) {
  const { query, load, copy, extract, dryRun, jobTimeoutMs, reservation } = job.configuration;
  const labels = labelsOf(job);
  const jobType = query ? "QUERY" : load ? "LOAD" : copy ? "COPY" : "EXTRACT";
  return {
    ...(query === undefined ? {} : { query: queryOf(job) }),
    ...(load === undefined ? {} : { load }),
    ...(copy === undefined ? {} : { copy }),
    ...(extract === undefined ? {} : { extract }),
    ...(dryRun ? { dryRun: true } : {}),
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
    ...(jobTimeoutMs ? { jobTimeoutMs: String(jobTimeoutMs) } : {}),
    ...(reservation ? { reservation } : {}),
    jobType,
  };
}

/** The labels of a job: its own, and those of its session. */
export function labelsOf({ configuration, labels }: Job): Readonly<Record<string, string>> {
  return { ...labels, ...configuration.labels };
}

function queryOf(job: Job) {
  const { query = { query: "" } } = job.configuration;
  const { maximumBytesBilled, ...asked } = query;
  const { projectId } = job.reference;
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== null && value !== undefined));
  return {
    ...destinationOf(job, projectId),
    writeDisposition: "WRITE_TRUNCATE",
    priority: "INTERACTIVE",
    useLegacySql: false,
    ...(maximumBytesBilled ? { maximumBytesBilled: String(maximumBytesBilled) } : {}),
    ...given,
  };
}

/** The table that a job has filled: its own for rows, that of the statement for what makes or changes one. */
function destinationOf(job: Job, projectId: string) {
  const { statementType = "SELECT", statements = [] } = job.outcome;
  if (statementType === "SELECT")
    return { destinationTable: { projectId, datasetId: ANONYMOUS_DATASET, tableId: anonymousTable(job) } };
  const [statement] = statements;
  const { target } = statement ?? {};
  if (target === undefined || statements.length > 1 || !FILLS.has(statementType) || target.dataset === "_SESSION")
    return {};
  return { destinationTable: { projectId, datasetId: target.dataset, tableId: target.name } };
}

const FILLS: ReadonlySet<string> = new Set([
  "CREATE_TABLE_AS_SELECT",
  "CREATE_TABLE",
  "INSERT",
  "UPDATE",
  "DELETE",
  "MERGE",
  "LOAD_DATA",
]);

export function statusOf({ state, error, outcome }: Job) {
  const errors = [...(error === undefined ? [] : [error.proto]), ...(outcome.warnings ?? [])];
  return {
    ...(error === undefined ? {} : { errorResult: error.proto }),
    ...(errors.length === 0 ? {} : { errors }),
    state,
  };
}

function statisticsOf(job: Job) {
  const { created, started, ended, outcome, children, parent, configuration, sessionId } = job;
  const { bytes = 0, statistics = {} } = outcome;
  const times = Object.entries({ creationTime: created, startTime: started, endTime: ended });
  return {
    ...Object.fromEntries(times.flatMap(([name, time]) => (time === undefined ? [] : [[name, String(time)]]))),
    ...(started === undefined || ended === undefined
      ? {}
      : { totalSlotMs: String(ended - started), finalExecutionDurationMs: String(ended - started) }),
    ...(configuration.query === undefined ? {} : { totalBytesProcessed: String(bytes) }),
    ...(children.length === 0 ? {} : { numChildJobs: String(children.length) }),
    ...(parent === undefined
      ? {}
      : { parentJobId: parent.reference.jobId, scriptStatistics: { evaluationKind: "STATEMENT" } }),
    ...(transactionOf(job) === undefined ? {} : { transactionInfo: { transactionId: transactionOf(job) } }),
    ...(sessionId === undefined ? {} : { sessionInfo: { sessionId } }),
    ...(configuration.query === undefined ? {} : { query: queryStatistics(job) }),
    ...statistics,
  };
}

/** The transaction that a job's only statement is part of. */
export function transactionOf({ outcome: { statements = [] } }: Job): string | undefined {
  return statements.length === 1 ? statements[0]?.transactionId : undefined;
}

function queryStatistics(job: Job) {
  const { outcome, configuration } = job;
  const { statementType, bytes = 0, columns, statements = [] } = outcome;
  const [only] = statements;
  const { projectId } = job.reference;
  const isScript = statementType === "SCRIPT";
  return {
    ...(statementType === undefined ? {} : { statementType }),
    totalBytesProcessed: String(bytes),
    totalBytesBilled: configuration.dryRun ? "0" : String(billedBytes(bytes)),
    ...(configuration.dryRun ? { totalBytesProcessedAccuracy: "UPPER_BOUND" } : {}),
    cacheHit: false,
    ...(configuration.dryRun && columns !== undefined ? { schema: { fields: fieldsOf(columns) } } : {}),
    ...(only === undefined || isScript ? {} : statementStatistics(only, projectId)),
  };
}

/** What a definition or a change of rows has done. */
function statementStatistics({ kind, target, operation, changed, loaded, reads }: JobStatement, projectId: string) {
  const referencedTables = reads.map(({ dataset, name }) => ({ projectId, datasetId: dataset, tableId: name }));
  return {
    ...(referencedTables.length === 0 ? {} : { referencedTables }),
    ...(changed === undefined ? {} : changedStatistics(changed)),
    ...(loaded === undefined ? {} : { loadQueryStatistics: loadStatistics(loaded) }),
    ...(operation === undefined ? {} : { ddlOperationPerformed: operation }),
    ...(target === undefined || !/^(?:CREATE|ALTER|DROP)_/.test(kind) ? {} : ddlTarget(kind, target, projectId)),
  };
}

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/Job#LoadQueryStatistics */
function loadStatistics({ files, bytes, rows, badRows }: NonNullable<JobStatement["loaded"]>) {
  const told = { inputFiles: files, inputFileBytes: bytes, outputRows: rows, outputBytes: bytes, badRecords: badRows };
  return Object.fromEntries(Object.entries(told).map(([name, number]) => [name, String(number)]));
}

function ddlTarget(kind: string, { dataset, name }: NonNullable<JobStatement["target"]>, projectId: string) {
  if (/ROW_ACCESS/.test(kind)) return { ddlTargetTable: { projectId, datasetId: dataset, tableId: name } };
  if (/SCHEMA/.test(kind)) return { ddlTargetDataset: { projectId, datasetId: dataset } };
  if (/FUNCTION|PROCEDURE/.test(kind)) return { ddlTargetRoutine: { projectId, datasetId: dataset, routineId: name } };
  return { ddlTargetTable: { projectId, datasetId: dataset, tableId: name } };
}

function changedStatistics({ inserted, updated, deleted }: ChangedRows) {
  return {
    numDmlAffectedRows: String(inserted + updated + deleted),
    dmlStats: {
      ...(inserted > 0 ? { insertedRowCount: String(inserted) } : {}),
      ...(updated > 0 ? { updatedRowCount: String(updated) } : {}),
      ...(deleted > 0 ? { deletedRowCount: String(deleted) } : {}),
    },
  };
}

/** Bytes are billed in steps of 1 MB, at least 10 MB for a query that reads anything. */
export function billedBytes(bytes: number): number {
  const step = 1024 * 1024;
  return bytes === 0 ? 0 : Math.max(10 * step, Math.ceil(bytes / step) * step);
}
