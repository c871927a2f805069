import type { RowObject, TableBatch } from "../../runner/api/loader.js";
import type { RawTable } from "../raw-tables/index.js";
import { compileStamp, type RawValues, type Stamp } from "../stamp.js";
import type { Cells, SourceRecord } from "./source-table.js";

/** Collects the checked rows of one table and refuses a key that occurs twice, naming both places. */
export class RowSink {
  readonly #table: RawTable;
  readonly #processedAt: string;
  readonly #stamp: Stamp;
  readonly #rows: RowObject[] = [];
  readonly #seen = new Map<string, string>();

  constructor(table: RawTable, processedAt: string) {
    this.#table = table;
    this.#processedAt = processedAt;
    this.#stamp = compileStamp(table);
  }

  /** Adds the row that a record was mapped to. `column` is the source's column of the key, for the message. */
  add(values: RawValues, cells: Cells, record: SourceRecord, column: string): void {
    const key = this.#table.primaryKey.map((name) => String(values[name])).join(" ");
    const first = this.#seen.get(key);
    if (first !== undefined) cells.fail(record, column, `duplicate row for ${key}; the first is at ${first}`);
    this.#seen.set(key, `${cells.source.path}:${record.line}`);
    this.#rows.push(this.#stamp(values, this.#processedAt, cells.source.name));
  }

  /** Adds a row that comes from no single record. */
  addDerived(values: RawValues, sourceFile: string): void {
    this.#rows.push(this.#stamp(values, this.#processedAt, sourceFile));
  }

  /** The batch, or nothing if there are no rows. */
  *batch(): Generator<TableBatch> {
    if (this.#rows.length > 0) yield { table: this.#table, rows: this.#rows };
  }
}
