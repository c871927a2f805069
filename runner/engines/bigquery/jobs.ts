import { createHash } from "node:crypto";
import { EngineError } from "../../port/engine-error.js";
import type { QueryResult, SqlValue, WorkSpent } from "../../port/port.js";
import type { Column } from "../../port/sql-types.js";
import type { RestCall, Send } from "./client.js";
import { jobFailed } from "./errors.js";
import { type Job, type Results, readDryRun, readJob, readResults } from "./protocol.js";
import type { Quotas, Touched } from "./quotas.js";
import type { Rest } from "./rest.js";
import { isBusy, RestError } from "./rest-error.js";
import { columnsOf } from "./schema.js";
import type { Connection } from "./settings.js";
import { decodeRow } from "./values.js";

/** What somebody asks of the service. */
export interface JobText {
  readonly sql: string;
  /** What it is for, in the label of the job: `stage`, `publish`. */
  readonly step: string;
  /** The session in which it runs; `new`: it opens one. */
  readonly session?: string | undefined;
  /** What it does to tables, of which the service allows only so much. */
  readonly touched?: Touched | undefined;
  /** Of all jobs of one turn, whoever asks for them, only one runs at a time. */
  readonly turn?: string | undefined;
  /** What its first statements have done stands when a later one fails, as in scripts of the project: it is not begun again then. */
  readonly keepsWhatIsDone?: boolean;
}

/** A job that is done. */
export interface DoneJob {
  readonly id: string;
  readonly session: string | undefined;
  readonly changed: number | undefined;
  readonly statementType: string | undefined;
  /** Milliseconds since 1970, by the service's clock. */
  readonly endedAt: number | undefined;
}

/** On whose behalf jobs run: it is in their ids and labels. */
export interface Purpose {
  readonly run: string;
  readonly action: string;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly reservation?: string | undefined;
}

/** A job that failed for a reason that passes is begun again, as another attempt, so many times. */
const MOST_ATTEMPTS = 8;
/** Milliseconds that the service may hold an answer back until a job is done. */
const WAIT_MS = 10_000;
const ROWS_A_PAGE = 50_000;

/**
 * Runs texts as jobs, each exactly once. An id names one attempt at one step: whatever becomes of a call, sending it again can only find
 * the job that is there. A new attempt begins only after the one before was seen to have failed.
 */
export class Jobs {
  readonly #spent = new Map<string, WorkSpent>();
  readonly #running = new Map<string, string | undefined>();
  /** Ids of turns that are over, or were taken here. */
  readonly #taken = new Set<string>();
  #steps = 0;

  constructor(
    readonly rest: Rest,
    readonly connection: Connection,
    readonly nonce: string,
    /** Undefined: as much as anybody likes may be done to a table. */
    readonly quotas?: Quotas | undefined,
  ) {}

