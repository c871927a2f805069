import { randomUUID } from "node:crypto";
import { Clock } from "../clock.js";
import { ApiError, notFound } from "../protocol/errors.js";
import type { JobConfiguration } from "../requests/configuration.js";
import { Job, type JobOrigin } from "./job.js";
import { keyOf, PastChanges, REQUEST_ID_MS } from "./past-changes.js";

/** How many jobs are remembered; the oldest that are done go first. */
const MOST_JOBS = 10_000;
/** How many values the results that are kept may have together. */
const MOST_VALUES = 10_000_000;

const JOB_ID = /^[A-Za-z0-9_-]{1,1024}$/;

/** Every job since the server was started, the oldest first. */
export class JobRegistry {
  readonly #jobs = new Map<string, Job>();
  /** By project and id alone, for those who do not say where. */
  readonly #anywhere = new Map<string, Job>();
  /** Jobs whose results are kept, the oldest first, and how many values they have. */
  readonly #kept = new Map<Job, number>();
  #values = 0;
  readonly #past: PastChanges;
  readonly #byRequest = new Map<string, Job>();

  readonly #clock: Clock;

  /** @param past what earlier servers have done */
  constructor(past?: PastChanges, clock = new Clock()) {
    this.#clock = clock;
    this.#past = past ?? new PastChanges([], clock);
  }

  /**
   * Takes a job up.
   * @throws ApiError `duplicate` for an id that there is already
   */
  add(
    projectId: string,
    location: string,
    configuration: JobConfiguration,
    given: Omit<JobOrigin, "isNamed" | "now"> & { readonly jobId?: string | undefined } = {},
  ): Job {
    const jobId = given.jobId ?? `job_${randomUUID().replaceAll("-", "")}`;
    if (!JOB_ID.test(jobId))
      throw new ApiError(
        "invalid",
        `Invalid job ID "${jobId}". Job IDs must be alphanumeric (plus underscores and dashes) and must be at most 1024 characters long.`,
      );
    const key = keyOf(projectId, location, jobId);
    if (this.#jobs.has(key) || this.#past.has(key))
      throw new ApiError("duplicate", `Already Exists: Job ${projectId}:${location}.${jobId}`);
    const job = new Job({ projectId, jobId, location }, configuration, {
      ...given,
      now: () => this.#clock.now(),
      isNamed: given.jobId !== undefined && given.parent === undefined,
      user: given.user ?? given.parent?.user,
    });
    this.#jobs.set(key, job);
    this.#anywhere.set(`${projectId}:${jobId}`, job);
    if (given.requestId !== undefined) this.#byRequest.set(given.requestId, job);
    given.parent?.children.push(job);
    this.#forgetOld();
    return job;
  }

  /** @throws ApiError where there is none of the id, or not in the location */
  find(projectId: string, jobId: string, location: string | undefined): Job {
    const found =
      location === undefined ? this.ofId(projectId, jobId) : this.#jobs.get(keyOf(projectId, location, jobId));
    if (found !== undefined) return found;
    const past = this.#past.find(projectId, jobId, location);
    if (past !== undefined) return past;
    throw notFound("Job", `${projectId}:${location === undefined ? "" : `${location}.`}${jobId}`);
  }

  /** The job of an id, wherever it ran; undefined: this server has run none. */
  ofId(projectId: string, jobId: string): Job | undefined {
    return this.#anywhere.get(`${projectId}:${jobId}`);
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
    if (job.requestId !== undefined && this.#byRequest.get(job.requestId) === job)
      this.#byRequest.delete(job.requestId);
    this.#values -= this.#kept.get(job) ?? 0;
    this.#kept.delete(job);
  }

  /** The job that a request has begun, when it comes again. */
  byRequest(requestId: string): Job | undefined {
    const found = this.#byRequest.get(requestId);
    if (found === undefined) return this.#past.byRequest(requestId);
    return this.#clock.now() - found.created > REQUEST_ID_MS ? undefined : found;
  }

  #forgetOld(): void {
    for (const job of this.#jobs.values()) {
      if (this.#jobs.size <= MOST_JOBS) break;
      if (job.state !== "DONE") continue;
      this.#past.keep(job);
      this.remove(job);
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
