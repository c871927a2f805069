import type { Expr, Query, QueryBody } from "../../googlesql/ast.js";
import { analysisError } from "../../googlesql/errors.js";
import { inDependencyOrder } from "../../googlesql/with-order.js";
import { typeName } from "../../port/sql-types.js";
import { quoteName } from "../print/sql.js";
import { isSortable } from "../types/equality.js";
import { orderKeys } from "../types/order-keys.js";
import { resolveExpr } from "./expression.js";
import { asRows, Gathered, gather, type Origin, union } from "./lineage.js";
import { bindRecursive } from "./recursive.js";
import {
  type CommonTableEntry,
  type CommonTables,
  type Environment,
  type ExprContext,
  emptyScope,
  type OutputColumn,
  type ResolvedQuery,
  type Scope,
} from "./scope.js";
import { resolveSelect } from "./select.js";
import { asTyped, combine } from "./set-operations.js";

export { asTyped };

/**
 * A query in its own scope; `parent` is what a correlated query sees outside.
 * @param passing whether it passes on the names of its FROM clause, as pipe operators do
 */
export function resolveQuery(
  query: Query,
  env: Environment,
  outer: CommonTables,
  parent: Scope | undefined,
  passing = false,
): ResolvedQuery {
  const { prefix, commons } = resolveWith(query, env, outer, parent);
  const limit = printLimit(query, env, commons, parent);
  if (query.body.kind === "select") {
    const select = resolveSelect(query.body, query.orderBy, env, commons, parent, passing);
    const chosenBy = query.limit === undefined ? select.chosenBy : union([select.chosenBy, select.orderedBy]);
    return {
      ...select,
      chosenBy,
      sql: `${prefix}${select.sql}${limit}`,
      rows: prefix === "" && limit === "" ? select.rows : undefined,
    };
  }
  const body = resolveBody(query.body, env, commons, parent);
  if (query.orderBy.length === 0) {
    if (prefix === "" && limit === "") return body;
    const sql = query.body.kind === "nested" || body.rows !== undefined ? `SELECT * FROM (${body.sql})` : body.sql;
    return { ...body, sql: `${prefix}${sql}${limit}`, rows: undefined };
  }
  const ordering = new Gathered();
  const sql = gather(env, ordering, () => orderOutput(body, query, env, commons, parent));
  const chosenBy =
    body.chosenBy && query.limit !== undefined ? asRows(union([body.chosenBy, ordering]) as Origin) : body.chosenBy;
  return { ...body, rows: undefined, sql: `${prefix}${sql}${limit}`, chosenBy };
}

export function resolveBody(
  body: QueryBody,
  env: Environment,
  commons: CommonTables,
  parent: Scope | undefined,
): ResolvedQuery {
  switch (body.kind) {
    case "select":
      return resolveSelect(body, [], env, commons, parent);
    case "nested":
      return resolveQuery(body.query, env, commons, parent);
    case "set":
      return combine(
        body.arms.map((arm) => resolveBody(arm, env, commons, parent)),
        body,
        env,
      );
  }
}

interface With {
  readonly prefix: string;
  readonly commons: CommonTables;
}

function resolveWith(query: Query, env: Environment, outer: CommonTables, parent: Scope | undefined): With {
  if (query.with.length === 0) return { prefix: "", commons: outer };
  const { texts, recursive, commons } = resolveCommons(query, env, outer, parent);
  return { prefix: `WITH ${recursive ? "RECURSIVE " : ""}${texts.join(", ")} `, commons };
}

interface Commons {
  /** `name AS (query)` of each. */
  readonly texts: readonly string[];
  readonly recursive: boolean;
  readonly commons: CommonTables;
}

/** The WITH entries of a query, in order. */
export function resolveCommons(
  query: Query,
  env: Environment,
  outer: CommonTables,
  parent: Scope | undefined,
): Commons {
  const commons = new Map(outer);
  let isRecursive = query.recursive;
  const seen = new Set<string>();
  const texts: string[] = [];
  for (const { name } of query.with) {
    const key = name.name.toLowerCase();
    if (seen.has(key)) throw analysisError(`Duplicate alias ${name.name} for WITH subquery`, name);
    seen.add(key);
  }
  for (const common of query.recursive ? inDependencyOrder(query.with) : query.with) {
    const key = common.name.name.toLowerCase();
    const sqlName = env.freshCommonName(common.name.name);
    const recursive = query.recursive ? bindRecursive(common, sqlName, env, commons, parent) : undefined;
    if (recursive !== undefined) texts.push(...recursive.before);
    isRecursive ||= recursive !== undefined;
    const resolved = recursive ?? resolveQuery(common.query, env, commons, parent);
    const { columns: output, valueTable, chosenBy } = resolved;
    const entry: CommonTableEntry = { sqlName, columns: output, valueTable, chosenBy };
    commons.set(key, entry);
    const keys = recursive === undefined ? [] : [...output.map((column) => column.key), recursive.counter];
    const columns = recursive === undefined ? "" : `(${keys.map(quoteName).join(", ")})`;
    texts.push(`${quoteName(sqlName)}${columns} AS (${resolved.sql})`);
  }
  return { texts, recursive: isRecursive, commons };
}

