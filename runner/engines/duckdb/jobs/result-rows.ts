import { deserialize, serialize } from "node:v8";
import type { DuckDBConnection, DuckDBMaterializedResult } from "@duckdb/node-api";
import type { Relation, RelationId, SqlValue } from "../../../port/port.js";
import type { JobRows } from "../../../port/sql-jobs.js";
import type { Column } from "../../../port/sql-types.js";
import { quoteName, quotePath } from "../quote.js";
import { sqlValue } from "../result-values.js";

/**
 * Below so many rows values are kept themselves: DuckDB takes as much memory for one row as for 2,048, and results of jobs are kept by the
 * thousand.
 */
const FEW_ROWS = 200;

/** As many bytes as it takes: buffers of the serializer are larger, and each has a place of its own. */
const packed = (rows: readonly (readonly SqlValue[])[]): Buffer => Buffer.from(serialize(rows));

/** Rows as DuckDB keeps them, outside the JavaScript heap; only those that are read are turned into values. */
export class ResultRows implements JobRows {
  readonly count: number;
  /** Few rows, packed. */
  readonly #packed: Buffer | undefined;
  readonly #result: DuckDBMaterializedResult | undefined;
  /** The number of the first row of each chunk, as far as chunks were looked at. */
  readonly #starts: number[] = [0];

  constructor(
    result: DuckDBMaterializedResult,
    readonly columns: readonly Column[],
  ) {
    this.count = result.rowCount;
    if (this.count > FEW_ROWS) this.#result = result;
    else this.#packed = packed(this.#read(result, 0, this.count));
  }

  read(start: number, count: number): readonly (readonly SqlValue[])[] {
    if (this.#packed !== undefined)
      return (deserialize(this.#packed) as (readonly SqlValue[])[]).slice(start, start + count);
    return this.#result === undefined ? [] : this.#read(this.#result, start, count);
  }

  #read(result: DuckDBMaterializedResult, start: number, count: number): readonly (readonly SqlValue[])[] {
    const rows: (readonly SqlValue[])[] = [];
    const end = Math.min(start + count, this.count);
    for (let index = this.#chunkOf(result, start); rows.length < end - start && index < result.chunkCount; index += 1) {
      const chunk = result.getChunk(index);
      const first = this.#starts[index] ?? 0;
      this.#starts[index + 1] = first + chunk.rowCount;
      const from = Math.max(start - first, 0);
      const to = Math.min(end - first, chunk.rowCount);
      const columns = this.columns.map((_, column) => chunk.getColumnVector(column));
      for (let row = from; row < to; row += 1) rows.push(columns.map((column) => sqlValue(column.getItem(row))));
    }
    return rows;
  }

  #chunkOf(result: DuckDBMaterializedResult, row: number): number {
    for (let index = this.#starts.length - 1; index < result.chunkCount; index += 1) {
      const start = this.#starts[index] ?? 0;
      if (start > row) break;
      this.#starts[index + 1] ??= start + result.getChunk(index).rowCount;
    }
    return Math.max(
      0,
      this.#starts.findLastIndex((start) => start <= row),
    );
  }
}

/** Some rows of a relation; of columns that it lacks nothing. */
export async function readRows(
  connection: DuckDBConnection,
  known: Pick<Relation, "columns"> | undefined,
  { relation, columns, start, count }: RowsWanted,
): Promise<JobRows> {
  const read = columns.flatMap((name) => known?.columns.find((column) => column.name === name) ?? []);
  const names = read.length === 0 ? "NULL" : read.map(({ name }) => quoteName(name)).join(", ");
  const sql = `SELECT ${names} FROM ${quotePath(relation)} LIMIT ${count} OFFSET ${start}`;
  return new ResultRows(await connection.run(sql), read);
}

interface RowsWanted {
  readonly relation: RelationId;
  readonly columns: readonly string[];
  readonly start: number;
  readonly count: number;
}
