import type { ApiRequest, Route } from "../http/request.js";
import { execute } from "../jobs/execute.js";
import type { Job, JobOrigin } from "../jobs/job.js";
import { billedBytes, jobName } from "../jobs/job-resource.js";
import { jobLocation } from "../jobs/location.js";
import type { JobService } from "../jobs/service.js";
import { ApiError, notFound } from "../protocol/errors.js";
import { etagOf } from "../protocol/etag.js";
import { pageToken } from "../protocol/page-token.js";
import { fieldsOf } from "../protocol/schema.js";
import { checked } from "../protocol/validate.js";
import { type JobConfiguration, type QueryRequest, queryRequest } from "../requests/configuration.js";
import { wholeNumber } from "./list-limits.js";
import { type Page, type PageRequest, pageOfRows, pageRequest, valueFormat, withRows } from "./rows-page.js";

/** How long an answer waits for the job where the client says nothing, and at most, in milliseconds. */
const USUAL_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 200_000;

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs/query */
export function queryRoutes(service: JobService): readonly Route[] {
  return [
    {
      method: "POST",
      url: "/projects/:project/queries",
      handle: async (request) => ({ body: await query(service, request) }),
    },
    {
      method: "GET",
      url: "/projects/:project/queries/:job",
      handle: async (request) => ({ body: await results(service, request) }),
    },
  ];
}

async function query(service: JobService, { project, user, body }: ApiRequest) {
  const asked = checked(queryRequest, body);
  const requestId = asked.requestId && !asked.dryRun ? `${project}|${asked.requestId}` : undefined;
  const known = requestId === undefined ? undefined : service.registry.byRequest(requestId);
  const job = known ?? start(service, project, { user, requestId }, asked);
  const wait = Math.min(asked.timeoutMs ?? USUAL_WAIT_MS, LONGEST_WAIT_MS);
  await job.wait(asked.dryRun ? LONGEST_WAIT_MS : wait);
  const { formatOptions } = asked;
  const format = valueFormat(formatOptions?.useInt64Timestamp === true, formatOptions?.timestampOutputFormat);
  const page = { start: 0, maxResults: asked.maxResults ?? undefined, format };
  const answer = answerOf(job, "bigquery#queryResponse", page);
  if (asked.dryRun) service.registry.remove(job);
  return answer;
}

function start(service: JobService, project: string, origin: JobOrigin, asked: QueryRequest): Job {
  const {
    maxResults,
    timeoutMs,
    jobTimeoutMs,
    reservation,
    dryRun,
    requestId: _,
    location,
    labels,
    formatOptions,
    jobCreationMode,
    ...query
  } = asked;
  const configuration: JobConfiguration = { query, dryRun, labels, jobTimeoutMs, reservation };
  const job = service.registry.add(project, jobLocation(service, location, query), configuration, origin);
  void execute(service, job);
  return job;
}

async function results(service: JobService, request: ApiRequest) {
  const { project, query: asked } = request;
  const job = service.registry.find(project, request.path.job ?? "", asked.location);
  if (job.configuration.query === undefined)
    throw new ApiError("invalid", `Cannot get query results of job ${jobName(job)}: it is no query job`);
  await job.wait(Math.min(wholeNumber("timeoutMs", asked.timeoutMs) ?? USUAL_WAIT_MS, LONGEST_WAIT_MS));
  return answerOf(job, "bigquery#getQueryResultsResponse", pageRequest(request));
}

/** What a job has answered with so far. */
function answerOf(job: Job, kind: string, page: PageRequest) {
  const { reference, configuration } = job;
  const isQuery = kind === "bigquery#queryResponse";
  const etag = isQuery ? {} : { etag: etagOf("results", reference.jobId, job.state) };
  if (job.state !== "DONE") return { kind, ...etag, jobReference: reference, jobComplete: false };
  if (job.error !== undefined) throw job.error;
  const { bytes = 0, rows, columns, statements = [] } = job.outcome;
  const { sessionId } = job;
  const dry = configuration.dryRun === true;
  const changed = statements.length === 1 ? statements[0]?.changed : undefined;
  if (rows === undefined && columns !== undefined && !dry)
    throw notFound("Table", `of the results of ${jobName(job)}: they have expired`);
  const shown = rows?.columns ?? columns;
  const { projectId, location } = reference;
  const content: Page = rows === undefined ? { rows: [], pageToken: undefined } : pageOfRows(rows, page);
  const token = firstPageToken(content, page, rows?.count ?? 0);
  const totals = dry || (rows === undefined && changed !== undefined) ? {} : { totalRows: String(rows?.count ?? 0) };
  const answer = {
    kind,
    ...etag,
    ...(shown === undefined ? (changed === undefined ? {} : {}) : { schema: { fields: fieldsOf(shown) } }),
    jobReference: dry ? { projectId, location } : reference,
    ...totals,
    ...(token === undefined ? {} : { pageToken: token }),
    totalBytesProcessed: String(bytes),
    jobComplete: true,
    cacheHit: false,
    ...(changed === undefined || dry
      ? {}
      : {
          numDmlAffectedRows: String(changed.inserted + changed.updated + changed.deleted),
          dmlStats: dmlStats(changed),
        }),
    ...(sessionId === undefined ? {} : { sessionInfo: { sessionId } }),
    ...(isQuery ? queryFacts(job, bytes, dry) : {}),
  };
  return withRows(answer, content);
}

function queryFacts(job: Job, bytes: number, dry: boolean) {
  const { reference, created, started = created, ended = created } = job;
  return {
    ...(dry ? {} : { queryId: reference.jobId, jobCreationReason: { code: "REQUESTED" }, startTime: String(started) }),
    totalBytesBilled: dry ? "0" : String(billedBytes(bytes)),
    totalSlotMs: dry ? "0" : String(ended - started),
    location: reference.location,
    creationTime: String(created),
    endTime: String(ended),
  };
}

/** A page of no rows leads to the first one. */
function firstPageToken(content: Page, { start, maxResults }: PageRequest, total: number): string | undefined {
  if (maxResults === 0 && total > start) return pageToken(start);
  return content.pageToken;
}

function dmlStats({ inserted, updated, deleted }: { inserted: number; updated: number; deleted: number }) {
  return {
    insertedRowCount: String(inserted),
    updatedRowCount: String(updated),
    deletedRowCount: String(deleted),
  };
}
