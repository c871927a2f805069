import { randomUUID } from "node:crypto";
import { ApiError, notFound } from "../protocol/errors.js";
import type { JobConfiguration } from "../requests/configuration.js";
import { Job } from "./job.js";

/** How many jobs are remembered; the oldest that are done go first. */
const MOST_JOBS = 20_000;
/** How many values the results that are kept may have together. */
const MOST_VALUES = 10_000_000;
/** How long a request id stands for the job that it began, in milliseconds. */
const REQUEST_ID_MS = 15 * 60_000;

const JOB_ID = /^[A-Za-z0-9_-]{1,1024}$/;

/** Every job since the server was started, the oldest first. */
export class JobRegistry {
  readonly #jobs = new Map<string, Job>();
  /** By project and id alone, for those who do not say where. */
  readonly #anywhere = new Map<string, Job>();
  /** Jobs whose results are kept, the oldest first, and how many values they have. */
  readonly #kept = new Map<Job, number>();
  #values = 0;
  /** Jobs that earlier servers have carried out: their clients may not have heard of it. */
  readonly #done: ReadonlySet<string>;
  readonly #byRequest = new Map<string, { readonly job: Job; readonly at: number }>();

  constructor(done: ReadonlySet<string> = new Set()) {
    this.#done = done;
  }

  /**
   * Takes a job up.
   * @throws ApiError `duplicate` for an id that there is already
   */
  add(
    projectId: string,
    location: string,
    configuration: JobConfiguration,
    given: {
      readonly jobId?: string | undefined;
      readonly parent?: Job;
      readonly media?: string | undefined;
      readonly user?: string;
    } = {},
  ): Job {
    const jobId = given.jobId ?? `job_${randomUUID().replaceAll("-", "")}`;
    if (!JOB_ID.test(jobId))
      throw new ApiError(
        "invalid",
        `Invalid job ID "${jobId}". Job IDs must be alphanumeric (plus underscores and dashes) and must be at most 1024 characters long.`,
      );
    const key = keyOf(projectId, location, jobId);
    if (this.#jobs.has(key) || this.#done.has(key))
      throw new ApiError("duplicate", `Already Exists: Job ${projectId}:${location}.${jobId}`);
    const job = new Job(
      { projectId, jobId, location },
      configuration,
      given.parent,
      given.media,
      given.jobId !== undefined,
      given.user ?? given.parent?.user,
    );
    this.#jobs.set(key, job);
    this.#anywhere.set(`${projectId}:${jobId}`, job);
    given.parent?.children.push(job);
    this.#forgetOld();
    return job;
  }

  /** @throws ApiError where there is none of the id, or not in the location */
  find(projectId: string, jobId: string, location: string | undefined): Job {
    const found =
      location === undefined
        ? this.#anywhere.get(`${projectId}:${jobId}`)
        : this.#jobs.get(keyOf(projectId, location, jobId));
    if (found !== undefined) return found;
    const earlier = this.#earlier(projectId, jobId, location);
    if (earlier !== undefined) return earlier;
    throw notFound("Job", `${projectId}:${location === undefined ? "" : `${location}.`}${jobId}`);
  }

  /** A job of an earlier server: that it is done is all that is known of it. */
  #earlier(projectId: string, jobId: string, location: string | undefined): Job | undefined {
    const key =
      location === undefined
        ? [...this.#done].find((own) => own.startsWith(`${projectId}:`) && own.endsWith(`.${jobId}`))
        : keyOf(projectId, location, jobId);
    if (key === undefined || !this.#done.has(key)) return undefined;
    const place = location ?? key.slice(projectId.length + 1, -jobId.length - 1);
    const job = new Job({ projectId, jobId, location: place.toUpperCase() }, { query: { query: "" } });
    job.begin();
    job.finish({}, undefined);
    return job;
  }

  /** Every job of a project, the newest first; of all projects for `-`. */
  list(projectId: string): readonly Job[] {
    const all = [...this.#jobs.values()].reverse();
    return projectId === "-" ? all : all.filter(({ reference }) => reference.projectId === projectId);
  }

  /** Every job, the oldest first. */
  all(): readonly Job[] {
    return [...this.#jobs.values()];
  }

  remove(job: Job): void {
    for (const child of job.children) this.remove(child);
    const { projectId, location, jobId } = job.reference;
    this.#jobs.delete(keyOf(projectId, location, jobId));
    if (this.#anywhere.get(`${projectId}:${jobId}`) === job) this.#anywhere.delete(`${projectId}:${jobId}`);
    this.#values -= this.#kept.get(job) ?? 0;
    this.#kept.delete(job);
  }

  /** The job that a request has begun, when it comes again. */
  byRequest(requestId: string): Job | undefined {
    const found = this.#byRequest.get(requestId);
    return found === undefined || Date.now() - found.at > REQUEST_ID_MS ? undefined : found.job;
  }

  keepRequest(requestId: string, job: Job): void {
    this.#byRequest.set(requestId, { job, at: Date.now() });
    for (const [id, { at }] of this.#byRequest) {
      if (Date.now() - at <= REQUEST_ID_MS) break;
      this.#byRequest.delete(id);
    }
  }

  #forgetOld(): void {
    for (const job of this.#jobs.values()) {
      if (this.#jobs.size <= MOST_JOBS) break;
      if (job.state === "DONE") this.remove(job);
    }
  }

  /** A job is done: its results are kept, and the oldest ones go until those that are kept fit. */
  keepResults(job: Job): void {
    const { rows } = job.outcome;
    if (rows === undefined || rows.count === 0) return;
    const values = rows.count * rows.columns.length;
    this.#kept.set(job, values);
    this.#values += values;
    for (const [old, size] of this.#kept) {
      if (this.#values <= MOST_VALUES || old === job) break;
      this.#kept.delete(old);
      this.#values -= size;
      old.outcome = { ...old.outcome, rows: undefined, columns: old.outcome.rows?.columns };
    }
  }
}

/** What tells a job from all others. */
export const keyOf = (projectId: string, location: string, jobId: string): string =>
  `${projectId}:${location.toLowerCase()}.${jobId}`;
