import type { Query, Statement } from "../googlesql/ast.js";
import type { Catalog, CatalogTable } from "../googlesql/catalog.js";
import { analysisError, locateErrors, unsupported } from "../googlesql/errors.js";
import { parseStatementText } from "../googlesql/parser/statement.js";
import { isSystemTable } from "../googlesql/system-tables.js";
import type { IngestionUnit } from "../port/ingestion-time.js";
import type { ForeignKey } from "../port/port.js";
import type { Column } from "../port/sql-types.js";
import { translateAlter, translateTruncate } from "./alter.js";
import type { TranslatedQuery } from "./contract.js";
import { addColumns, copyTable, createTable, requireDistinctNames } from "./create-table.js";
import { createdRows, likeRows } from "./created-rows.js";
import { translateDelete, translateInsert, translateUpdate } from "./dml.js";
import { type LoadData, loadData } from "./load-data.js";
import { translateMerge } from "./merge.js";
import { quoteName, quoteString } from "./print/sql.js";
import { withAggregateBodies } from "./resolve/aggregate-functions.js";
import { constantContext } from "./resolve/constant.js";
import { resolveAs } from "./resolve/expression.js";
import { finishQuery, finishRows, requireNames } from "./resolve/output.js";
import type { Scope } from "./resolve/scope.js";
import { names, schemaOfOthers, target, targetSchema } from "./target.js";
import { inTimeZone } from "./types/default-zone.js";

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
  | {
      readonly kind: "loadData";
      readonly path: readonly string[];
      readonly load: LoadData;
    }
  | { readonly kind: "createSchema"; readonly path: readonly string[] }
  | { readonly kind: "drop"; readonly object: "TABLE" | "VIEW"; readonly path: readonly string[] }
  /** `cascade`: with what is in it. */
  | { readonly kind: "drop"; readonly object: "SCHEMA"; readonly path: readonly string[]; readonly cascade: boolean }
  | { readonly kind: "alterTable"; readonly path: readonly string[]; readonly addedColumns: readonly Column[] }
  | { readonly kind: "insert" | "delete" | "update" | "merge" | "truncate"; readonly path: readonly string[] }
  /** Changes of layout, names or options; what is kept of a table besides has no place in the SQL. */
  | { readonly kind: "alter"; readonly path: readonly string[]; readonly kept?: KeptChange | undefined }
  /** A query of one BOOL: the statement fails with the message when it is not true. */
  | { readonly kind: "assert"; readonly message: string | undefined }
);

/** What a table says of its keys. */
export interface TableKeys {
  readonly primaryKey: readonly string[];
  readonly foreignKeys: readonly ForeignKey[];
}

/** What a statement changes of what a table says besides its columns. */
export type KeptChange = Partial<TableKeys & { readonly isCollated: boolean }>;

export interface TableLayout {
  readonly columns: readonly (Column & { readonly required: boolean })[];
  /** The DATE column of `PARTITION BY column`; undefined for any other partitioning. */
  readonly partitionColumn: string | undefined;
  readonly clusterBy: readonly string[];
  readonly primaryKey: readonly string[];
  readonly foreignKeys?: readonly ForeignKey[] | undefined;
  /** Columns of texts that come later have the collation und:ci. */
  readonly isCollated?: boolean | undefined;
  readonly isSnapshot?: boolean;
  readonly ingestion?: IngestionUnit | undefined;
  /** The table whose columns it has: they ask the same of later rows. */
  readonly like?: CatalogTable["path"] | undefined;
}

/** What a statement can see. */
export interface StatementContext {
  readonly catalog: Catalog;
  /** Variables of the script around it: names that any column shadows. */
  readonly variables: Scope | undefined;
  /** Columns of one name in the rows of a query are told apart by numbers instead of refused. */
  readonly renamesColumns?: boolean;
  /** What functions and literals go by that name no time zone; undefined: UTC. */
  readonly timeZone?: string | undefined;
}

/** One GoogleSQL statement as DuckDB SQL; throws `DialectError` for whatever is not supported. */
export function translateStatement(sql: string, catalog: Catalog): TranslatedStatement {
  return locateErrors(sql, () => translateParsed(parseStatementText(sql), { catalog, variables: undefined }));
}

/** A whole query in a script. */
export function finishInScript(query: Query, { catalog, variables, timeZone }: StatementContext): TranslatedQuery {
  return inTimeZone(timeZone, () => finishQuery(query, catalog, "bigquery", variables));
}

/** The query of a view. */
export function finishView(query: Query, catalog: Catalog): TranslatedQuery {
  return finishQuery(query, ofView(catalog), "view");
}

/** A view outlives the temporary tables that INFORMATION_SCHEMA and the like are read from. */
function ofView(catalog: Catalog): Catalog {
  return {
    ...catalog,
    isOfView: true,
    find: (path) => {
      const found = isSystemTable(path.join(".")) ? undefined : catalog.find(path);
      return found?.isMadeUp === true ? undefined : found;
    },
  };
}

/** A query whose rows a script takes into its variables. */
export function rowsInScript(query: Query, { catalog, variables, timeZone }: StatementContext): TranslatedQuery {
  return inTimeZone(timeZone, () => finishRows(query, catalog, variables));
}

