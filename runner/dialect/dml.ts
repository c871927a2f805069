import { type Column, typeName } from "../sql-types.js";
import type { Expr, Identifier, PathNode, Statement } from "./ast.js";
import type { Catalog, CatalogTable } from "./contract.js";
import { analysisError, unsupported } from "./errors.js";
import { quoteName, quotePath } from "./print/sql.js";
import { constantContext, resolveAssignment } from "./resolve/constant.js";
import { resolveAs } from "./resolve/expression.js";
import { relation } from "./resolve/from.js";
import { asTyped, resolveQuery } from "./resolve/query.js";
import { Environment, type ExprContext, emptyScope, type OutputColumn } from "./resolve/scope.js";
import { didYouMean } from "./resolve/suggest.js";
import { coerce, coercionCost } from "./types/coercion.js";

type Node<K extends Statement["kind"]> = Extract<Statement, { kind: K }>;

/** INSERT by column names: each value coerced to its column's type. */
export function translateInsert(statement: Node<"insert">, catalog: Catalog): string {
  const table = tableOf(statement.path, catalog);
  const columns =
    statement.columns.length === 0 ? table.columns : statement.columns.map((name) => columnOf(name, table));
  const head = `INSERT INTO ${quotePath(table.duckdbPath)} (${columns.map((column) => quoteName(column.name)).join(", ")})`;
  if (statement.query !== undefined) return `${head} ${insertQuery(statement, columns, catalog)}`;
  const ctx = constantContext(catalog);
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

function insertQuery(statement: Node<"insert">, columns: readonly Column[], catalog: Catalog): string {
  const env = new Environment(catalog);
  const query = resolveQuery(statement.query as NonNullable<Node<"insert">["query"]>, env, new Map(), undefined);
  if (query.columns.length !== columns.length) {
    throw analysisError(
      `Inserted row has wrong column count; Has ${query.columns.length}, expected ${columns.length}`,
      statement,
    );
  }
  const alias = env.freshAlias();
  const items = columns.map((column, i) => {
    const own = query.columns[i] as OutputColumn;
    const value = {
      ...asTyped(own, `${alias}.${quoteName(own.key)}`),
      literal: own.literal?.kind === "null" ? own.literal : undefined,
    };
    if (coercionCost(value, column.type) === undefined) {
      throw analysisError(
        `Query column ${i + 1} has type ${typeName(own.type)} which cannot be inserted into column ${column.name}, which has type ${typeName(column.type)}`,
        own.span,
      );
    }
    return coerce(value, column.type).sql;
  });
  return `SELECT ${items.join(", ")} FROM (${query.sql}) AS ${alias}`;
}

export function translateDelete(statement: Node<"delete">, catalog: Catalog): string {
  const { text, ctx } = targetContext(statement.path, statement.alias, catalog);
  return `DELETE FROM ${text} WHERE ${resolveAs(statement.where, "BOOL", ctx, "WHERE clause").sql}`;
}

export function translateUpdate(statement: Node<"update">, catalog: Catalog): string {
  // BigQuery fails when two source rows meet one target row, DuckDB takes either: not the same, so not supported.
  if (statement.from !== undefined) throw unsupported("UPDATE ... FROM", statement.from);
  const { table, text, ctx } = targetContext(statement.path, statement.alias, catalog);
  const set = statement.set.map(({ column, value }) => {
    const target = columnOf(column, table);
    return `${quoteName(target.name)} = ${assigned(value, target, ctx)}`;
  });
  return `UPDATE ${text} SET ${set.join(", ")} WHERE ${resolveAs(statement.where, "BOOL", ctx, "WHERE clause").sql}`;
}

function assigned(value: Expr | "DEFAULT", column: Column, ctx: ExprContext): string {
  return value === "DEFAULT" ? "DEFAULT" : resolveAssignment(value, column.type, ctx, column.name).sql;
}

function targetContext(path: PathNode, alias: Identifier | undefined, catalog: Catalog) {
  const table = tableOf(path, catalog);
  const env = new Environment(catalog);
  const columns = table.columns.map(
    ({ name, type }): OutputColumn => ({ name, key: name, type, literal: undefined, span: path }),
  );
  const source = relation(quotePath(table.duckdbPath), columns, false, alias ?? path.parts.at(-1), env);
  const scope = { ...emptyScope(undefined), ...source.visible };
  return { table, text: source.sql, ctx: { ...constantContext(catalog, scope, "WHERE clause"), env } };
}

function tableOf(path: PathNode, catalog: Catalog): CatalogTable {
  const parts = path.parts.map((part) => part.name);
  const table = catalog.find(parts);
  if (table !== undefined) return table;
  throw analysisError(
    `Table not found: ${parts.join(".")}${didYouMean(parts.slice(-2).join("."), catalog.names())}`,
    path,
  );
}

function columnOf(name: Identifier, table: CatalogTable): Column {
  const column = table.columns.find((candidate) => candidate.name.toLowerCase() === name.name.toLowerCase());
  if (column !== undefined) return column;
  const names = table.columns.map((candidate) => candidate.name);
  throw analysisError(
    `Column ${name.name} is not present in table ${table.duckdbPath.join(".")}${didYouMean(name.name, names)}`,
    name,
  );
}
