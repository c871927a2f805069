import type { ColumnDefinition, Identifier, PathNode, Query, Statement } from "../googlesql/ast.js";
import type { Catalog } from "../googlesql/catalog.js";
import { analysisError, locateErrors, unsupported } from "../googlesql/errors.js";
import { parseStatementText } from "../googlesql/parser/statement.js";
import type { Column } from "../port/sql-types.js";
import { changedTable, requireNewColumn, translateAlter, translateTruncate } from "./alter.js";
import type { TranslatedQuery } from "./contract.js";
import { translateDelete, translateInsert, translateUpdate } from "./dml.js";
import { translateMerge } from "./merge.js";
import { duckdbType, holdsBignumeric, quoteName, quotePath } from "./print/sql.js";
import { constantContext, resolveAssignment } from "./resolve/constant.js";
import { resolveAs } from "./resolve/expression.js";
import { finishQuery, finishRows, requireNames } from "./resolve/output.js";
import type { Scope } from "./resolve/scope.js";
import { limitOf, typeOf } from "./resolve/type-node.js";

/** The DuckDB texts to execute in order, with what the statement says of relations kept as data. */
export type TranslatedStatement = { readonly sql: readonly string[] } & (
  | { readonly kind: "query"; readonly columns: readonly Column[] }
  | ({
      readonly kind: "createTable";
      readonly path: readonly string[];
      readonly orReplace: boolean;
      readonly ifNotExists: boolean;
    } & TableLayout)
  | {
      readonly kind: "createView";
      readonly path: readonly string[];
      readonly orReplace: boolean;
      readonly columns: readonly Column[];
    }
  | { readonly kind: "createSchema"; readonly path: readonly string[] }
  | { readonly kind: "drop"; readonly object: "TABLE" | "VIEW" | "SCHEMA"; readonly path: readonly string[] }
  | { readonly kind: "alterTable"; readonly path: readonly string[]; readonly addedColumns: readonly Column[] }
  | { readonly kind: "insert" | "delete" | "update" | "merge" | "truncate"; readonly path: readonly string[] }
  /** Changes of layout, names or options. */
  | { readonly kind: "alter"; readonly path: readonly string[] }
  /** A query of one BOOL: the statement fails with the message when it is not true. */
  | { readonly kind: "assert"; readonly message: string | undefined }
);

export interface TableLayout {
  readonly columns: readonly (Column & { readonly required: boolean })[];
  /** The DATE column of `PARTITION BY column`; undefined for any other partitioning. */
  readonly partitionColumn: string | undefined;
  readonly clusterBy: readonly string[];
  readonly primaryKey: readonly string[];
}

/** What a statement can see. */
export interface StatementContext {
  readonly catalog: Catalog;
  /** Variables of the script around it: names that any column shadows. */
  readonly variables: Scope | undefined;
}

/** One GoogleSQL statement as DuckDB SQL; throws `DialectError` for whatever is not supported. */
export function translateStatement(sql: string, catalog: Catalog): TranslatedStatement {
  return locateErrors(sql, () => translateParsed(parseStatementText(sql), { catalog, variables: undefined }));
}

/** A whole query in a script. */
export function finishInScript(query: Query, { catalog, variables }: StatementContext): TranslatedQuery {
  return finishQuery(query, catalog, "bigquery", variables);
}

/** A query whose rows a script takes into its variables. */
export function rowsInScript(query: Query, { catalog, variables }: StatementContext): TranslatedQuery {
  return finishRows(query, catalog, variables);
}

