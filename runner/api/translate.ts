import type { Column } from "../port/sql-types.js";
import { told } from "./errors.js";

/** A table that a translated query may read. */
export interface KnownTable {
  readonly dataset: string;
  readonly name: string;
  readonly columns: readonly Column[];
}

/** A query in the words of the embedded engine. */
export interface TranslatedSql {
  readonly sql: string;
  /** Output columns with their GoogleSQL types, in order. */
  readonly columns: readonly Column[];
}

/**
 * Translates a GoogleSQL query for the embedded engine. Functions are calls of the runner's own library, which a warehouse
 * that fastbreak opens has installed.
 *
 * @example
 * ```ts
 * const { sql, columns } = await translateSql("SELECT n FROM d.numbers WHERE n > 1", [
 *   { dataset: "d", name: "numbers", columns: [{ name: "n", type: "INT64" }] },
 * ]);
 * ```
 * @throws FastbreakError `sql` for what is wrong or cannot be reproduced exactly, with its line and column
 */
export async function translateSql(query: string, tables: readonly KnownTable[] = []): Promise<TranslatedSql> {
  const { translateOnEmbedded } = await import("../engines/duckdb/translate-query.js");
  return told(async () => translateOnEmbedded(query, tables));
}
