import type { Clock } from "../clock.js";

/** Rows that came in one call. */
interface Streamed {
  readonly rows: number;
  readonly bytes: number;
  readonly at: number;
  /** Statements may not change them yet. */
  readonly isLocked: boolean;
}

/**
 * What a table has in its streaming buffer. The rows are in the table all the while: the buffer is what the service tells and refuses
 * because of it. https://cloud.google.com/bigquery/docs/data-manipulation-language#limitations
 */
export class StreamingBuffer {
  readonly #clock: Clock;
  readonly #keptMs: number;
  readonly #streamed = new Map<string, Streamed[]>();

  /** @param keptMs how long rows stay in it; 0: there is none */
  constructor(clock: Clock, keptMs: number) {
    this.#clock = clock;
    this.#keptMs = keptMs;
  }

  /**
   * Rows have come.
   * @param isLocked statements may not change them as long as they are there, as those of `insertAll`
   */
  add(table: string, rows: number, bytes: number, isLocked: boolean): void {
    if (this.#keptMs === 0) return;
    this.#streamed.set(table, [...this.#present(table), { rows, bytes, at: this.#clock.now(), isLocked }]);
  }

  /** What is there, as the API writes it; undefined: nothing. */
  of(table: string): { estimatedRows: string; estimatedBytes: string; oldestEntryTime: string } | undefined {
    const streamed = this.#present(table);
    const [first] = streamed;
    if (first === undefined) return undefined;
    const sum = (number: (some: Streamed) => number): string =>
      String(streamed.reduce((total, some) => total + number(some), 0));
    return {
      estimatedRows: sum(({ rows }) => rows),
      estimatedBytes: sum(({ bytes }) => bytes),
      oldestEntryTime: String(first.at),
    };
  }

  /** Whether statements may not change rows of the table. */
  isLocked(table: string): boolean {
    return this.#present(table).some(({ isLocked }) => isLocked);
  }

  /** The table is gone, or another one. */
  forget(table: string): void {
    this.#streamed.delete(table);
  }

  #present(table: string): Streamed[] {
    const known = this.#streamed.get(table);
    if (known === undefined) return [];
    const present = known.filter(({ at }) => this.#clock.now() - at < this.#keptMs);
    if (present.length > 0) this.#streamed.set(table, present);
    else this.#streamed.delete(table);
    return present;
  }
}