/** A parsed statement as DuckDB SQL; throws `SqlProblem`. */
export function translateParsed(statement: Statement, context: StatementContext): TranslatedStatement {
  const { catalog } = context;
  switch (statement.kind) {
    case "query": {
      const { sql, columns } = finishInScript(statement.query, context);
      return { kind: "query", columns, sql: [sql] };
    }
    case "createTable":
      return createTable(statement, context);
    case "createView": {
      const query = finishQuery(statement.query, catalog, "bigquery");
      if (statement.columnNames.length === 0) requireNames(query, "CREATE VIEW");
      const { sql, columns } = renamedColumns(query, statement);
      const head = `CREATE ${statement.orReplace ? "OR REPLACE " : ""}VIEW ${statement.ifNotExists ? "IF NOT EXISTS " : ""}`;
      return {
        kind: "createView",
        path: names(statement.path),
        orReplace: statement.orReplace,
        columns,
        sql: [`${head}${target(statement.path)} AS ${sql}`],
      };
    }
    case "createSchema": {
      const schema = names(statement.path).at(-1) as string;
      return {
        kind: "createSchema",
        path: names(statement.path),
        sql: [`CREATE SCHEMA ${statement.ifNotExists ? "IF NOT EXISTS " : ""}${quoteName(schema)}`],
      };
    }
    case "drop": {
      const name =
        statement.object === "SCHEMA"
          ? quoteName(names(statement.path).at(-1) as string)
          : target(
              statement.path,
              statement.path.parts.length === 1 && catalog.find(names(statement.path)) !== undefined,
            );
      const sql = `DROP ${statement.object} ${statement.ifExists ? "IF EXISTS " : ""}${name}${statement.cascade ? " CASCADE" : ""}`;
      return { kind: "drop", object: statement.object, path: names(statement.path), sql: [sql] };
    }
    case "alterTable":
      return alterTable(statement, catalog);
    case "insert":
      return { kind: "insert", path: names(statement.path), sql: [translateInsert(statement, context)] };
    case "delete":
      return { kind: "delete", path: names(statement.path), sql: [translateDelete(statement, context)] };
    case "update":
      return { kind: "update", path: names(statement.path), sql: translateUpdate(statement, context) };
    case "merge":
      return { kind: "merge", path: names(statement.path), sql: translateMerge(statement, context) };
    case "truncate":
      return { kind: "truncate", path: names(statement.path), sql: [translateTruncate(statement.path, catalog)] };
    case "changeTable":
    case "alterOptions":
      return { kind: "alter", path: names(statement.path), sql: translateAlter(statement, catalog) };
    case "copyTable":
      return copyTable(statement, catalog);
    case "assert": {
      const condition = resolveAs(
        statement.condition,
        "BOOL",
        constantContext(catalog, context.variables, "ASSERT"),
        "ASSERT expression",
      );
      return { kind: "assert", message: statement.message, sql: [`SELECT ${condition.sql}`] };
    }
    case "createFunction":
    case "createTableFunction":
    case "createProcedure":
    case "dropRoutine":
      throw unsupported(`${ROUTINES[statement.kind]} outside a script`, statement);
  }
}

const ROUTINES = {
  createFunction: "CREATE FUNCTION",
  createTableFunction: "CREATE TABLE FUNCTION",
  createProcedure: "CREATE PROCEDURE",
  dropRoutine: "DROP",
} as const;

/** The columns of a view under the names of its column list. */
function renamedColumns(
  query: TranslatedQuery,
  { columnNames, path }: Extract<Statement, { kind: "createView" }>,
): TranslatedQuery {
  requireDistinctNames(columnNames);
  if (columnNames.length === 0) return query;
  if (columnNames.length !== query.columns.length) {
    const message = `CREATE VIEW has ${columnNames.length} columns in its column list, but its query has ${query.columns.length}`;
    throw analysisError(message, path);
  }
  const columns = query.columns.map(({ type }, i) => ({ name: columnNames[i]?.name ?? "", type }));
  const items = columns.map(({ name }, i) => `v.${quoteName(query.columns[i]?.name ?? "")} AS ${quoteName(name)}`);
  return { sql: `SELECT ${items.join(", ")} FROM (${query.sql}) AS v`, columns };
}

/** CREATE TABLE .. LIKE, CLONE or COPY. */
function copyTable(statement: Extract<Statement, { kind: "copyTable" }>, catalog: Catalog): TranslatedStatement {
  const from = changedTable(statement.from, catalog);
  const head = `CREATE ${statement.orReplace ? "OR REPLACE " : ""}TABLE ${statement.ifNotExists ? "IF NOT EXISTS " : ""}`;
  const rows = statement.withRows ? "" : " LIMIT 0";
  return {
    kind: "createTable",
    path: names(statement.path),
    orReplace: statement.orReplace,
    ifNotExists: statement.ifNotExists,
    columns: from.columns.map((column) => ({ ...column, required: false })),
    partitionColumn: undefined,
    clusterBy: [],
    primaryKey: [],
    sql: [`${head}${target(statement.path)} AS SELECT * FROM ${quotePath(from.path)}${rows}`],
  };
}

function names(path: PathNode): string[] {
  return path.parts.map((part) => part.name);
}

/** DuckDB name of a relation that need not exist yet: the project of a three-part path is the warehouse's own. */
function target(path: PathNode, temporary = false): string {
  const parts = names(path).slice(-2);
  if (temporary || parts[0]?.toUpperCase() === "_SESSION") return quotePath(["temp", parts.at(-1) as string]);
  if (parts.length < 2)
    throw analysisError(`Table "${parts[0]}" must be qualified with a dataset (e.g. dataset.table)`, path);
  return quotePath(parts);
}

