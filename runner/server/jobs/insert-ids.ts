import { randomUUID } from "node:crypto";
import type { ChangeMark, LeftMark } from "../../port/sql-jobs.js";
import type { Clock } from "../clock.js";

/** How long a row that comes with the same id again is left out, in milliseconds. */
const KEPT_MS = 60_000;
/** What the keys of marks of streamed rows begin with; those of jobs never do. */
const PREFIX = "rows/";

/** The service leaves a row out that came with the same id a short time before. */
export class InsertIds {
  readonly #seen = new Map<string, number>();
  readonly #writing = new Map<string, Promise<void>>();
  readonly #persists: boolean;
  readonly #clock: Clock;

  /**
   * @param left marks of earlier servers
   * @param persists whether a client may ask the next server
   */
  constructor(left: readonly LeftMark[], persists: boolean, clock: Clock) {
    this.#clock = clock;
    this.#persists = persists;
    for (const { key, note, at } of left)
      if (key.startsWith(PREFIX)) for (const id of JSON.parse(note ?? "[]") as string[]) this.#seen.set(id, at);
  }

  has(id: string): boolean {
    const at = this.#seen.get(id);
    return at !== undefined && this.#clock.now() - at < KEPT_MS;
  }

  /** Until when one of these ids is being written by somebody else; undefined: none is. */
  pending(ids: readonly string[]): Promise<void> | undefined {
    for (const id of ids) if (this.#writing.has(id)) return this.#writing.get(id);
    return undefined;
  }

  /** Writes rows of these ids. */
  async write(ids: readonly string[], work: () => Promise<void>): Promise<void> {
    const writing = work();
    const settled = writing.catch(() => undefined);
    for (const id of ids) this.#writing.set(id, settled);
    try {
      await writing;
      this.#add(ids);
    } finally {
      for (const id of ids) this.#writing.delete(id);
    }
  }

  /** What is to be written with rows of these ids. */
  markOf(ids: readonly string[]): ChangeMark | undefined {
    if (!this.#persists || ids.length === 0) return undefined;
    return { key: `${PREFIX}${randomUUID()}`, note: JSON.stringify(ids), keptMs: KEPT_MS };
  }

  #add(ids: readonly string[]): void {
    const now = this.#clock.now();
    for (const id of ids) {
      this.#seen.delete(id);
      this.#seen.set(id, now);
    }
    for (const [old, at] of this.#seen) {
      if (now - at < KEPT_MS) break;
      this.#seen.delete(old);
    }
  }
}