/** A parsed statement as DuckDB SQL; throws `SqlProblem`. */
export function translateParsed(statement: Statement, context: StatementContext): TranslatedStatement {
  return inTimeZone(context.timeZone, () => translated(withBodies(statement, context.catalog), context));
}

function translated(statement: Statement, context: StatementContext): TranslatedStatement {
  const { catalog } = context;
  switch (statement.kind) {
    case "query": {
      const { variables, renamesColumns } = context;
      const shape = renamesColumns ? "renamed" : "bigquery";
      const { sql, columns } = finishQuery(statement.query, catalog, shape, variables);
      return { kind: "query", columns, sql: [sql] };
    }
    case "createTable":
      return createTable(statement, createdRows(statement, context), catalog);
    case "createView": {
      const query = finishView(statement.query, catalog);
      if (statement.columnNames.length === 0) requireNames(query, "CREATE VIEW");
      const { sql, columns } = renamedColumns(query, statement);
      // DuckDB prints a view's SQL differently after reopening; the comment stays.
      const isKept = statement.ifNotExists && catalog.find(names(statement.path)) !== undefined;
      const head = `CREATE ${statement.orReplace ? "OR REPLACE " : ""}VIEW ${statement.ifNotExists ? "IF NOT EXISTS " : ""}`;
      return {
        kind: "createView",
        path: names(statement.path),
        orReplace: statement.orReplace,
        columns,
        sql: [
          ...schemaOfOthers(statement.path, catalog),
          `${head}${target(statement.path, catalog)} AS ${sql}`,
          ...(isKept ? [] : [`COMMENT ON VIEW ${target(statement.path, catalog)} IS ${quoteString(sql)}`]),
        ],
      };
    }
    case "createSchema": {
      if (statement.isCollated !== undefined) requireCollations(catalog, statement);
      return {
        kind: "createSchema",
        path: names(statement.path),
        sql: [`CREATE SCHEMA ${statement.ifNotExists ? "IF NOT EXISTS " : ""}${targetSchema(statement.path, catalog)}`],
      };
    }
    case "drop": {
      const { object, cascade } = statement;
      const path = names(statement.path);
      const head = `DROP ${object} ${statement.ifExists ? "IF EXISTS " : ""}`;
      if (object === "SCHEMA") {
        const sql = `${head}${targetSchema(statement.path, catalog)}${cascade ? " CASCADE" : ""}`;
        return { kind: "drop", object, path, cascade, sql: [sql] };
      }
      requireSnapshot(statement, catalog);
      const isTemporary = path.length === 1 && catalog.find(path) !== undefined;
      return { kind: "drop", object, path, sql: [`${head}${target(statement.path, catalog, isTemporary)}`] };
    }
    case "alterTable":
      return addColumns(statement, catalog);
    case "loadData":
      return { kind: "loadData", path: names(statement.path), load: loadData(statement, catalog), sql: [] };
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
      if (statement.kind === "alterOptions" && statement.isCollated !== undefined)
        requireCollations(catalog, statement);
      return { kind: "alter", path: names(statement.path), ...translateAlter(statement, catalog) };
    case "copyTable":
      return copyTable(statement, likeRows(statement, context), catalog);
    case "assert": {
      const condition = resolveAs(
        statement.condition,
        "BOOL",
        constantContext(catalog, context.variables, "ASSERT"),
        "ASSERT expression",
      );
      return { kind: "assert", message: statement.message, sql: [`SELECT ${condition.sql}`] };
    }
    case "createExternalTable":
      throw unsupported("CREATE EXTERNAL", statement.keyword);
    case "exportData":
      throw unsupported("EXPORT statement", statement);
    case "createRowAccessPolicy":
    case "dropRowAccessPolicy":
      throw unsupported(
        `${statement.kind === "createRowAccessPolicy" ? "CREATE" : "DROP"} ROW ACCESS POLICY`,
        statement,
      );
    case "createFunction":
    case "createTableFunction":
    case "createProcedure":
    case "dropRoutine":
      throw unsupported(`${ROUTINES[statement.kind]} outside a script`, statement);
  }
}

/** DROP SNAPSHOT TABLE is of snapshots, and DROP TABLE of what is none: who means the one may not lose the other. */
function requireSnapshot({ object, sort, path }: Extract<Statement, { kind: "drop" }>, catalog: Catalog): void {
  const found = catalog.find(names(path));
  if (found === undefined || object !== "TABLE") return;
  if ((sort === "SNAPSHOT") === (found.isSnapshot === true)) return;
  const kind = found.isSnapshot === true ? "SNAPSHOT" : found.isView === true ? "VIEW" : "TABLE";
  throw analysisError(
    `${names(path).join(".")} is not allowed for this operation because it is currently a ${kind}.`,
    path,
  );
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

/** The default of a dataset is kept by the server alone. */
function requireCollations({ isCollated }: Catalog, statement: Statement): void {
  if (isCollated === undefined) throw unsupported("DEFAULT COLLATE of a dataset outside of `serve`", statement);
}

/** Changes of rows with the bodies of aggregate functions that they call; queries are seen to where they are resolved. */
function withBodies(statement: Statement, catalog: Catalog): Statement {
  return CHANGES.has(statement.kind) ? withAggregateBodies(statement, catalog) : statement;
}

const CHANGES: ReadonlySet<Statement["kind"]> = new Set(["insert", "update", "delete", "merge", "assert"] as const);
