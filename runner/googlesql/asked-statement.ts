import type { ScriptStatement } from "./script-ast.js";

/**
 * The statement that a text asks for where it is no script: the only one, or the query behind nothing but temporary functions.
 * https://cloud.google.com/bigquery/docs/multi-statement-queries#write_a_multi-statement_query
 *
 * @returns undefined for a script, and for a text without statements
 */
export function askedStatement(statements: readonly ScriptStatement[]): ScriptStatement | undefined {
  const last = statements.at(-1);
  if (statements.length <= 1) return last;
  return last?.kind === "query" && statements.slice(0, -1).every(isTemporaryFunction) ? last : undefined;
}

function isTemporaryFunction(statement: ScriptStatement): boolean {
  return statement.kind === "createFunction" && statement.temporary;
}
