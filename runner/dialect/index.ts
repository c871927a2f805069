import type { Catalog } from "../googlesql/catalog.js";
import { locateErrors } from "../googlesql/errors.js";
import { parseQueryText } from "../googlesql/parser/statement.js";
import type { TranslatedQuery } from "./contract.js";
import { finishQuery, type ResultShape } from "./resolve/output.js";

export { DialectError } from "../googlesql/contract.js";
export { diagnoseQuery } from "./diagnose.js";
export { runtimeMessage } from "./runtime-error.js";
export { type TranslatedStatement, translateStatement } from "./statement.js";

/** A GoogleSQL query as DuckDB SQL with its output columns; throws `DialectError` for whatever is not exact. */
export function translateQuery(sql: string, catalog: Catalog, options: TranslateOptions = {}): TranslatedQuery {
  return locateErrors(sql, () => finishQuery(parseQueryText(sql), catalog, options.results ?? "bigquery"));
}

export interface TranslateOptions {
  /**
   * BigQuery rejects a result with two columns of one name and shows the fields of a top-level SELECT AS STRUCT as columns; the
   * reference implementation shows both columns, and one STRUCT.
   */
  readonly results?: ResultShape;
}
