import type { DuckDBMaterializedResult } from "@duckdb/node-api";
import type { SqlValue } from "../../../port/port.js";
import type { JobRows } from "../../../port/sql-jobs.js";
import type { Column } from "../../../port/sql-types.js";
import { sqlValue } from "../result-values.js";

/** Rows as DuckDB keeps them, outside the JavaScript heap; only those that are read are turned into values. */
export class ResultRows implements JobRows {
  readonly count: number;
  readonly #result: DuckDBMaterializedResult;
  /** The number of the first row of each chunk, as far as chunks were looked at. */
  readonly #starts: number[] = [0];

  constructor(
    result: DuckDBMaterializedResult,
    readonly columns: readonly Column[],
  ) {
    this.#result = result;
    this.count = result.rowCount;
  }

  read(start: number, count: number): readonly (readonly SqlValue[])[] {
    const rows: (readonly SqlValue[])[] = [];
    const end = Math.min(start + count, this.count);
    for (let index = this.#chunkOf(start); rows.length < end - start && index < this.#result.chunkCount; index += 1) {
      const chunk = this.#result.getChunk(index);
      const first = this.#starts[index] ?? 0;
      this.#starts[index + 1] = first + chunk.rowCount;
      const from = Math.max(start - first, 0);
      const to = Math.min(end - first, chunk.rowCount);
      const columns = this.columns.map((_, column) => chunk.getColumnVector(column));
      for (let row = from; row < to; row += 1) rows.push(columns.map((column) => sqlValue(column.getItem(row))));
    }
    return rows;
  }

  #chunkOf(row: number): number {
    for (let index = this.#starts.length - 1; index < this.#result.chunkCount; index += 1) {
      const start = this.#starts[index] ?? 0;
      if (start > row) break;
      this.#starts[index + 1] ??= start + this.#result.getChunk(index).rowCount;
    }
    return Math.max(
      0,
      this.#starts.findLastIndex((start) => start <= row),
    );
  }
}
