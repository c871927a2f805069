import type { Expr } from "../../googlesql/ast.js";
import type { CatalogTable } from "../../googlesql/catalog.js";
import { analysisError } from "../../googlesql/errors.js";
import { typeName } from "../../port/sql-types.js";
import { resolveExpr } from "./expression.js";
import type { ExprContext } from "./scope.js";

const NUMBERS = new Set(["INT64", "FLOAT64", "NUMERIC", "BIGNUMERIC"]);
/** How finely shares are told apart. */
const PARTS = 1_000_000;

/**
 * Which rows TABLESAMPLE takes: the service takes blocks as its storage has them, another share each time; here each row is in or out by its
 * number, so that a query gives the same rows as long as nobody changes the table, and a larger share holds a smaller one.
 */
export function sampleCondition(percent: Expr, table: CatalogTable, ctx: ExprContext): string {
  if (table.isView === true || table.standIn !== undefined)
    throw analysisError("TABLESAMPLE SYSTEM can only be applied directly to tables", percent);
  const { sql, type, literal } = resolveExpr(percent, ctx);
  if (!NUMBERS.has(typeName(type)))
    throw analysisError(`TABLESAMPLE percent must be a number, not ${typeName(type)}`, percent);
  const value = literal !== undefined && "value" in literal ? Number(literal.value) : undefined;
  if (value !== undefined && !(value >= 0 && value <= 100))
    throw analysisError("PERCENT value must be in the range [0, 100]", percent);
  const share = value === undefined ? sampleShare(sql) : `${(value / 100) * PARTS}`;
  return `hash(rowid) % ${PARTS} < ${share}`;
}

/** A share that is known only when the query runs. */
function sampleShare(sql: string): string {
  const percent = `CAST(${sql} AS DOUBLE)`;
  const error = "error('PERCENT value must be in the range [0, 100]')";
  return `CASE WHEN ${percent} BETWEEN 0 AND 100 THEN ${percent} / 100 * ${PARTS} ELSE ${error} END`;
}
