import type { ChangedRows, ChangeMark, LeftMark } from "../../port/sql-jobs.js";
import { Clock } from "../clock.js";
import type { ApiError } from "../protocol/errors.js";
import { Job, type JobReference } from "./job.js";

/** How long a request id stands for the job that it began, in milliseconds. */
export const REQUEST_ID_MS = 15 * 60_000;
/** How long the name of a job is known to be taken, in milliseconds. */
const NAME_MS = 7 * 24 * 60 * 60_000;
/** How many are remembered; the oldest go first. */
const MOST = 100_000;

/** What a job did whose particulars are gone: its client may not have heard of it, and must not do it twice. */
interface PastChange {
  readonly reference: JobReference;
  readonly at: number;
  readonly requestId: string | undefined;
  readonly changed: ChangedRows | undefined;
  readonly error: ApiError | undefined;
}

/** Jobs of earlier servers, and those of this one that were too many to keep, as far as they changed something. */
export class PastChanges {
  readonly #byKey = new Map<string, PastChange>();
  readonly #byRequest = new Map<string, PastChange>();

  readonly #clock: Clock;

  /** @param left marks of earlier servers */
  constructor(left: readonly LeftMark[] = [], clock = new Clock()) {
    this.#clock = clock;
    for (const { key, note, at, changed } of left) {
      const reference = referenceOf(key);
      if (reference !== undefined) this.#add({ reference, at, requestId: note, changed, error: undefined });
    }
  }

  /** Remembers of a job that goes that it was, where it may have changed something. */
  keep(job: Job): void {
    const { reference, error, created: at, requestId, isNamed } = job;
    if ((!isNamed && requestId === undefined) || !mayHaveChanged(job)) return;
    this.#add({ reference, at, requestId, changed: job.outcome.statements?.[0]?.changed, error });
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  /** The job of that name; of any location, where none is given. */
  find(projectId: string, jobId: string, location: string | undefined): Job | undefined {
    if (location !== undefined) return jobOf(this.#byKey.get(keyOf(projectId, location, jobId)));
    for (const past of this.#byKey.values())
      if (past.reference.jobId === jobId && past.reference.projectId === projectId) return jobOf(past);
    return undefined;
  }

  byRequest(requestId: string): Job | undefined {
    const past = this.#byRequest.get(requestId);
    return past === undefined || this.#clock.now() - past.at > REQUEST_ID_MS ? undefined : jobOf(past);
  }

  #add(past: PastChange): void {
    const { reference, requestId } = past;
    this.#byKey.set(keyOf(reference.projectId, reference.location, reference.jobId), past);
    if (requestId !== undefined) this.#byRequest.set(requestId, past);
    for (const [key, old] of this.#byKey) {
      if (this.#byKey.size <= MOST) break;
      this.#byKey.delete(key);
      if (old.requestId !== undefined) this.#byRequest.delete(old.requestId);
    }
  }
}

/** What tells a job from all others. */
export const keyOf = (projectId: string, location: string, jobId: string): string =>
  `${projectId}:${location.toLowerCase()}.${jobId}`;

/** The mark that a job leaves with its change; undefined: its client cannot ask for it again. */
export function markOf({ isNamed, requestId, reference: { projectId, location, jobId } }: Job): ChangeMark | undefined {
  if (!isNamed && requestId === undefined) return undefined;
  return { key: keyOf(projectId, location, jobId), note: requestId, keptMs: isNamed ? NAME_MS : REQUEST_ID_MS };
}

function referenceOf(key: string): JobReference | undefined {
  const [, projectId, place, jobId] = /^(.+):([a-z0-9-]+)\.([\w-]+)$/.exec(key) ?? [];
  if (projectId === undefined || place === undefined || jobId === undefined) return undefined;
  return { projectId, jobId, location: /^(us|eu)$/.test(place) ? place.toUpperCase() : place };
}

function mayHaveChanged({ configuration: { query, extract, dryRun }, outcome: { statementType } }: Job): boolean {
  if (dryRun === true || extract !== undefined) return false;
  return query === undefined || query.destinationTable !== undefined || statementType !== "SELECT";
}

function jobOf(past: PastChange | undefined): Job | undefined {
  if (past === undefined) return undefined;
  const { reference, changed, error, requestId } = past;
  const job = new Job(reference, { query: { query: "" } }, { requestId });
  job.begin();
  job.finish({ statements: changed === undefined ? [] : [changeOf(past, changed)] }, error);
  return job;
}

function changeOf({ at }: PastChange, changed: ChangedRows) {
  const { inserted, updated, deleted } = changed;
  const kinds = [inserted > 0 && "INSERT", updated > 0 && "UPDATE", deleted > 0 && "DELETE"].filter(Boolean);
  return {
    kind: kinds.length === 1 ? String(kinds[0]) : "MERGE",
    text: "",
    target: undefined,
    operation: undefined,
    reads: [],
    changed,
    rows: undefined,
    columns: undefined,
    startedAt: at,
    endedAt: at,
  };
}
