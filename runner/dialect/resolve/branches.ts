import type { Expr, Query } from "../../googlesql/ast.js";
import type { Span } from "../../googlesql/contract.js";
import { walk } from "../../googlesql/walk.js";
import { callsWindow } from "../../googlesql/window-calls.js";
import type { Typed } from "../types/typed.js";
import { callsAggregate } from "./grouping.js";
import type { ExprContext, Scope } from "./scope.js";

/**
 * Branches of CASE, IF and COALESCE. DuckDB evaluates a subquery before it knows which branch is taken, so one that may fail reads no rows
 * unless its branch is: the condition travels into it.
 */

/** The context of an expression that is evaluated only where `taken`, a DuckDB condition that is never NULL, holds. */
export function branchContext(ctx: ExprContext, taken: () => string, conditions: readonly Expr[]): ExprContext {
  const { branch } = ctx;
  const guard = (): string | undefined => {
    if (conditions.some((condition) => callsAggregate(condition) || callsWindow(condition))) return undefined;
    // A subquery can read a grouping key only where that is a plain column.
    for (const key of ctx.scope.groupKeys ?? []) if (!/^t\d+\$\."(?:[^"]|"")*"$/.test(key)) return undefined;
    if (branch === undefined) return taken();
    const outer = branch();
    return outer === undefined ? undefined : `${outer} AND ${taken()}`;
  };
  return { ...ctx, branch: guard };
}

/** Holds where the condition does, and never is NULL. */
export function holds(condition: Typed): string {
  return `coalesce(${condition.sql}, false)`;
}

/** A subquery as it stands in a branch. */
export interface GuardedQuery {
  readonly query: Query;
  readonly scope: Scope;
  /** What has to stand around its text. */
  around(sql: string, column: string): string;
}

const GUARD = "\0branch";

/** The query with its branch's condition; undefined where it cannot fail, or stands in no branch. */
export function guardQuery(query: Query, ctx: ExprContext): GuardedQuery | undefined {
  const { body } = query;
  if (ctx.branch === undefined || body.kind !== "select" || query.with.length > 0) return undefined;
  const array = body.from?.kind === "unnest";
  if (!computesFailing(query) && (array || isSingleRow(query))) return undefined;
  const guard = ctx.branch();
  if (guard === undefined) return undefined;
  const span: Span = { start: query.start, end: query.end };
  const path: Expr = { kind: "path", parts: [{ name: GUARD, ...span }], ...span };
  const where: Expr =
    body.where === undefined
      ? path
      : {
          kind: "case",
          operand: undefined,
          branches: [{ when: path, result: body.where }],
          otherwise: { kind: "bool", value: false, ...span },
          ...span,
        };
  const guarded: Query = { ...query, body: { ...body, where } };
  // An array is read anew for every row anyway. A table is read once for `true` and once for `false`, however many rows there are outside.
  const alias = ctx.env.freshAlias();
  const scope: Scope = {
    columns: [{ name: GUARD, sql: array ? `(${guard})` : `${alias}.g`, type: "BOOL" }],
    ranges: [],
    parent: ctx.scope,
    owner: {},
    aliases: undefined,
    groupKeys: undefined,
  };
  const lateral = ctx.env.freshAlias();
  return {
    query: guarded,
    scope,
    around: (sql, column) =>
      array
        ? sql
        : `SELECT ${lateral}.${column} FROM (SELECT ${guard} AS g) AS ${alias}, LATERAL (${sql}) AS ${lateral}`,
  };
}

/** True for the condition of a branch that `guardQuery` made the WHERE of a query that had none. */
export function isBranchGuard(where: Expr | undefined): boolean {
  return where?.kind === "path" && where.parts[0]?.name === GUARD;
}

const FAILING = new Set(
  (
    "DIV MOD ERROR LN LOG LOG10 SQRT POW POWER EXP PARSE_DATE PARSE_DATETIME PARSE_TIME PARSE_TIMESTAMP PARSE_JSON PARSE_NUMERIC " +
    "PARSE_BIGNUMERIC DATE DATETIME TIMESTAMP TIME INT64 BOOL STRING FLOAT64 SUBSTR LEFT RIGHT REPEAT CHR"
  ).split(" "),
);

/** True where the query computes what may fail for some value. */
function computesFailing(query: Query): boolean {
  let found = false;
  walk([query.body], (node) => {
    if (node.kind === "binary" && node.op === "/") found = true;
    if (node.kind === "call" && node.safe !== true && FAILING.has(node.name as string)) found = true;
    if (node.kind === "cast" && node.safe !== true) found = true;
    if (node.kind === "subscript" && !String(node.mode).startsWith("SAFE")) found = true;
    return undefined;
  });
  return found;
}

/** True where the query certainly has no more than one row. */
function isSingleRow({ body, limit }: Query): boolean {
  if (limit?.kind === "integer" && Number(limit.value) <= 1) return true;
  if (body.kind !== "select" || body.groupBy !== undefined) return false;
  return body.from === undefined || body.items.some((item) => item.kind === "expr" && callsAggregate(item.expr));
}
