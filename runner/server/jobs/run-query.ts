import { askedStatement } from "../../googlesql/asked-statement.js";
import { positionOf } from "../../googlesql/errors.js";
import { type Token, tokenize } from "../../googlesql/lexer.js";
import { JobError, type JobRequest, type JobSession, type JobStatement } from "../../port/sql-jobs.js";
import { ANONYMOUS_DATASET, openAnonymous } from "../catalog/datasets.js";
import { withoutDecorator } from "../catalog/partitions.js";
import { accessOf } from "../catalog/row-access.js";
import { collationsOf } from "../catalog/service.js";
import { ApiError, type ErrorProto } from "../protocol/errors.js";
import type { QueryConfiguration } from "../requests/configuration.js";
import { jobParameters } from "../values/parameters.js";
import { withResults } from "./anonymous.js";
import { bufferGuard } from "./buffer-guard.js";
import { bytesOf } from "./bytes-read.js";
import { definitionGuard } from "./definition-guard.js";
import { refOf } from "./destination.js";
import { noteEnd, noteStatement } from "./effects.js";
import { exporterOf } from "./export-data.js";
import type { Job, JobOutcome } from "./job.js";
import { loaderOf } from "./load-data.js";
import { requirePartitionFilters } from "./partition-filter.js";
import { proceduresOf } from "./procedures.js";
import { noteDestination, queryDestination } from "./query-destination.js";
import { externalTables, withDefinitions } from "./read-external.js";
import type { JobService } from "./service.js";
import type { SessionOwner } from "./sessions.js";
import { systemVariablesOf } from "./system-variables.js";

/** Runs the text of a query job, or says what it would do. */
export async function runQuery(service: JobService, job: Job, query: QueryConfiguration): Promise<JobOutcome> {
  requireGoogleSql(query);
  if (!job.isSeed) {
    requireStatement(query.query);
    requireLength(query.query);
  }
  const { projectId } = job.reference;
  let endsSession = false;
  let ownSession = query.connectionProperties?.find(({ key }) => key === "session_id")?.value;
  const warnings: ErrorProto[] = [];
  // In the order of the statements: one may undo what another has done.
  let notes = Promise.resolve();
  const request: JobRequest = {
    sql: query.query,
    parameters: jobParameters(query.queryParameters ?? []),
    defaultDataset: query.defaultDataset?.datasetId,
    systemTables: await withDefinitions(
      service,
      withResults(
        service.registry,
        projectId,
        service.systemTables(projectId, () => notes),
      ),
      query.tableDefinitions,
    ),
    externals: externalTables(service, projectId),
    isCollated: collationsOf(service),
    systemVariable: systemVariablesOf(service, job, () => ownSession),
    procedures: proceduresOf(
      service,
      job,
      () => ownSession,
      () => {
        endsSession = true;
      },
    ),
    access: accessOf(service, job.user),
    signal: job.signal,
    mayChangeRows: bufferGuard(service, projectId),
    mayDefine: definitionGuard(service, () => notes),
    exporter: exporterOf(service.bucketDir),
    loader: loaderOf(service, job, (rows) => warnings.push(...rows)),
    once: service.markOf(job),
    destination: undefined,
  };
  await requirePartitionFilters(service, projectId, request);
  if (job.configuration.dryRun) return planned(service, request);
  // A statement may make a table in it.
  if (query.query.includes(ANONYMOUS_DATASET)) await openAnonymous(service);
  const destination = await queryDestination(service, projectId, query, request);
  if (query.maximumBytesBilled) await requireAffordable(service, request, query.maximumBytesBilled);
  const { run, sessionId } = await sessionOf(service, query, request, {
    project: projectId,
    user: job.user,
    location: job.reference.location,
  });
  ownSession = sessionId;
  job.sessionId = sessionId;
  const { statements } = job;
  try {
    await run({ ...request, destination: destination?.layout }, (statement) => {
      statements.push(statement);
      notes = notes.then(() => noteStatement(service, statement));
    });
  } finally {
    job.labels = statements.length === 1 ? statements[0]?.labels : undefined;
    await notes;
    noteEnd(service, statements);
    if (endsSession && sessionId !== undefined) await service.sessions.end(sessionId);
  }
  if (destination !== undefined && query.destinationTable)
    await noteDestination(service, withoutDecorator(refOf(query.destinationTable, projectId)).base, query, destination);
  return { ...(await outcomeOf(service, statements, query.query)), warnings };
}

