import { typeName } from "../../sql-types.js";
import type { Expr, Query, QueryBody } from "../ast.js";
import { analysisError, unsupported } from "../errors.js";
import { quoteName } from "../print/sql.js";
import { coerce, coercionCost, commonType } from "../types/coercion.js";
import { isComparable, isOrderable, sameType } from "../types/equality.js";
import type { Typed } from "../types/typed.js";
import { resolveExpr } from "./expression.js";
import { orderKeys } from "./order.js";
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

/** A query in its own scope; `parent` is what a correlated query sees outside. */
export function resolveQuery(
  query: Query,
  env: Environment,
  outer: CommonTables,
  parent: Scope | undefined,
): ResolvedQuery {
  const { prefix, commons } = resolveWith(query, env, outer, parent);
  const limit = printLimit(query, env, commons);
  if (query.body.kind === "select") {
    const select = resolveSelect(query.body, query.orderBy, env, commons, parent);
    return {
      ...select,
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
  return { ...body, rows: undefined, sql: `${prefix}${orderOutput(body, query, env, commons, parent)}${limit}` };
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
  for (const common of query.with) {
    const key = common.name.name.toLowerCase();
    if (seen.has(key)) throw analysisError(`Duplicate alias ${common.name.name} for WITH subquery`, common.name);
    seen.add(key);
    const sqlName = env.freshCommonName(common.name.name);
    const recursive = query.recursive ? bindRecursive(common, sqlName, env, commons, parent) : undefined;
    if (recursive !== undefined) texts.push(...recursive.before);
    isRecursive ||= recursive !== undefined;
    const resolved = recursive ?? resolveQuery(common.query, env, commons, parent);
    const entry: CommonTableEntry = { sqlName, columns: resolved.columns, valueTable: resolved.valueTable };
    commons.set(key, entry);
    const columns =
      recursive === undefined ? "" : `(${resolved.columns.map((column) => quoteName(column.key)).join(", ")})`;
    texts.push(`${quoteName(sqlName)}${columns} AS (${resolved.sql})`);
  }
  return { texts, recursive: isRecursive, commons };
}

/** A set operation: columns by position, each as the common type of its arms. */
export function combine(
  arms: readonly ResolvedQuery[],
  body: Extract<QueryBody, { kind: "set" }>,
  env: Environment,
): ResolvedQuery {
  const [first] = arms as [ResolvedQuery, ...ResolvedQuery[]];
  const name = `${body.op} ${body.all ? "ALL" : "DISTINCT"}`;
  if (body.all && body.op !== "UNION" && env.shape === "bigquery")
    throw analysisError(`${name} is not supported in BigQuery; use ${body.op} DISTINCT`, body);
  for (const [i, arm] of arms.entries()) {
    if (arm.columns.length !== first.columns.length) {
      const message = `Queries in ${name} have mismatched column count; query 1 has ${first.columns.length} column${first.columns.length === 1 ? "" : "s"}, query ${i + 1} has ${arm.columns.length} column${arm.columns.length === 1 ? "" : "s"}`;
      throw analysisError(message, body.arms[i] ?? body);
    }
  }
  const columns = first.columns.map((column, i): OutputColumn => {
    const parts = arms.map((arm) => asTyped(arm.columns[i] as OutputColumn, ""));
    const type = commonType(parts);
    if (type === undefined) {
      const types = parts.map((part) => typeName(part.type)).join(", ");
      throw analysisError(`Column ${i + 1} in ${name} has incompatible types: ${types}`, body.arms[1] ?? body);
    }
    if (!body.all && !isComparable(type)) {
      throw analysisError(
        `Column ${i + 1} in ${name} has type that does not support set operation comparisons: ${typeName(type)}`,
        body,
      );
    }
    const literal = parts.every((part) => part.literal?.kind === "null") ? column.literal : undefined;
    return { ...column, type, literal };
  });
  const rows = body.op === "UNION" && body.all ? constantRows(arms, columns) : undefined;
  if (rows !== undefined) return { ...valuesTable(rows, columns, env), valueTable: first.valueTable };
  const separator = ` ${body.op}${body.all ? " ALL" : ""} `;
  return { sql: arms.map((arm) => armText(arm, columns, env)).join(separator), columns, valueTable: first.valueTable };
}

/** All rows of arms that are constants, coerced; undefined where one is not. */
function constantRows(arms: readonly ResolvedQuery[], columns: readonly OutputColumn[]): Typed[][] | undefined {
  const rows: Typed[][] = [];
  for (const arm of arms) {
    if (arm.rows === undefined) return undefined;
    for (const row of arm.rows) rows.push(row.map((value, i) => coerce(value, (columns[i] as OutputColumn).type)));
  }
  return rows;
}

/** One VALUES list is planned faster than a UNION ALL of single rows, and keeps their order. */
function valuesTable(rows: readonly (readonly Typed[])[], columns: readonly OutputColumn[], env: Environment) {
  const alias = env.freshAlias();
  const names = columns.map((column) => quoteName(column.key)).join(", ");
  const values = rows.map((row) => `(${row.map((value) => value.sql).join(", ")})`).join(", ");
  return { sql: `SELECT ${names} FROM (VALUES ${values}) AS ${alias}(${names})`, columns, rows };
}

/** An arm, its columns coerced where they differ, in parentheses so that its own ORDER BY and LIMIT stay its own. */
export function armText(arm: ResolvedQuery, columns: readonly OutputColumn[], env: Environment): string {
  const same = columns.every((column, i) => sameType(column.type, (arm.columns[i] as OutputColumn).type));
  if (same) return `(${arm.sql})`;
  const alias = env.freshAlias();
  const items = columns.map((column, i) => {
    const own = arm.columns[i] as OutputColumn;
    const value = asTyped(own, `${alias}.${quoteName(own.key)}`);
    return `${coerceColumn(value, column).sql} AS ${quoteName(column.key)}`;
  });
  return `(SELECT ${items.join(", ")} FROM (${arm.sql}) AS ${alias})`;
}

function coerceColumn(value: Typed, column: OutputColumn): Typed {
  if (value.literal?.kind === "null") return coerce(value, column.type);
  // The literal is inside the arm's text by now: a string column that stands for a date is converted at run time.
  if (coercionCost({ ...value, literal: undefined }, column.type) === undefined) {
    throw unsupported(
      `A ${typeName(value.type)} literal used as ${typeName(column.type)} in a set operation`,
      value.span,
    );
  }
  return coerce({ ...value, literal: undefined }, column.type);
}

export function asTyped(column: OutputColumn, sql: string): Typed {
  return { sql, type: column.type, span: column.span, literal: column.literal, nullable: true, uses: [] };
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
    if (!isOrderable(value.type))
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
  if (ordinal < 1 || ordinal > columns) {
    throw analysisError(`ORDER BY is out of SELECT column number range: ${expr.value}`, expr);
  }
  return ordinal;
}

function printLimit(query: Query, env: Environment, commons: CommonTables): string {
  const ctx: ExprContext = {
    env,
    commons,
    scope: emptyScope(undefined),
    clause: "LIMIT clause",
    aggregates: "forbidden",
    windows: false,
    namedWindows: new Map(),
  };
  const count = (expr: Expr, what: string): string => {
    const { literal } = resolveExpr(expr, ctx);
    if (literal?.kind !== "integer" || literal.value < 0n) {
      throw analysisError(`${what} expects a non-negative integer literal or parameter`, expr);
    }
    return `${literal.value}`;
  };
  if (query.limit === undefined) return "";
  const offset = query.offset === undefined ? "" : ` OFFSET ${count(query.offset, "OFFSET")}`;
  return ` LIMIT ${count(query.limit, "LIMIT")}${offset}`;
}
