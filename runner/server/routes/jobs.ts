import type { ApiRequest, Route } from "../http/request.js";
import { cancel } from "../jobs/cancel.js";
import { execute } from "../jobs/execute.js";
import type { Job } from "../jobs/job.js";
import { jobEntry, jobResource } from "../jobs/job-resource.js";
import { jobLocation } from "../jobs/location.js";
import type { JobService } from "../jobs/service.js";
import { ApiError } from "../protocol/errors.js";
import { etagOf } from "../protocol/etag.js";
import { pageOf } from "../protocol/page-token.js";
import { checked } from "../protocol/validate.js";
import { newJob } from "../requests/configuration.js";
import { isTrue, listLimits, wholeNumber } from "./list-limits.js";

const LIST = "/projects/:project/jobs";
/** How long the answer to a new job waits for it: a short one is done when its client hears of it. */
const SHORT_WAIT_MS = 20;
/** Answers to dry runs are complete. */
const DRY_RUN_WAIT_MS = 60_000;

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs */
export function jobRoutes(service: JobService): readonly Route[] {
  const find = ({ project, path, query }: ApiRequest): Job =>
    service.registry.find(project, path.job ?? "", query.location);
  return [
    {
      method: "POST",
      url: LIST,
      handle: async (request) => ({ body: await insertJob(service, request, request.body, undefined) }),
    },
    { method: "GET", url: LIST, handle: async (request) => ({ body: listJobs(service, request) }) },
    { method: "GET", url: `${LIST}/:job`, handle: async (request) => ({ body: jobResource(find(request)) }) },
    {
      method: "POST",
      url: `${LIST}/:job/cancel`,
      handle: async (request) => {
        const job = find(request);
        await cancel(job);
        return { body: { kind: "bigquery#jobCancelResponse", job: jobResource(job) } };
      },
    },
    {
      method: "DELETE",
      url: `${LIST}/:job/delete`,
      handle: async (request) => {
        const job = find(request);
        if (job.parent !== undefined) throw new ApiError("invalid", "Cannot delete a child job");
        if (job.state !== "DONE") throw new ApiError("invalid", "Cannot delete a job that is not done");
        service.registry.remove(job);
        return { body: {} };
      },
    },
  ];
}

/**
 * Takes a job up and begins it.
 * @param media the file that came with it
 */
export async function insertJob(
  service: JobService,
  { project, user }: Pick<ApiRequest, "project" | "user">,
  body: unknown,
  media: string | undefined,
) {
  const { configuration, jobReference } = checked(newJob, body);
  const kinds = [configuration.query, configuration.load, configuration.copy, configuration.extract];
  if (kinds.filter((kind) => kind !== undefined).length !== 1)
    throw new ApiError(
      "required",
      "Job configuration must contain exactly one job-specific configuration object (e.g., query, load, extract, spark), but there were none or several",
      "configuration",
    );
  const location = jobLocation(service, jobReference?.location, configuration.query);
  const given = { jobId: jobReference?.jobId || undefined, media, user };
  const job = service.registry.add(project, location, configuration, given);
  const running = execute(service, job);
  if (media !== undefined) void running.finally(() => service.uploads.remove(media));
  if (!configuration.dryRun) {
    await job.wait(SHORT_WAIT_MS);
    return jobResource(job);
  }
  await job.wait(DRY_RUN_WAIT_MS);
  service.registry.remove(job);
  if (job.error !== undefined) throw job.error;
  const { jobReference: reference, ...resource } = jobResource(job);
  return { ...resource, jobReference: { projectId: reference.projectId, location: reference.location } };
}

function listJobs({ registry }: JobService, { project, query, queryAll, user }: ApiRequest) {
  const from = wholeNumber("minCreationTime", query.minCreationTime) ?? 0;
  const to = wholeNumber("maxCreationTime", query.maxCreationTime) ?? Number.POSITIVE_INFINITY;
  const states = queryAll.stateFilter?.map((state) => state.toUpperCase());
  const unknown = states?.find((state) => !["DONE", "PENDING", "RUNNING"].includes(state));
  if (unknown !== undefined) throw new ApiError("invalid", `Invalid value for stateFilter: ${unknown}`, "stateFilter");
  const isFull = query.projection?.toLowerCase() === "full";
  const { parentJobId } = query;
  const jobs = registry
    .list(project)
    .filter(({ created, parent }) => created >= from && created <= to && parent?.reference.jobId === parentJobId)
    .filter((job) => isTrue(query.allUsers) || job.user === user)
    .filter(({ state }) => states?.includes(state) ?? true);
  const { items, nextPageToken } = pageOf(jobs, listLimits(query), 1000);
  const entries = items.map((job) => jobEntry(job, isFull));
  return {
    etag: etagOf("jobs", project, entries.map(({ id, state }) => `${id} ${state}`).join(" ")),
    kind: "bigquery#jobList",
    ...(nextPageToken === undefined ? {} : { nextPageToken }),
    jobs: entries,
  };
}
