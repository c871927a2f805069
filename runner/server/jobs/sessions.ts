import { randomBytes } from "node:crypto";
import type { JobRequest, JobSession, SqlJobs } from "../../port/sql-jobs.js";
import { ApiError } from "../protocol/errors.js";

/** A session ends when nobody has used it for a day, as the service's do. */
const IDLE_MS = 24 * 3_600_000;

/** Sessions that clients have opened: temporary tables and variables that outlive a job. */
export class Sessions {
  readonly #open = new Map<string, { readonly session: JobSession; used: number }>();

  constructor(readonly jobs: SqlJobs) {}

  async create(request: JobRequest): Promise<{ readonly id: string; readonly session: JobSession }> {
    await this.#closeIdle();
    const session = await this.jobs.openSession(request);
    const id = randomBytes(24).toString("base64url");
    this.#open.set(id, { session, used: Date.now() });
    return { id, session };
  }

  /** @throws ApiError for an id that no open session has */
  find(id: string): JobSession {
    const found = this.#open.get(id);
    if (found === undefined) throw new ApiError("invalid", "Invalid input session id.");
    found.used = Date.now();
    return found.session;
  }

  /** Ends a session; its temporary tables are gone. */
  async end(id: string): Promise<void> {
    const found = this.#open.get(id);
    this.#open.delete(id);
    await found?.session.close();
  }

  async #closeIdle(): Promise<void> {
    for (const [id, { used }] of this.#open) if (Date.now() - used > IDLE_MS) await this.end(id);
  }

  async closeAll(): Promise<void> {
    for (const id of [...this.#open.keys()]) await this.end(id);
  }
}
