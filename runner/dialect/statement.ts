import type { Column } from "../sql-types.js";
import type { ColumnDefinition, PathNode, Statement } from "./ast.js";
import type { Catalog } from "./contract.js";
import { translateDelete, translateInsert, translateUpdate } from "./dml.js";
import { analysisError, locateErrors, unsupported } from "./errors.js";
import { parseStatementText } from "./parser/statement.js";
import { duckdbType, quoteName, quotePath } from "./print/sql.js";
import { constantContext, resolveAssignment } from "./resolve/constant.js";
import { finishQuery } from "./resolve/output.js";
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
  | { readonly kind: "insert" | "delete" | "update"; readonly path: readonly string[] }
);

export interface TableLayout {
  readonly columns: readonly (Column & { readonly required: boolean })[];
  /** The DATE column of `PARTITION BY column`; undefined for any other partitioning. */
  readonly partitionColumn: string | undefined;
  readonly clusterBy: readonly string[];
  readonly primaryKey: readonly string[];
}

/** One GoogleSQL statement as DuckDB SQL; throws `DialectError` for whatever is not supported. */
export function translateStatement(sql: string, catalog: Catalog): TranslatedStatement {
  return locateErrors(sql, () => translate(parseStatementText(sql), catalog));
}

function translate(statement: Statement, catalog: Catalog): TranslatedStatement {
  switch (statement.kind) {
    case "query": {
      const { sql, columns } = finishQuery(statement.query, catalog, "bigquery");
      return { kind: "query", columns, sql: [sql] };
    }
    case "createTable":
      return createTable(statement, catalog);
    case "createView": {
      const { sql, columns } = finishQuery(statement.query, catalog, "bigquery");
      if (statement.columnNames.length > 0) throw unsupported("A column list in CREATE VIEW", statement.path);
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
        statement.object === "SCHEMA" ? quoteName(names(statement.path).at(-1) as string) : target(statement.path);
      const sql = `DROP ${statement.object} ${statement.ifExists ? "IF EXISTS " : ""}${name}`;
      return { kind: "drop", object: statement.object, path: names(statement.path), sql: [sql] };
    }
    case "alterTable":
      return alterTable(statement);
    case "insert":
      return { kind: "insert", path: names(statement.path), sql: [translateInsert(statement, catalog)] };
    case "delete":
      return { kind: "delete", path: names(statement.path), sql: [translateDelete(statement, catalog)] };
    case "update":
      return { kind: "update", path: names(statement.path), sql: [translateUpdate(statement, catalog)] };
  }
}

function names(path: PathNode): string[] {
  return path.parts.map((part) => part.name);
}

/** DuckDB name of a relation that need not exist yet: the project of a three-part path is the warehouse's own. */
function target(path: PathNode): string {
  const parts = names(path).slice(-2);
  if (parts.length < 2)
    throw analysisError(`Table "${parts[0]}" must be qualified with a dataset (e.g. dataset.table)`, path);
  return quotePath(parts);
}

function createTable(statement: Extract<Statement, { kind: "createTable" }>, catalog: Catalog): TranslatedStatement {
  const query = statement.query === undefined ? undefined : finishQuery(statement.query, catalog, "bigquery");
  if (query !== undefined && statement.columns.length > 0)
    throw unsupported("CREATE TABLE with both a column list and AS SELECT", statement);
  const defined = statement.columns.map((column) => ({
    name: column.name.name,
    type: typeOf(column.type),
    required: column.notNull,
  }));
  const columns = query === undefined ? defined : query.columns.map((column) => ({ ...column, required: false }));
  const replace = statement.orReplace ? "OR REPLACE " : "";
  const head = `CREATE ${replace}TABLE ${statement.ifNotExists ? "IF NOT EXISTS " : ""}${target(statement.path)}`;
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

function columnText(column: ColumnDefinition, catalog: Catalog): string {
  const type = typeOf(column.type);
  limitOf(column.type);
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

function alterTable(statement: Extract<Statement, { kind: "alterTable" }>): TranslatedStatement {
  const head = `ALTER TABLE ${statement.ifExists ? "IF EXISTS " : ""}${target(statement.path)} ADD COLUMN `;
  const sql = statement.addColumns.map((column) => {
    if (column.notNull || column.defaultValue !== undefined)
      throw unsupported("ADD COLUMN with NOT NULL or DEFAULT", column);
    return `${head}${column.ifNotExists ? "IF NOT EXISTS " : ""}${quoteName(column.name.name)} ${duckdbType(typeOf(column.type))}`;
  });
  const addedColumns = statement.addColumns.map((column) => ({ name: column.name.name, type: typeOf(column.type) }));
  return { kind: "alterTable", path: names(statement.path), addedColumns, sql };
}
