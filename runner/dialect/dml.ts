import type { FromItem, Identifier, PathNode, Statement } from "../googlesql/ast.js";
import type { Catalog, CatalogTable } from "../googlesql/catalog.js";
import { analysisError } from "../googlesql/errors.js";
import { type Column, isSameName, typeName } from "../port/sql-types.js";
import { changedTable, openTable } from "./alter.js";
import { assigned, newValues, setClause } from "./assignments.js";
import { writtenColumn } from "./named-columns.js";
import { quoteName, quotePath, quoteString } from "./print/sql.js";
import { constantContext, stored } from "./resolve/constant.js";
import { resolveAs } from "./resolve/expression.js";
import { relation, resolveFrom, withArrival } from "./resolve/from.js";
import { asTyped, resolveQuery } from "./resolve/query.js";
import {
  Environment,
  type ExprContext,
  emptyScope,
  type OutputColumn,
  type ScopeColumn,
  type Visible,
} from "./resolve/scope.js";
import type { StatementContext } from "./statement.js";
import { coerce, coercionCost } from "./types/coercion.js";
import { columnType, plain } from "./types/collation.js";

type Node<K extends Statement["kind"]> = Extract<Statement, { kind: K }>;

/** INSERT by column names: each value coerced to its column's type. */
export function translateInsert(statement: Node<"insert">, { catalog, variables }: StatementContext): string {
  const table = changedTable(statement.path, catalog);
  const columns = insertedColumns(statement.columns, table);
  const head = `INSERT INTO ${quotePath(table.path)} (${columns.map((column) => quoteName(column.name)).join(", ")})`;
  if (statement.query !== undefined) return `${head} ${insertQuery(statement, table, columns, { catalog, variables })}`;
  const ctx = constantContext(catalog, variables);
  const rows = statement.rows.map((row) => {
    if (row.length !== columns.length) {
      throw analysisError(
        `Inserted row has wrong column count; Has ${row.length}, expected ${columns.length}`,
        statement,
      );
    }
    return `(${row.map((value, i) => assigned(value, columns[i] as Column, ctx)).join(", ")})`;
  });
  return `${head} VALUES ${rows.join(", ")}`;
}

/** The named columns, each once, or all of them. */
export function insertedColumns(names: readonly Identifier[], table: CatalogTable): readonly Column[] {
  const seen = new Set<string>();
  for (const name of names) {
    const key = name.name.toLowerCase();
    if (seen.has(key)) throw analysisError(`INSERT has columns with duplicate name: ${name.name}`, name);
    seen.add(key);
  }
  return names.length === 0 ? table.columns : names.map((name) => writtenColumn(name, table));
}

function insertQuery(
  statement: Node<"insert">,
  table: CatalogTable,
  columns: readonly Column[],
  { catalog, variables }: StatementContext,
): string {
  const watched = watchedFor(table, catalog);
  const env = new Environment(watched.catalog);
  const query = resolveQuery(statement.query as NonNullable<Node<"insert">["query"]>, env, new Map(), variables);
  if (query.columns.length !== columns.length) {
    throw analysisError(
      `Inserted row has wrong column count; Has ${query.columns.length}, expected ${columns.length}`,
      statement,
    );
  }
  const alias = env.freshAlias();
  const items = columns.map((column, i) => {
    const own = query.columns[i] as OutputColumn;
    const value = plain({
      ...asTyped(own, `${alias}.${quoteName(own.key)}`),
      literal: own.literal?.kind === "null" ? own.literal : undefined,
    });
    if (coercionCost(value, column.type) === undefined) {
      throw analysisError(
        `Query column ${i + 1} has type ${typeName(own.type)} which cannot be inserted into column ${column.name}, which has type ${typeName(column.type)}`,
        own.span,
      );
    }
    return stored(coerce(value, column.type), column, own.span).sql;
  });
  const rows = `(${query.sql}) AS ${alias}`;
  return `SELECT ${items.join(", ")} FROM ${watched.isRead() ? computedFirst(rows) : rows}`;
}

/** A catalog that knows afterwards whether somebody has looked a table up in it, or a view, which may read that table. */
function watchedFor(table: CatalogTable, catalog: Catalog): { readonly catalog: Catalog; isRead(): boolean } {
  let isRead = false;
  const find = (path: readonly string[]): CatalogTable | undefined => {
    const found = catalog.find(path);
    isRead ||= found !== undefined && (found.isView === true || found.path.join(".") === table.path.join("."));
    return found;
  };
  return { catalog: { ...catalog, find }, isRead: () => isRead };
}

export function translateDelete(statement: Node<"delete">, context: StatementContext): string {
  const { text, ctx } = targetContext(statement.path, statement.alias, context);
  return `DELETE FROM ${text} WHERE ${resolveAs(statement.where, "BOOL", ctx, "WHERE clause").sql}`;
}

