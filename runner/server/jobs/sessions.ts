import { randomBytes } from "node:crypto";
import type { JobRequest, JobSession, SqlJobs } from "../../port/sql-jobs.js";
import type { Clock } from "../clock.js";
import { ApiError } from "../protocol/errors.js";

/** A session ends when nobody has used it for a day, as the service's do. */
const IDLE_MS = 24 * 3_600_000;

/** How many sessions that have ended are told of. */
const MOST_ENDED = 1000;

/** Who has opened a session, and where. */
export interface SessionOwner {
  readonly project: string;
  readonly user: string;
  readonly location: string;
}

/** A session as SESSIONS tells of it; times in milliseconds since 1970. */
export interface SessionFacts extends SessionOwner {
  readonly id: string;
  readonly created: number;
  readonly used: number;
  readonly expires: number;
  readonly isActive: boolean;
}

interface Entry extends SessionOwner {
  readonly created: number;
  used: number;
  /** Undefined: it has ended. */
  session: JobSession | undefined;
}

/** Sessions that clients have opened: temporary tables and variables that outlive a job. */
export class Sessions {
  readonly #all = new Map<string, Entry>();

  constructor(
    readonly jobs: SqlJobs,
    readonly clock: Pick<Clock, "now">,
  ) {}

  async create(
    request: JobRequest,
    owner: SessionOwner,
  ): Promise<{ readonly id: string; readonly session: JobSession }> {
    await this.#closeIdle();
    const session = await this.jobs.openSession(request);
    const id = randomBytes(24).toString("base64url");
    const now = this.clock.now();
    this.#all.set(id, { ...owner, created: now, used: now, session });
    return { id, session };
  }

  /** @throws ApiError for an id that no open session has */
  find(id: string): JobSession {
    const found = this.#all.get(id);
    if (found?.session === undefined) throw new ApiError("invalid", "Invalid input session id.");
    found.used = this.clock.now();
    return found.session;
  }

  /** Ends a session; its temporary tables are gone. */
  async end(id: string): Promise<void> {
    const found = this.#all.get(id);
    const session = found?.session;
    if (found === undefined || session === undefined) return;
    found.session = undefined;
    found.used = this.clock.now();
    this.#forgetOld();
    await session.close();
  }

  /** The sessions of a project, the oldest first. */
  list(project: string): readonly SessionFacts[] {
    return [...this.#all].flatMap(([id, { session, ...facts }]) =>
      facts.project === project
        ? [{ ...facts, id, expires: facts.used + IDLE_MS, isActive: session !== undefined }]
        : [],
    );
  }

  #forgetOld(): void {
    const ended = [...this.#all].filter(([, { session }]) => session === undefined);
    for (const [id] of ended.slice(0, -MOST_ENDED)) this.#all.delete(id);
  }

  async #closeIdle(): Promise<void> {
    for (const [id, { used, session }] of this.#all)
      if (session !== undefined && this.clock.now() - used > IDLE_MS) await this.end(id);
  }

  async closeAll(): Promise<void> {
    for (const id of [...this.#all.keys()]) await this.end(id);
  }
}
