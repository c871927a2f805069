import * as v from "valibot";
import { UserError } from "../graph/user-error.js";
import type { Column } from "../port/sql-types.js";
import { told } from "./errors.js";

/** A table that a translated query may read. */
export interface KnownTable {
  readonly dataset: string;
  readonly name: string;
  readonly columns: readonly Column[];
}

const text = v.string("must be a text");
const knownTables = v.array(
  v.object(
    {
      dataset: text,
      name: text,
      columns: v.array(v.object({ name: text, type: v.unknown() }, "must be a column"), "must be an array"),
    },
    ({ expected }) => (expected === "Object" ? "must be a table" : "must be a text"),
  ),
  "must be an array",
);

function requireTables(given: unknown): void {
  const { success, issues } = v.safeParse(knownTables, given);
  if (success) return;
  const [issue] = issues;
  const path = v.getDotPath(issue);
  throw new UserError(`translateSql: ${path === null ? "the tables" : `tables.${path}`} ${issue.message}`);
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
 * @throws FastbreakError `usage` for a query that is no text, `sql` for what is wrong or cannot be reproduced exactly, with its line and column
 */
export async function translateSql(query: string, tables: readonly KnownTable[] = []): Promise<TranslatedSql> {
  const { translateOnEmbedded } = await import("../engines/duckdb/translate-query.js");
  return told(async () => {
    if (typeof query !== "string") throw new UserError(`translateSql: the query must be a text, not ${typeof query}`);
    requireTables(tables);
    return translateOnEmbedded(query, tables);
  });
}