  /** @throws EngineError where the job fails */
  async run(text: JobText, purpose: Purpose): Promise<DoneJob> {
    const { job } = await this.touching(text.touched ?? {}, () => this.#done(text, purpose));
    return doneJob(job);
  }

  /** Does something to tables once the service takes it. */
  async touching<T>(touched: Touched, work: () => Promise<T>): Promise<T> {
    return this.quotas === undefined ? work() : this.quotas.hold(touched, work);
  }

  /** The rows of a query, or of the last query of a script. */
  async query(text: JobText, purpose: Purpose): Promise<QueryResult & DoneJob> {
    const { job, first } = await this.#done(text, purpose);
    const { columns } = columnsOf(first.schema?.fields ?? []);
    const rows: SqlValue[][] = [];
    for await (const page of this.#pages(job, first, columns)) for (const row of page) rows.push(row);
    return { ...doneJob(job), columns, rows };
  }

  /** The rows of a query a page at a time. */
  async *stream(text: JobText, purpose: Purpose): AsyncGenerator<SqlValue[][]> {
    const { job, first } = await this.#done(text, purpose);
    yield* this.#pages(job, first, columnsOf(first.schema?.fields ?? []).columns);
  }

  /** What a text would process, and the columns that it would give; nothing runs and nothing is billed. */
  async dryRun(sql: string): Promise<{ readonly bytes: number; readonly columns: readonly Column[] }> {
    try {
      const body = { configuration: { ...this.#configuration({ sql, step: "dry_run" }, undefined), dryRun: true } };
      const { statistics } = await this.rest.repeat({ method: "POST", path: this.#path(), body }, readDryRun);
      const { query, totalBytesProcessed } = statistics;
      return {
        bytes: query?.totalBytesProcessed ?? totalBytesProcessed ?? 0,
        columns: columnsOf(query?.schema?.fields ?? []).columns,
      };
    } catch (cause) {
      const isMistake = cause instanceof RestError && (cause.status === 400 || cause.status === 404);
      throw isMistake ? jobFailed(cause, sql, undefined) : cause;
    }
  }

  /** Stops what still runs; nobody waits for it. */
  async cancelAll(send: Send): Promise<void> {
    await Promise.allSettled(
      [...this.#running].map(([id, location]) =>
        send({ method: "POST", path: `${this.#path()}/${id}/cancel`, query: { location } }),
      ),
    );
  }

  async #done(text: JobText, purpose: Purpose): Promise<{ readonly job: Job; readonly first: Results }> {
    this.#steps += 1;
    const step = this.#steps;
    const backoff = this.rest.backoff();
    let failures = 0;
    for (let attempt = 1; ; attempt += 1) {
      const id =
        text.turn === undefined
          ? jobId(this.connection.limits.jobPrefix, this.nonce, purpose, step, attempt)
          : turnId(text.turn, purpose, attempt);
      if (this.#taken.has(id)) continue;
      // From here on it may be there, whatever is known of it; of a turn nobody knows yet whose it is.
      if (text.turn === undefined) this.#running.set(id, this.connection.location);
      try {
        const { job: begun, isOurs } = await this.#insert(id, text, purpose);
        const location = begun.jobReference.location ?? this.connection.location;
        if (!isOurs) await this.#over(id, location);
        if (text.turn !== undefined) this.#taken.add(id);
        if (!isOurs) continue;
        this.#running.set(id, location);
        const { job, first } = await this.#wait(id, location);
        this.#count(job, purpose);
        const { errorResult } = job.status;
        if (errorResult === undefined) return { job, first: first as Results };
        const failure = jobFailed(errorResult, text.sql, id);
        failures += 1;
        const isOver = hasDoneSome(text, job) || failures === MOST_ATTEMPTS;
        if (isOver || !isBusy(errorResult.reason, errorResult.message)) throw failure;
        await backoff.pause(failure);
      } finally {
        this.#running.delete(id);
      }
    }
  }

  /** Begins the job of an id, or finds it: as long as nobody knows whether it was begun, the same id is sent. */
  async #insert(id: string, text: JobText, purpose: Purpose): Promise<{ readonly job: Job; readonly isOurs: boolean }> {
    const { project, location } = this.connection;
    const body = {
      configuration: this.#configuration(text, purpose),
      jobReference: { projectId: project, jobId: id, ...(location === undefined ? {} : { location }) },
    };
    const backoff = this.rest.backoff();
    for (;;) {
      let trouble: unknown;
      try {
        const job = readJob(await this.rest.send({ method: "POST", path: this.#path(), body }));
        return { job, isOurs: true };
      } catch (cause) {
        if (!(cause instanceof RestError)) throw cause;
        if (cause.trouble === "refused" && cause.status !== 409) {
          if (cause.status === 400) throw jobFailed(cause, text.sql, id);
          throw cause;
        }
        trouble = cause;
      }
      // It was told to be busy before anything was begun.
      if (trouble instanceof RestError && trouble.trouble === "busy") {
        await backoff.pause(trouble);
        continue;
      }
      const get = { method: "GET", path: `${this.#path()}/${id}`, query: { location } } as const;
      const found = await this.rest.find(get, readJob);
      if (found !== undefined) return { job: found, isOurs: isOurs(found, text) };
      await backoff.pause(trouble);
    }
  }

  /** Waits until the job of somebody else is done, however it ends. */
  async #over(id: string, location: string | undefined): Promise<void> {
    const backoff = this.rest.backoff();
    for (;;) {
      const get = { method: "GET", path: `${this.#path()}/${id}`, query: { location } } as const;
      const job = await this.rest.repeat(get, readJob);
      if (job.status.state === "DONE") return;
      await backoff.pause(new EngineError("conflict", `another run publishes the same since long, as job ${id}`));
    }
  }

  /** Waits until the job is done. @returns no first page where it failed */
  async #wait(
    id: string,
    location: string | undefined,
  ): Promise<{ readonly job: Job; readonly first: Results | undefined }> {
    const resultsPath = `/projects/${encodeURIComponent(this.connection.project)}/queries/${id}`;
    const query = {
      location,
      timeoutMs: String(WAIT_MS),
      maxResults: String(ROWS_A_PAGE),
      "formatOptions.useInt64Timestamp": "true",
    };
    let backoff = this.rest.backoff();
    for (;;) {
      const first = await this.#results({ method: "GET", path: resultsPath, query });
      if (!(first instanceof RestError) && !first.jobComplete) {
        backoff = this.rest.backoff();
        continue;
      }
      // The error of the job, or of the call: the job itself says which.
      const get = { method: "GET", path: `${this.#path()}/${id}`, query: { location } } as const;
      const job = await this.rest.repeat(get, readJob);
      const isDone = job.status.state === "DONE";
      if (isDone && job.status.errorResult !== undefined) return { job, first: undefined };
      if (first instanceof RestError) {
        if (isDone && first.trouble === "refused") throw first;
        await backoff.pause(first);
      } else if (isDone) return { job, first };
    }
  }

  /** One try; a job that has failed for being too much is told as a call that is too much. */
  async #results(call: RestCall): Promise<Results | RestError> {
    try {
      return readResults(await this.rest.send(call));
    } catch (cause) {
      if (cause instanceof RestError) return cause;
      throw cause;
    }
  }

  async *#pages(job: Job, first: Results, columns: readonly Column[]): AsyncGenerator<SqlValue[][]> {
    yield first.rows.map((row) => decodeRow(row, columns));
    const { jobId: id, location = this.connection.location } = job.jobReference;
    for (let token = first.pageToken; token !== undefined; ) {
      const path = `/projects/${encodeURIComponent(this.connection.project)}/queries/${id}`;
      const query = {
        location,
        pageToken: token,
        maxResults: String(ROWS_A_PAGE),
        "formatOptions.useInt64Timestamp": "true",
      };
      const page = await this.rest.repeat({ method: "GET", path, query }, readResults);
      yield page.rows.map((row) => decodeRow(row, columns));
      token = page.pageToken;
    }
  }

  /** What the jobs of a purpose have cost so far, failed ones and new attempts among them. */
  spentOn(purpose: Purpose): WorkSpent {
    return this.#spent.get(purposeKey(purpose)) ?? { jobs: 0, bytesProcessed: 0, bytesBilled: 0, slotMs: 0 };
  }

  #count({ statistics: { query, totalBytesProcessed = 0, totalSlotMs = 0 } }: Job, purpose: Purpose): void {
    const { jobs, bytesProcessed, bytesBilled, slotMs } = this.spentOn(purpose);
    this.#spent.set(purposeKey(purpose), {
      jobs: jobs + 1,
      bytesProcessed: bytesProcessed + (query?.totalBytesProcessed ?? totalBytesProcessed),
      bytesBilled: bytesBilled + (query?.totalBytesBilled ?? 0),
      slotMs: slotMs + totalSlotMs,
    });
  }

  #configuration({ sql, session, step }: JobText, purpose: Purpose | undefined) {
    const { maximumBytesBilled, labels, priority, jobTimeoutSeconds } = this.connection.limits;
    const reservation = purpose?.reservation ?? this.connection.limits.reservation;
    const own = purpose === undefined ? {} : { fastbreak_run: purpose.run, fastbreak_action: purpose.action };
    const all = Object.entries({ ...labels, ...purpose?.labels, ...own, fastbreak_step: step });
    return {
      query: {
        query: sql,
        useLegacySql: false,
        ...(maximumBytesBilled === undefined ? {} : { maximumBytesBilled: String(maximumBytesBilled) }),
        ...(priority === undefined ? {} : { priority: priority.toUpperCase() }),
        ...(session === "new" ? { createSession: true } : {}),
        ...(session === undefined || session === "new"
          ? {}
          : { connectionProperties: [{ key: "session_id", value: session }] }),
      },
      labels: Object.fromEntries(all.map(([name, value]) => [name, labelOf(value)])),
      ...(reservation === undefined ? {} : { reservation }),
      ...(jobTimeoutSeconds === undefined ? {} : { jobTimeoutMs: String(jobTimeoutSeconds * 1000) }),
    };
  }

