import type { Expr } from "../../googlesql/ast.js";
import type { Catalog } from "../../googlesql/catalog.js";
import type { Span } from "../../googlesql/contract.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { parseTypeText } from "../../googlesql/parser/type.js";
import type { Column } from "../../port/sql-types.js";
import { typeName } from "../../port/sql-types.js";
import { limitedTree } from "../functions/limits.js";
import { holdsBignumeric } from "../print/sql.js";
import { storedArrays } from "../print/stored-arrays.js";
import { coerce, coercionCost } from "../types/coercion.js";
import { plain } from "../types/collation.js";
import type { Typed } from "../types/typed.js";
import { resolveExpr } from "./expression.js";
import { Environment, type ExprContext, emptyScope, type Scope } from "./scope.js";
import { limitsOf } from "./type-node.js";

/** A context in which no column is visible. */
export function constantContext(
  catalog: Catalog,
  scope: Scope = emptyScope(undefined),
  clause = "this expression",
): ExprContext {
  return {
    env: new Environment(catalog),
    commons: new Map(),
    scope,
    clause,
    aggregates: "forbidden",
    windows: false,
    namedWindows: new Map(),
  };
}

/** A value on its way into a column. https://cloud.google.com/bigquery/docs/reference/standard-sql/dml-syntax */
export function resolveAssignment(expr: Expr, column: Column, ctx: ExprContext): Typed {
  const value = plain(resolveExpr(expr, ctx));
  if (coercionCost(value, column.type) === undefined) {
    throw analysisError(
      `Value has type ${typeName(value.type)} which cannot be inserted into column ${column.name}, which has type ${typeName(column.type)}`,
      expr,
    );
  }
  return stored(coerce(value, column.type), column, expr);
}

/**
 * A value of its column's type as the column stores it: within the parameters of the type, arrays without NULLs, BIGNUMERIC, which is
 * computed with as bytes, as a decimal.
 */
export function stored(value: Typed, column: Column, span: Span): Typed {
  const limits = column.declared === undefined ? undefined : limitsOf(parseTypeText(column.declared));
  const sql = limits === undefined ? value.sql : limitedTree(value.sql, column.type, limits);
  if (!holdsBignumeric(value.type)) return { ...value, sql: storedArrays(sql, column.type, column.name) };
  if (value.type !== "BIGNUMERIC") throw unsupported("Writing BIGNUMERIC values within ARRAY or STRUCT", span);
  return { ...value, sql: `CAST(bq_bignumeric_decimal(${sql}, 18, true) AS DECIMAL(38,18))` };
}
