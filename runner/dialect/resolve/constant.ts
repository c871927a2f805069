import type { Expr } from "../../googlesql/ast.js";
import type { Catalog } from "../../googlesql/catalog.js";
import type { Span } from "../../googlesql/contract.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { type SqlType, typeName } from "../../port/sql-types.js";
import { holdsBignumeric } from "../print/sql.js";
import { coerce, coercionCost } from "../types/coercion.js";
import type { Typed } from "../types/typed.js";
import { resolveExpr } from "./expression.js";
import { Environment, type ExprContext, emptyScope, type Scope } from "./scope.js";

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
export function resolveAssignment(expr: Expr, type: SqlType, ctx: ExprContext, column: string): Typed {
  const value = resolveExpr(expr, ctx);
  if (coercionCost(value, type) === undefined) {
    throw analysisError(
      `Value has type ${typeName(value.type)} which cannot be inserted into column ${column}, which has type ${typeName(type)}`,
      expr,
    );
  }
  return stored(coerce(value, type), expr);
}

/** A value as a column of its type stores it: BIGNUMERIC is computed with as bytes, and stored as a decimal. */
export function stored(value: Typed, span: Span): Typed {
  if (!holdsBignumeric(value.type)) return value;
  if (value.type !== "BIGNUMERIC") throw unsupported("Writing BIGNUMERIC values within ARRAY or STRUCT", span);
  return { ...value, sql: `CAST(bq_bignumeric_decimal(${value.sql}, 18, true) AS DECIMAL(38,18))` };
}
