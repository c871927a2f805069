import type { Expr, FromItem, Identifier } from "../../googlesql/ast.js";
import type { Span } from "../../googlesql/contract.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { isFieldPath } from "../../googlesql/names.js";
import { walk } from "../../googlesql/walk.js";
import { COLLATED, typeName } from "../../port/sql-types.js";
import { coerce, commonType } from "../types/coercion.js";
import { equalText } from "../types/equal-values.js";
import { supportsEquality } from "../types/equality.js";
import type { Typed } from "../types/typed.js";
import { resolveAs } from "./expression.js";
import { type FromContext, lateralContext, type ResolvedFrom, resolveFromItem } from "./from.js";
import { fullJoinAsLeft } from "./full-join.js";
import { union } from "./lineage.js";
import type { Environment, ScopeColumn, Visible } from "./scope.js";
import { didYouMean } from "./suggest.js";
import { isVolatileText } from "./with-expression.js";

type Join = Extract<FromItem, { kind: "join" }>;

export function resolveJoin(join: Join, from: FromContext): ResolvedFrom {
  const left = resolveFromItem(join.left, from);
  const right = resolveFromItem(join.right, { ...from, left: merge(from.left, left.visible) });
  checkDuplicateAliases(left.visible, right.visible, join);
  if (join.using.length > 0) return joinUsing(join, left, right, from.env);
  const visible = merge(left.visible, right.visible);
  if (join.type === "CROSS") return { sql: `${left.sql} CROSS JOIN ${rightText(join, right)}`, visible };
  const ctx = lateralContext({ ...from, left: visible }, "ON clause");
  const condition = join.on === undefined ? "true" : resolveAs(join.on, "BOOL", ctx, "JOIN ON clause").sql;
  const outer = join.on !== undefined && join.type !== "INNER";
  if (outer && (holdsSubquery(join.on) || (join.type === "LEFT" && readsArray(join.right, left.visible))))
    return { sql: subqueryJoin(join, left, right, condition), visible };
  return joined(join, left, right, condition, visible, from.env);
}

function joined(
  join: Join,
  left: ResolvedFrom,
  right: ResolvedFrom,
  condition: string,
  visible: Visible,
  env: Environment,
): ResolvedFrom {
  const rightSql = rightText(join, right);
  if (join.type === "FULL" && env.depth > 0 && !isVolatileText(left.sql + rightSql))
    return fullJoinAsLeft({ left: left.sql, right: rightSql, condition, visible }, env);
  return { sql: `${left.sql} ${join.type} JOIN ${rightSql} ON ${condition}`, visible };
}

/** Whether a side is the elements of an array of the other: DuckDB takes only some conditions of such an outer join. */
function readsArray(side: FromItem, left: Visible): boolean {
  if (side.kind === "unnest") return true;
  const first = side.kind === "table" ? side.path[0]?.name.toLowerCase() : undefined;
  return (
    side.kind === "table" && isFieldPath(side.path) && left.ranges.some(({ name }) => name.toLowerCase() === first)
  );
}

function holdsSubquery(condition: Expr): boolean {
  let found = false;
  walk(condition, (node) => {
    if (node.kind === "subquery" || node.kind === "arrayQuery" || node.kind === "exists") found = true;
    if (node.kind === "in" && (node.set as { kind: string }).kind === "query")
      throw unsupported("IN with a subquery in the ON clause of an outer JOIN", node as unknown as Span);
    return undefined;
  });
  return found;
}

/** DuckDB takes a subquery in the condition of no outer join: it becomes the WHERE of a lateral query of the optional side. */
function subqueryJoin(join: Join, left: ResolvedFrom, right: ResolvedFrom, condition: string): string {
  if (join.type === "FULL") throw unsupported("A subquery in the ON clause of a FULL JOIN", join.on ?? join);
  const [kept, optional] = join.type === "LEFT" ? [left, right] : [right, left];
  const source = optionalSource(optional, join);
  // As a column first: DuckDB loses its way in some conditions of a lateral WHERE.
  const rows = `SELECT * FROM (SELECT *, ${condition} AS "on condition" FROM ${source.sql}) WHERE "on condition"`;
  return `${kept.sql} LEFT JOIN LATERAL (${rows}) AS ${source.alias} ON true`;
}

