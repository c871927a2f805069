import type { Catalog, QueryScan, ScriptScan, TranslatedQuery } from "./contract.js";
import { locateErrors } from "./errors.js";
import { parseScriptText } from "./parser/script.js";
import { parseQueryText } from "./parser/statement.js";
import { finishQuery, type ResultShape } from "./resolve/output.js";
import { scanParsed } from "./scan.js";
import { scanStatements } from "./scan-script.js";

export { canonicalText } from "./canonical.js";
export { DialectError } from "./contract.js";
export { type Diagnosis, diagnoseQuery } from "./diagnose.js";
export { runtimeMessage } from "./runtime-error.js";
export { type TranslatedStatement, translateStatement } from "./statement.js";

/** Tables and volatile calls of a query, known without a catalog. */
export function scanQuery(sql: string): QueryScan {
  return locateErrors(sql, () => scanParsed(sql, parseQueryText(sql)));
}

/** What a script reads, calls and creates, known without a catalog. */
export function scanScript(sql: string): ScriptScan {
  return locateErrors(sql, () => scanStatements(sql, parseScriptText(sql)));
}

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
