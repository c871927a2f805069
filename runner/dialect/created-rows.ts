import type { Query, Statement } from "../googlesql/ast.js";
import type { Span } from "../googlesql/contract.js";
import { analysisError } from "../googlesql/errors.js";
import { type Column, typeName } from "../port/sql-types.js";
import { copiedTable } from "./alter.js";
import type { TranslatedQuery } from "./contract.js";
import { definedColumn, hasCollation } from "./create-table.js";
import { duckdbType, quoteName, quoteString } from "./print/sql.js";
import { withAggregateBodies } from "./resolve/aggregate-functions.js";
import { stored } from "./resolve/constant.js";
import { finishQuery } from "./resolve/output.js";
import { asTyped, resolveQuery } from "./resolve/query.js";
import { Environment, type OutputColumn } from "./resolve/scope.js";
import type { StatementContext } from "./statement.js";
import { coerce, coercionCost } from "./types/coercion.js";
import { plain } from "./types/collation.js";

type CreateTable = Extract<Statement, { kind: "createTable" }>;
type CopyTable = Extract<Statement, { kind: "copyTable" }>;

/** The rows that a CREATE TABLE .. AS puts into its table; undefined: it has no query. */
export function createdRows(statement: CreateTable, context: StatementContext): TranslatedQuery | undefined {
  const { query, columns } = statement;
  if (query === undefined) return undefined;
  if (columns.length === 0) return finishQuery(query, context.catalog, "declared", context.variables);
  return rowsOfColumns(query, statement, context);
}

/** The rows that a CREATE TABLE .. LIKE .. AS puts into its table; undefined: it has no query. */
export function likeRows({ query, path, from }: CopyTable, context: StatementContext): TranslatedQuery | undefined {
  if (query === undefined) return undefined;
  const { columns } = copiedTable(from, context.catalog);
  const defined = columns.map((column) => ({ column, isRequired: false, span: from }));
  return storedRows(query, path, defined, context);
}

/** The rows of a query as the columns of a list store them. */
function rowsOfColumns(query: Query, statement: CreateTable, context: StatementContext): TranslatedQuery {
  const isCollated = hasCollation(statement, context.catalog);
  const defined = statement.columns.map((definition) => ({
    column: definedColumn(definition, isCollated),
    isRequired: definition.notNull,
    span: definition,
  }));
  return storedRows(query, statement.path, defined, context);
}

/** A column of a table that is made, and where the statement says so. */
interface DefinedColumn {
  readonly column: Column;
  readonly isRequired: boolean;
  readonly span: Span;
}

/**
 * Columns and values are matched by position, and the query's own names say nothing.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language#create_table_statement
 */
function storedRows(
  query: Query,
  path: Span,
  defined: readonly DefinedColumn[],
  { catalog, variables }: StatementContext,
): TranslatedQuery {
  const env = new Environment(catalog);
  const resolved = resolveQuery(withAggregateBodies(query, catalog), env, new Map(), variables);
  if (resolved.valueTable)
    throw analysisError("Column definition list cannot be specified when creating a value table", path);
  if (resolved.columns.length !== defined.length)
    throw analysisError(
      "The number of columns in the column definition list does not match the number of columns produced by the query",
      path,
    );
  const alias = env.freshAlias();
  const items = defined.map(({ column, isRequired, span }, i) => {
    const value = storedValue(resolved.columns[i] as OutputColumn, alias, column, span);
    return `${isRequired ? required(value, column.name) : value} AS ${quoteName(column.name)}`;
  });
  return {
    sql: `SELECT ${items.join(", ")} FROM (${resolved.sql}) AS ${alias}`,
    columns: defined.map(({ column }) => column),
  };
}

function storedValue(own: OutputColumn, alias: string, column: Column, span: Span): string {
  const literal = own.literal?.kind === "null" ? own.literal : undefined;
  const value = plain({ ...asTyped(own, `${alias}.${quoteName(own.key)}`), literal });
  if (coercionCost(value, column.type) === undefined)
    throw analysisError(
      `Column '${column.name}' has type ${typeName(column.type)} which cannot be coerced from query output type ${typeName(own.type)}`,
      span,
    );
  return `CAST(${stored(coerce(value, column.type), column, own.span).sql} AS ${duckdbType(column.type)})`;
}

/** DuckDB gives a table the constraint once it has its rows: a NULL has to fail before, so that no table stays. */
function required(value: string, column: string): string {
  return `coalesce(${value}, error(${quoteString(`Required field ${column} cannot be null`)}))`;
}