  #path(): string {
    return `/projects/${encodeURIComponent(this.connection.project)}/jobs`;
  }
}

function purposeKey({ run, action }: Purpose): string {
  return `${run}\0${action}`;
}

/** Whether something of a failed text was carried out that must not be done twice. */
function hasDoneSome({ keepsWhatIsDone = false }: JobText, { statistics }: Job): boolean {
  return keepsWhatIsDone && (statistics.numChildJobs ?? 0) > 1;
}

function doneJob({ jobReference, statistics }: Job): DoneJob {
  return {
    id: jobReference.jobId,
    session: statistics.sessionInfo?.sessionId,
    changed: statistics.query?.numDmlAffectedRows,
    statementType: statistics.query?.statementType,
    endedAt: statistics.endTime,
  };
}

/**
 * Whether a job that was found is the one that was sent.
 * @throws EngineError where it is not and must be, and where nobody can tell
 */
function isOurs({ configuration, jobReference: { jobId: id } }: Job, { sql, turn }: JobText): boolean {
  const found = configuration?.query?.query;
  if (found === sql || (found === undefined && turn === undefined)) return true;
  if (found !== undefined && turn !== undefined) return false;
  const problem = found === undefined ? "hides whose it is" : "was begun by somebody else with another text";
  throw new EngineError("query", `job ${id} ${problem}`);
}

/** At most 1,024 letters, digits, - and _; the same for the same attempt at the same step. */
function jobId(
  prefix: string | undefined,
  nonce: string,
  { run, action }: Purpose,
  step: number,
  attempt: number,
): string {
  const whole = createHash("sha256").update(`${run}\0${action}`).digest("hex").slice(0, 8);
  return `fastbreak_${prefix === undefined ? "" : `${prefix}_`}${plain(run)}_${plain(action)}_${whole}_${nonce}_${step}_a${attempt}`;
}

/** The same for everybody who wants the same turn. */
function turnId(turn: string, { action }: Purpose, attempt: number): string {
  const whole = createHash("sha256").update(turn).digest("hex").slice(0, 32);
  return `fastbreak_turn_${plain(action)}_${whole}_a${attempt}`;
}

function plain(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]+/g, "_").slice(0, 200);
}

/** Small letters, digits, - and _, at most 63. */
export function labelOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "_")
    .slice(0, 63);
}