/** UPDATE; with FROM first a check, because BigQuery fails when two source rows meet one target row and DuckDB takes either. */
export function translateUpdate(statement: Node<"update">, context: StatementContext): string[] {
  const target = targetContext(statement.path, statement.alias, context);
  const from = statement.from === undefined ? undefined : joinedContext(target, statement.from, context);
  const ctx = from?.ctx ?? target.ctx;
  const set = newValues(statement.set, target, ctx).map(setClause);
  const where = resolveAs(statement.where, "BOOL", ctx, "WHERE clause").sql;
  const update = `UPDATE ${target.text} SET ${set.join(", ")}`;
  if (from === undefined) return [`${update} WHERE ${where}`];
  const { text, id } = toldApart(target);
  const pairs = `FROM ${text}, ${from.text} WHERE ${where}`;
  return [
    oneSourceRow(`SELECT 1 ${pairs} GROUP BY ${id} HAVING count(*) > 1`),
    `${update} FROM ${from.text} WHERE ${where}`,
  ];
}

/** The rows of a target, each with a number of its own: DuckDB's, unless a column of the table hides that. */
export function toldApart({ table, text, alias }: Target): { readonly text: string; readonly id: string } {
  if (!table.columns.some(({ name }) => isSameName(name, "rowid"))) return { text, id: `${alias}.rowid` };
  const rows = `SELECT *, row_number() OVER () AS "row$" FROM ${quotePath(table.path)}`;
  return { text: `(${rows}) AS ${alias}`, id: `${alias}."row$"` };
}

/** A query that fails in BigQuery's words when `offenders` has a row. The count keeps DuckDB from folding the failing cast away. */
export function oneSourceRow(offenders: string): string {
  const message = "UPDATE/MERGE must match at most one source row for each target row";
  return `SELECT CAST(CASE WHEN count(*) > 0 THEN ${quoteString(message)} ELSE '0' END AS BIGINT) FROM (${offenders})`;
}

/** The table that a statement changes, as an expression sees it. */
export interface Target {
  readonly table: CatalogTable;
  /** `"schema"."table" AS t1`. */
  readonly text: string;
  readonly alias: string;
  readonly name: string;
  readonly visible: Visible;
  readonly ctx: ExprContext;
}

export function targetContext(path: PathNode, alias: Identifier | undefined, context: StatementContext): Target {
  const table = openTable(path, context.catalog);
  const env = new Environment(context.catalog);
  const columns = table.columns.map(
    (column): OutputColumn => ({
      name: column.name,
      key: column.name,
      type: columnType(column),
      literal: undefined,
      span: path,
    }),
  );
  const known = alias ?? (path.parts.at(-1) as Identifier);
  const resolved = relation(quotePath(table.path), columns, false, known, env);
  const { sql, visible: read } = withArrival(resolved, table, env);
  const visible = withBignumeric(read);
  const ctx = { ...contextOf(visible, context), env };
  const name = known.name.toLowerCase();
  return { table, text: sql, alias: sql.slice(sql.lastIndexOf(" ") + 1), name, visible, ctx };
}

/** The stored BIGNUMERIC columns as expressions compute with them. */
function withBignumeric({ columns, ranges }: Visible): Visible {
  const read = (column: ScopeColumn): ScopeColumn =>
    column.type === "BIGNUMERIC" ? { ...column, sql: `bq_bignumeric(CAST(${column.sql} AS VARCHAR))` } : column;
  return {
    columns: columns.map(read),
    ranges: ranges.map((range) => ({ ...range, columns: range.columns.map(read) })),
  };
}

/**
 * The same rows, all of them computed before the first is taken: DuckDB changes rows while it reads others, and a query that reads the
 * table in several places then finds some changed.
 * @param text one item of a FROM clause with its alias, `(SELECT ..) AS s`; anything else is left as it is
 */
export function computedFirst(text: string): string {
  const alias = /^(?:\(.*\)|"[^()]*") AS (\S+)$/s.exec(text)?.[1];
  if (alias === undefined) return text;
  return `(WITH "rows$" AS MATERIALIZED (SELECT * FROM ${text}) SELECT * FROM "rows$") AS ${alias}`;
}

/** The target's columns and those of a FROM clause beside it. */
export function joinedContext(
  target: Target,
  from: FromItem,
  context: StatementContext,
): { readonly text: string; readonly visible: Visible; readonly ctx: ExprContext } {
  const { sql, visible } = resolveFrom(from, target.ctx.env, new Map(), context.variables);
  const both = {
    columns: [...target.visible.columns, ...visible.columns],
    ranges: [...target.visible.ranges, ...visible.ranges],
  };
  return { text: sql, visible, ctx: { ...contextOf(both, context), env: target.ctx.env } };
}

/** An expression context in which exactly these columns are visible. */
export function contextOf(visible: Visible, { catalog, variables }: StatementContext): ExprContext {
  return constantContext(catalog, { ...emptyScope(variables), ...visible }, "WHERE clause");
}