/** One table under one alias: the lateral query can take its name. */
function optionalSource({ sql }: ResolvedFrom, join: Join): { sql: string; alias: string } {
  const side = join.type === "LEFT" ? join.right : join.left;
  const alias = / AS (t\d+\$(?:\(v\))?)$/.exec(sql)?.[1];
  if (alias === undefined || side.kind === "join")
    throw unsupported(
      `A subquery in the ON clause of a ${join.type} JOIN with several tables on its optional side`,
      join.on ?? join,
    );
  return { sql, alias };
}

/** A join on the right side of a join keeps its parentheses. */
function rightText(join: Join, right: ResolvedFrom): string {
  return join.right.kind === "join" ? `(${right.sql})` : right.sql;
}

function merge(left: Visible, right: Visible): Visible {
  return { columns: [...left.columns, ...right.columns], ranges: [...left.ranges, ...right.ranges] };
}

function checkDuplicateAliases(left: Visible, right: Visible, join: Join): void {
  const known = new Set(left.ranges.map((range) => range.name.toLowerCase()));
  const twice = right.ranges.find((range) => known.has(range.name.toLowerCase()));
  if (twice !== undefined)
    throw analysisError(`Duplicate table alias ${twice.name} in the same FROM clause`, join.right);
}

/** USING: the shared columns come first, once; a full join takes whichever side has the value. */
function joinUsing(join: Join, left: ResolvedFrom, right: ResolvedFrom, env: Environment): ResolvedFrom {
  const { lineage } = env;
  const conditions: string[] = [];
  const merged = join.using.map((name): ScopeColumn => {
    const a = usingColumn(name, left.visible, "left");
    const b = usingColumn(name, right.visible, "right");
    const type = commonType([asTyped(a, name), asTyped(b, name)]);
    if (type === undefined) {
      throw analysisError(
        `Column ${name.name} in USING has incompatible types on either side of the join: ${typeName(a.type)}, ${typeName(b.type)}`,
        name,
      );
    }
    const leftSql = coerce(asTyped(a, name), type).sql;
    const rightSql = coerce(asTyped(b, name), type).sql;
    if (type !== COLLATED && !supportsEquality(type))
      throw analysisError(
        `Column ${name.name} in USING has types that do not support equality comparison: ${typeName(type)}`,
        name,
      );
    const simple = typeof type === "string" && type !== "FLOAT64" && type !== COLLATED;
    conditions.push(simple ? `${leftSql} = ${rightSql}` : equalText(leftSql, rightSql, type));
    const kept = join.type === "RIGHT" ? b : a;
    const sql = join.type === "FULL" ? `coalesce(${leftSql}, ${rightSql})` : join.type === "RIGHT" ? rightSql : leftSql;
    for (const side of [a, b]) lineage?.read(side.sql);
    lineage?.define(sql, join.type === "FULL" ? union([lineage.of(a.sql), lineage.of(b.sql)]) : lineage.of(kept.sql));
    return { name: a.name, sql, type };
  });
  const names = new Set(join.using.map((name) => name.name.toLowerCase()));
  const rest = (visible: Visible): ScopeColumn[] =>
    visible.columns.filter((column) => !names.has(column.name?.toLowerCase() ?? ""));
  const visible: Visible = {
    columns: [...merged, ...rest(left.visible), ...rest(right.visible)],
    ranges: [...left.visible.ranges, ...right.visible.ranges],
  };
  return joined(join, left, right, conditions.join(" AND "), visible, env);
}

function usingColumn(name: Identifier, visible: Visible, side: string): ScopeColumn {
  const key = name.name.toLowerCase();
  const matches = visible.columns.filter((column) => column.name?.toLowerCase() === key);
  if (matches.length > 1)
    throw analysisError(`Column ${name.name} in USING clause is ambiguous on the ${side} side of the join`, name);
  const [column] = matches;
  if (column === undefined) {
    const names = visible.columns.flatMap((candidate) => candidate.name ?? []);
    throw analysisError(
      `Column ${name.name} in USING clause not found on ${side} side of join${didYouMean(name.name, names)}`,
      name,
    );
  }
  return column;
}

function asTyped(column: ScopeColumn, span: Identifier): Typed {
  return { sql: column.sql, type: column.type, span, nullable: true, uses: [] };
}