async function planned(service: JobService, request: JobRequest): Promise<JobOutcome> {
  const plan = await service.jobs.describe(request);
  const columns = plan.columns ?? (await targetColumns(service, plan));
  return { statementType: plan.kind, columns, statements: [plan], bytes: await bytesOf(service, [plan]) };
}

/** A dry run of a change of rows tells the columns of its table. */
async function targetColumns(service: JobService, { kind, target }: JobStatement) {
  if (target === undefined || !["INSERT", "UPDATE", "DELETE", "MERGE"].includes(kind)) return undefined;
  const [relation] = await service.jobs.relations(target.dataset, target.name);
  return relation?.columns;
}

async function outcomeOf(service: JobService, statements: readonly JobStatement[], sql: string): Promise<JobOutcome> {
  const [only] = statements;
  const isSingle =
    statements.length === 1 && only !== undefined && only.text.trim() === sql.trim().replace(/;\s*$/, "").trim();
  const kind = isSingle ? only.kind : await kindOf(statements, sql);
  const rows = statements.findLast((statement) => statement.rows !== undefined)?.rows;
  return { statementType: kind, rows, statements, bytes: await bytesOf(service, statements) };
}

/** The kind of a job whose text is not one statement alone; blanks, comments and functions around one do not make a script. */
async function kindOf(statements: readonly JobStatement[], sql: string): Promise<string> {
  const { parseScriptText } = await import("../../googlesql/parser/script.js");
  const asked = askedStatement(parseScriptText(sql));
  if (asked === undefined) return "SCRIPT";
  const [only] = statements;
  if (statements.length === 1 && only?.text.length === asked.end - asked.start) return only.kind;
  return asked.kind === "call" ? "CALL" : "SCRIPT";
}

async function requireAffordable(service: JobService, request: JobRequest, most: number): Promise<void> {
  const bytes = await bytesOf(service, [await service.jobs.describe(request)]);
  if (bytes > most)
    throw new ApiError(
      "bytesBilledLimitExceeded",
      `Query exceeded limit for bytes billed: ${most}. ${bytes} or higher required.`,
    );
}

function requireGoogleSql({ query, useLegacySql }: QueryConfiguration): void {
  if (useLegacySql !== true && !/^\s*#legacySQL\b/i.test(query)) return;
  throw new ApiError(
    "invalidQuery",
    "Legacy SQL is not supported by the embedded engine; set useLegacySql to false",
    "query",
  );
}

/** https://cloud.google.com/bigquery/quotas#query_jobs */
const MOST_CHARACTERS = 1_048_576;

function requireLength(sql: string): void {
  if (sql.length > MOST_CHARACTERS)
    throw new ApiError(
      "invalid",
      "The query is too large. The maximum standard SQL query length is 1024.00K characters, including comments and white space characters.",
    );
}

/** @throws JobError for a text with nothing but blanks, comments and semicolons */
function requireStatement(sql: string): void {
  let tokens: readonly Token[];
  try {
    tokens = tokenize(sql);
  } catch {
    // Whoever parses it says where it is wrong.
    return;
  }
  if (tokens.some(({ kind, value }) => kind !== "end" && value !== ";")) return;
  throw new JobError("invalidQuery", "Syntax error: Unexpected end of statement", positionOf(sql, sql.length));
}

type Run = JobSession["run"];

/** What runs a job: a session that the client has opened, or opens with it, or none that lasts. */
async function sessionOf(
  { sessions, jobs }: JobService,
  { createSession, connectionProperties }: QueryConfiguration,
  request: JobRequest,
  owner: SessionOwner,
): Promise<{ readonly run: Run; readonly sessionId: string | undefined }> {
  const given = connectionProperties?.find(({ key }) => key === "session_id")?.value;
  if (given !== undefined) {
    const session = sessions.find(given);
    return { run: session.run.bind(session), sessionId: given };
  }
  if (createSession !== true) return { run: (job, told) => jobs.run(job, told), sessionId: undefined };
  const { id, session } = await sessions.create(request, owner);
  return { run: session.run.bind(session), sessionId: id };
}
