import type { Statement } from "../googlesql/ast.js";
import { analysisError } from "../googlesql/errors.js";
import { type Column, typeName } from "../port/sql-types.js";
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

/** The rows that a CREATE TABLE .. AS puts into its table; undefined: it has no query. */
export function createdRows(statement: CreateTable, context: StatementContext): TranslatedQuery | undefined {
  const { query, columns } = statement;
  if (query === undefined) return undefined;
  if (columns.length === 0) return finishQuery(query, context.catalog, "declared", context.variables);
  return rowsOfColumns(query, statement, context);
}

/**
 * The rows of a query as the columns of a list store them: they are matched by position, and the query's own names say nothing.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language#create_table_statement
 */
function rowsOfColumns(
  query: NonNullable<CreateTable["query"]>,
  statement: CreateTable,
  { catalog, variables }: StatementContext,
): TranslatedQuery {
  const env = new Environment(catalog);
  const resolved = resolveQuery(withAggregateBodies(query, catalog), env, new Map(), variables);
  if (resolved.valueTable)
    throw analysisError("Column definition list cannot be specified when creating a value table", statement.path);
  if (resolved.columns.length !== statement.columns.length)
    throw analysisError(
      "The number of columns in the column definition list does not match the number of columns produced by the query",
      statement.path,
    );
  const isCollated = hasCollation(statement, catalog);
  const columns = statement.columns.map((column) => definedColumn(column, isCollated));
  const alias = env.freshAlias();
  const items = statement.columns.map((definition, i) => {
    const column = columns[i] as Column;
    const value = storedValue(resolved.columns[i] as OutputColumn, alias, column, definition);
    return `${definition.notNull ? required(value, column.name) : value} AS ${quoteName(column.name)}`;
  });
  return { sql: `SELECT ${items.join(", ")} FROM (${resolved.sql}) AS ${alias}`, columns };
}

function storedValue(
  own: OutputColumn,
  alias: string,
  column: Column,
  definition: CreateTable["columns"][number],
): string {
  const literal = own.literal?.kind === "null" ? own.literal : undefined;
  const value = plain({ ...asTyped(own, `${alias}.${quoteName(own.key)}`), literal });
  if (coercionCost(value, column.type) === undefined)
    throw analysisError(
      `Column '${column.name}' has type ${typeName(column.type)} which cannot be coerced from query output type ${typeName(own.type)}`,
      definition,
    );
  return `CAST(${stored(coerce(value, column.type), column, own.span).sql} AS ${duckdbType(column.type)})`;
}

/** DuckDB gives a table the constraint once it has its rows: a NULL has to fail before, so that no table stays. */
function required(value: string, column: string): string {
  return `coalesce(${value}, error(${quoteString(`Required field ${column} cannot be null`)}))`;
}
