import { type Data, makeData, RecordBatch, RecordBatchStreamWriter, type Schema, Struct } from "apache-arrow";
import type { SqlValue } from "../../port/port.js";
import type { Column } from "../../port/sql-types.js";
import { arrowColumn } from "./arrow-columns.js";
import { arrowSchema } from "./arrow-types.js";

/** Behind the last batch of a stream stands a marker with a length of 0. */
const END_OF_STREAM = 8;

/** Rows as the Storage API sends them: a schema and batches, each a message of Arrow's IPC format. */
export class ArrowEncoder {
  readonly #columns: readonly Column[];
  readonly #schema: Schema;
  readonly schema: Uint8Array;

  constructor(columns: readonly Column[]) {
    this.#columns = columns;
    this.#schema = arrowSchema(columns);
    const stream = this.#stream([]);
    // A message is a marker, the length of what describes it, that, and its body; a schema has none.
    this.schema = stream.slice(0, 8 + new DataView(stream.buffer, stream.byteOffset).getInt32(4, true));
  }

  /** The message of some rows. */
  rows(rows: readonly (readonly SqlValue[])[]): Uint8Array {
    const stream = this.#stream(rows);
    return stream.slice(this.schema.length, stream.length - END_OF_STREAM);
  }

  #stream(rows: readonly (readonly SqlValue[])[]): Uint8Array {
    const children: Data[] = this.#columns.map(({ type }, i) =>
      arrowColumn(
        rows.map((row) => row[i] ?? null),
        type,
      ),
    );
    const type = new Struct(this.#schema.fields);
    const batch = new RecordBatch(this.#schema, makeData({ type, length: rows.length, nullCount: 0, children }));
    return RecordBatchStreamWriter.writeAll([batch]).toUint8Array(true);
  }
}
