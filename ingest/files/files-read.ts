import type { LoadProgress } from "../../runner/api/loader.js";
import type { SourceRecord, SourceTable } from "./source-table.js";

/** Keeps count of the files that have been read to their end. */
export class FilesRead {
  readonly #read = new Set<string>();
  readonly #paths: ReadonlySet<string>;
  #now: string | undefined;

  constructor(sources: readonly SourceTable[]) {
    this.#paths = new Set(sources.map(({ path }) => path));
  }

  /** The same file, counted when its records have ended. */
  watched(source: SourceTable): SourceTable {
    return { ...source, records: (positions) => this.#records(source, positions) };
  }

  progress(): LoadProgress {
    const now = this.#now;
    return { done: this.#read.size, of: this.#paths.size, unit: "file", ...(now === undefined ? {} : { now }) };
  }

  async *#records(source: SourceTable, positions: ReadonlySet<number> | undefined): AsyncGenerator<SourceRecord> {
    this.#now = source.name;
    yield* source.records(positions);
    this.#read.add(source.path);
  }
}
