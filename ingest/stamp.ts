import type { RowObject, SqlValue } from "../runner/api/loader.js";
import { compileDataHash } from "./data-hash.js";
import type { RawTable } from "./raw-tables/index.js";

/** A row before `data_hash`, `processed_at` and `source_file_path` are added. */
export type RawValues = Record<string, SqlValue>;

/** Completes rows of one table in place: `(values, processedAt, sourceFile) => row`. */
export type Stamp = (values: RawValues, processedAt: string, sourceFile: string) => RowObject;

/**
 * Compiles the stamp of a table.
 * @throws TypeError at the first row whose columns are not exactly those of the table: a fault of the loader.
 */
export function compileStamp(table: RawTable): Stamp {
  const dataHash = compileDataHash(table.hashFields);
  let checked = false;
  return (values, processedAt, sourceFile) => {
    values.data_hash = dataHash(values);
    values.processed_at = processedAt;
    values.source_file_path = sourceFile;
    if (!checked) {
      const expected = table.columns
        .map((column) => column.name)
        .sort()
        .join(" ");
      const found = Object.keys(values).sort().join(" ");
      if (found !== expected) throw new TypeError(`${table.id.name}: columns are ${found}, should be ${expected}`);
      checked = true;
    }
    return values;
  };
}
