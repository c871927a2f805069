import type { Clock } from "../clock.js";

/** Partitions of a table by their ids, and the time that the table had then. */
export interface SeenPartitions {
  readonly at: number;
  readonly byId: ReadonlyMap<string, { readonly rows: number; readonly digest: string; readonly modified: number }>;
}

/** When relations were made and last written, in milliseconds since 1970, as far as this server has seen. */
export class ModifiedTimes {
  readonly #opened: number;
  readonly #times = new Map<string, number>();
  #last: number;

  readonly #clock: Clock;

  /** Nothing is written from now on that this server does not see. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#opened = clock.now();
    this.#last = this.#opened;
  }

  /** What was seen of the partitions of a table when somebody last asked. */
  readonly partitions = new Map<string, SeenPartitions>();

  /** When a relation was made; undefined: before this server. */
  readonly #made = new Map<string, number>();

  /** When the object was made, as far as this server has seen it. */
  madeAt(id: string): number | undefined {
    return this.#made.get(id);
  }

  /** The object is new. */
  made(id: string): void {
    this.#made.set(id, this.touch(id));
  }

  get(id: string): number {
    return this.#times.get(id) ?? this.#opened;
  }

  /** Something about the object has changed: its time rises, whatever the clock says. */
  touch(id: string): number {
    this.#last = Math.max(this.#clock.now(), this.#last + 1);
    this.#times.set(id, this.#last);
    return this.#last;
  }

  forget(id: string): void {
    this.#times.delete(id);
    this.partitions.delete(id);
    this.#made.delete(id);
  }
}
