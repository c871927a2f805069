import { randomUUID } from "node:crypto";
import type { JobRows, JobStatement } from "../../port/sql-jobs.js";
import type { Column } from "../../port/sql-types.js";
import { USER } from "../http/caller.js";
import type { ApiError, ErrorProto } from "../protocol/errors.js";
import type { JobConfiguration } from "../requests/configuration.js";

export interface JobReference {
  readonly projectId: string;
  readonly jobId: string;
  readonly location: string;
}

/** What a job has to show when it is done. */
export interface JobOutcome {
  /** BigQuery's name of the statement's kind; undefined: it is no query job. */
  readonly statementType?: string;
  /** Rows that the caller may page through. */
  readonly rows?: JobRows | undefined;
  /** Columns of a dry run. */
  readonly columns?: readonly Column[] | undefined;
  readonly statements?: readonly JobStatement[];
  readonly bytes?: number;
  /** Facts of load, copy and extract jobs, as the API writes them. */
  readonly statistics?: Readonly<Record<string, unknown>>;
  /** Errors that did not end the job. */
  readonly warnings?: readonly ErrorProto[];
}

/** How a job came to be. */
export interface JobOrigin {
  /** The script that it is a statement of. */
  readonly parent?: Job | undefined;
  /** The file that came with the job; undefined: none did. */
  readonly media?: string | undefined;
  /** A client has named it, and may ask for it by its name once more. */
  readonly isNamed?: boolean;
  /** What its client may send it with once more. */
  readonly requestId?: string | undefined;
  /** Who has asked for it. */
  readonly user?: string | undefined;
  /** It fills the server before anybody is answered; what holds for texts of clients does not hold for its own. */
  readonly isSeed?: boolean;
  /** The clock that it goes by. */
  readonly now?: () => number;
}

/** One job: what was asked, and what became of it. */
export class Job {
  readonly created: number;
  started: number | undefined;
  ended: number | undefined;
  state: "PENDING" | "RUNNING" | "DONE" = "PENDING";
  error: ApiError | undefined;
  outcome: JobOutcome = {};
  /** That its session gave it, besides those of its configuration. */
  labels: Readonly<Record<string, string>> | undefined;
  /** The session that it runs in, known from when it has begun; that of a job that fails stays. */
  sessionId: string | undefined;
  /** Statements that have run, and those of a script that failed. */
  readonly statements: JobStatement[] = [];
  /** The jobs of a script's statements. */
  readonly children: Job[] = [];
  readonly parent: Job | undefined;
  readonly media: string | undefined;
  readonly isNamed: boolean;
  readonly isSeed: boolean;
  readonly requestId: string | undefined;
  readonly user: string;
  readonly #now: () => number;
  /** Only while there is something to stop and to wait for: jobs are kept by the thousand. */
  #script: string | undefined;
  #stop: AbortController | undefined;
  #waiting: Set<() => void> | undefined;

  constructor(
    readonly reference: JobReference,
    readonly configuration: JobConfiguration,
    { parent, media, isNamed = false, isSeed = false, requestId, user = USER, now = Date.now }: JobOrigin = {},
  ) {
    this.#now = now;
    this.created = now();
    this.parent = parent;
    this.media = media;
    this.isNamed = isNamed;
    this.isSeed = isSeed;
    this.requestId = requestId;
    this.user = user;
  }

  /** The id of the job that a statement of the script is, by its place among them. */
  childId(index: number): string {
    this.#script ??= randomUUID().replaceAll("-", "");
    return `script_job_${this.#script}_${index}`;
  }

  get signal(): AbortSignal {
    this.#stop ??= new AbortController();
    return this.#stop.signal;
  }

  /** Ends the job where it is. */
  stop(reason: Error): void {
    if (this.state === "DONE") return;
    this.#stop ??= new AbortController();
    this.#stop.abort(reason);
  }

  begin(): void {
    this.started = this.#now();
    this.state = "RUNNING";
  }

  finish(outcome: JobOutcome, error: ApiError | undefined): void {
    this.ended = this.#now();
    this.outcome = outcome;
    this.error = error;
    this.state = "DONE";
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    this.#stop = undefined;
    for (const wake of waiting) wake();
  }

  /** Waits until the job is done, or for so many milliseconds. */
  async wait(milliseconds: number): Promise<boolean> {
    if (this.state === "DONE") return true;
    if (milliseconds <= 0) return false;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting?.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      this.#waiting ??= new Set();
      this.#waiting.add(wake);
    });
    return (this.state as string) === "DONE";
  }
}