function createTable(
  statement: Extract<Statement, { kind: "createTable" }>,
  context: StatementContext,
): TranslatedStatement {
  const { catalog } = context;
  const query = statement.query === undefined ? undefined : finishInScript(statement.query, context);
  if (query !== undefined) requireNames(query, "CREATE TABLE");
  if (query !== undefined && statement.columns.length > 0)
    throw unsupported("CREATE TABLE with both a column list and AS SELECT", statement);
  requireDistinctNames(statement.columns.map((column) => column.name));
  const defined = statement.columns.map((column) => ({
    name: column.name.name,
    type: typeOf(column.type),
    required: column.notNull,
  }));
  const columns = query === undefined ? defined : query.columns.map((column) => ({ ...column, required: false }));
  const replace = `${statement.orReplace ? "OR REPLACE " : ""}${statement.temporary ? "TEMP " : ""}`;
  const head = `CREATE ${replace}TABLE ${statement.ifNotExists ? "IF NOT EXISTS " : ""}${target(statement.path, statement.temporary)}`;
  const body =
    query === undefined
      ? ` (${statement.columns.map((column) => columnText(column, catalog)).join(", ")})`
      : ` AS ${query.sql}`;
  return {
    kind: "createTable",
    path: names(statement.path),
    orReplace: statement.orReplace,
    ifNotExists: statement.ifNotExists,
    columns,
    partitionColumn: partitionColumn(statement, columns),
    clusterBy: statement.clusterBy.map((expr) => knownColumn(expr, columns, "CLUSTER BY")),
    primaryKey: statement.primaryKey.map((name) =>
      knownColumn({ kind: "path", parts: [name], ...name }, columns, "PRIMARY KEY"),
    ),
    sql: [`${head}${body}`],
  };
}

function requireDistinctNames(columns: readonly Identifier[]): void {
  const seen = new Set<string>();
  for (const column of columns) {
    const key = column.name.toLowerCase();
    if (seen.has(key)) throw analysisError(`Duplicate column name ${column.name}`, column);
    seen.add(key);
  }
}

function columnText(column: ColumnDefinition, catalog: Catalog): string {
  const type = typeOf(column.type);
  limitOf(column.type);
  if (column.defaultValue !== undefined && holdsBignumeric(type))
    throw unsupported("DEFAULT of a BIGNUMERIC column", column.defaultValue);
  const value =
    column.defaultValue === undefined
      ? undefined
      : resolveAssignment(column.defaultValue, type, constantContext(catalog), column.name.name);
  return `${quoteName(column.name.name)} ${duckdbType(type)}${column.notNull ? " NOT NULL" : ""}${value === undefined ? "" : ` DEFAULT (${value.sql})`}`;
}

function knownColumn(
  expr: Extract<Statement, { kind: "createTable" }>["clusterBy"][number],
  columns: readonly Column[],
  clause: string,
): string {
  const name = expr.kind === "path" && expr.parts.length === 1 ? expr.parts[0]?.name : undefined;
  if (name === undefined) throw unsupported(`${clause} with an expression`, expr);
  const column = columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (column === undefined) throw analysisError(`Unrecognized name: ${name} in ${clause}`, expr);
  return column.name;
}

/** Only a plain DATE column is a partition that the engine keeps; other partitionings are layout and are left out. */
function partitionColumn(
  statement: Extract<Statement, { kind: "createTable" }>,
  columns: readonly Column[],
): string | undefined {
  const expr = statement.partitionBy;
  if (expr?.kind !== "path" || expr.parts.length !== 1) return undefined;
  const name = knownColumn(expr, columns, "PARTITION BY");
  const column = columns.find((candidate) => candidate.name === name);
  if (column?.type !== "DATE")
    throw analysisError(
      "PARTITION BY expression must be DATE(<timestamp_column>), a DATE column, or a truncation",
      expr,
    );
  return name;
}

function alterTable(statement: Extract<Statement, { kind: "alterTable" }>, catalog: Catalog): TranslatedStatement {
  const known = catalog.find(names(statement.path));
  const table = known === undefined && statement.ifExists ? undefined : changedTable(statement.path, catalog);
  const head = `ALTER TABLE ${statement.ifExists ? "IF EXISTS " : ""}${target(statement.path)} ADD COLUMN `;
  const sql = statement.addColumns.map((column) => {
    if (column.notNull || column.defaultValue !== undefined)
      throw unsupported("ADD COLUMN with NOT NULL or DEFAULT", column);
    if (table !== undefined && !column.ifNotExists) requireNewColumn(column.name, table);
    return `${head}${column.ifNotExists ? "IF NOT EXISTS " : ""}${quoteName(column.name.name)} ${duckdbType(typeOf(column.type))}`;
  });
  const addedColumns = statement.addColumns.map((column) => ({ name: column.name.name, type: typeOf(column.type) }));
  return { kind: "alterTable", path: names(statement.path), addedColumns, sql };
}