/** ORDER BY over the output columns of a set operation or of a query in parentheses. */
function orderOutput(
  body: ResolvedQuery,
  query: Query,
  env: Environment,
  commons: CommonTables,
  parent: Scope | undefined,
): string {
  const alias = env.freshAlias();
  const columns = body.columns.map((column) => ({
    name: column.name,
    sql: `${alias}.${quoteName(column.key)}`,
    type: column.type,
  }));
  for (const [i, { sql }] of columns.entries()) env.lineage?.define(sql, body.columns[i]?.origin);
  const scope: Scope = { ...emptyScope(parent), columns };
  const ctx: ExprContext = {
    env,
    commons,
    scope,
    clause: "ORDER BY clause",
    aggregates: "forbidden",
    windows: false,
    namedWindows: new Map(),
  };
  const items = query.orderBy.map((item) => {
    const ordinal = orderOrdinal(item.expr, body.columns.length);
    const value =
      ordinal === undefined
        ? resolveExpr(item.expr, ctx)
        : asTyped(body.columns[ordinal - 1] as OutputColumn, (columns[ordinal - 1] as { sql: string }).sql);
    env.lineage?.read(value.sql);
    if (!isSortable(value.type))
      throw analysisError(`ORDER BY does not support expressions of type ${typeName(value.type)}`, item);
    return orderKeys(value, item);
  });
  return `SELECT ${alias}.* FROM (${body.sql}) AS ${alias} ORDER BY ${items.join(", ")}`;
}

/** `ORDER BY 2`: the 1-based output column. */
export function orderOrdinal(expr: Expr, columns: number): number | undefined {
  if (["string", "float", "bool", "null", "bytes", "typedLiteral"].includes(expr.kind))
    throw analysisError("Cannot ORDER BY literal values", expr);
  if (expr.kind === "unary" && expr.op === "-" && expr.operand.kind === "integer") {
    throw analysisError(
      `ORDER BY column number item is out of range. Column numbers must be greater than or equal to one. Found : -${expr.operand.value}`,
      expr,
    );
  }
  if (expr.kind !== "integer") return undefined;
  const ordinal = Number(expr.value);
  if (ordinal < 1)
    throw analysisError(
      `ORDER BY column number item is out of range. Column numbers must be greater than or equal to one. Found : ${expr.value}`,
      expr,
    );
  if (ordinal > columns) {
    throw analysisError(`ORDER BY is out of SELECT column number range: ${expr.value}`, expr);
  }
  return ordinal;
}

/** How many rows are taken and left out: constants, among them the variables of a script, but no columns of other queries. */
function printLimit(query: Query, env: Environment, commons: CommonTables, parent: Scope | undefined): string {
  const ctx: ExprContext = {
    env,
    commons,
    scope: emptyScope(constantScope(parent)),
    clause: "LIMIT clause",
    aggregates: "forbidden",
    windows: false,
    namedWindows: new Map(),
  };
  if (query.limit === undefined) return "";
  const offset = query.offset === undefined ? "" : ` OFFSET ${rowCount(query.offset, "OFFSET", ctx)}`;
  return ` LIMIT ${rowCount(query.limit, "LIMIT", ctx)}${offset}`;
}

function rowCount(expr: Expr, what: string, ctx: ExprContext): string {
  const { literal, type, opaque, sql } = resolveExpr(expr, ctx);
  if (literal?.kind === "integer" && literal.value >= 0n) return `${literal.value}`;
  // The recorded reference is older than constant expressions there.
  if (literal !== undefined || type !== "INT64" || opaque === true || ctx.env.shape === "reference")
    throw analysisError(`${what} expects a non-negative integer literal or parameter`, expr);
  return `(CASE WHEN ${sql} >= 0 THEN ${sql} ELSE CAST(error('${what} must not be negative or NULL') AS BIGINT) END)`;
}

function constantScope(scope: Scope | undefined): Scope | undefined {
  return scope === undefined || scope.isConstant === true ? scope : constantScope(scope.parent);
}
