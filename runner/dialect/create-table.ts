import type { ColumnDefinition, Expr, Identifier, Statement, TypeNode } from "../googlesql/ast.js";
import type { Catalog } from "../googlesql/catalog.js";
import type { Span } from "../googlesql/contract.js";
import { analysisError, unsupported } from "../googlesql/errors.js";
import { partitioningOfExpression } from "../googlesql/partitioning.js";
import { type IngestionUnit, PARTITION_DATE, PARTITION_TIME } from "../port/ingestion-time.js";
import { type Column, collationOf, isSameName, typeName, withCollation } from "../port/sql-types.js";
import { changedTable, copiedTable, declaration, requireOpen } from "./alter.js";
import { arrivedIn } from "./arrival.js";
import type { TranslatedQuery } from "./contract.js";
import { requireNewColumn } from "./named-columns.js";
import { addedColumn, emptyArray } from "./print/added-column.js";
import { duckdbType, holdsBignumeric, quoteName, quotePath } from "./print/sql.js";
import { constantContext, resolveAssignment } from "./resolve/constant.js";
import { requireNames } from "./resolve/output.js";
import { hasParameters, limitOf, typeOf, typeText } from "./resolve/type-node.js";
import type { TranslatedStatement } from "./statement.js";
import { foreignKeys } from "./table-keys.js";
import { names, schemaOfOthers, target, targetPath } from "./target.js";

/**
 * CREATE TABLE .. LIKE, CLONE or COPY.
 * @param query the rows of LIKE .. AS, as the columns store them
 */
export function copyTable(
  statement: Extract<Statement, { kind: "copyTable" }>,
  query: TranslatedQuery | undefined,
  catalog: Catalog,
): TranslatedStatement {
  const from = copiedTable(statement.from, catalog);
  if (statement.withRows) requireOpen(from, statement.from);
  if (statement.systemTime !== undefined) throw unsupported("FOR SYSTEM_TIME AS OF", statement.systemTime);
  const {
    partitionColumn,
    clusterBy = [],
    primaryKey = [],
    foreignKeys: others,
    isCollated,
    ingestion,
  } = from.layout ?? {};
  const head = `CREATE ${statement.orReplace ? "OR REPLACE " : ""}TABLE ${statement.ifNotExists ? "IF NOT EXISTS " : ""}`;
  const copied = `SELECT * FROM ${quotePath(from.path)}${statement.withRows ? "" : " LIMIT 0"}`;
  if (query !== undefined && ingestion !== undefined)
    throw unsupported("CREATE TABLE LIKE AS of a table that is partitioned by the time of arrival", statement.from);
  return {
    kind: "createTable",
    path: names(statement.path),
    orReplace: statement.orReplace,
    ifNotExists: statement.ifNotExists,
    columns: from.columns.map((column) => ({ ...column, required: false })),
    partitionColumn,
    clusterBy,
    primaryKey,
    foreignKeys: others,
    isCollated,
    isSnapshot: statement.isSnapshot,
    ingestion,
    like: from.path,
    sql: [
      ...schemaOfOthers(statement.path, catalog),
      `${head}${target(statement.path, catalog)} AS ${query?.sql ?? copied}`,
      ...declarations(targetPath(statement.path, catalog), from.columns),
      ...(ingestion === undefined ? [] : [arrivalDefault(target(statement.path, catalog), ingestion)]),
    ],
  };
}

/**
 * CREATE TABLE with columns, or AS `query`.
 * @param query its rows; where it has columns too, those as they store them
 */
export function createTable(
  statement: Extract<Statement, { kind: "createTable" }>,
  query: TranslatedQuery | undefined,
  catalog: Catalog,
): TranslatedStatement {
  if (query !== undefined) requireNames(query, "CREATE TABLE");
  requireDistinctNames(statement.columns.map((column) => column.name));
  const isCollated = hasCollation(statement, catalog);
  const defined = statement.columns.map((column) => ({
    ...definedColumn(column, isCollated),
    required: column.notNull,
  }));
  const made = (query?.columns ?? []).map((column) => ({ ...column, required: false }));
  const columns = defined.length > 0 ? defined : made.map((column) => defaultCollated(column, isCollated, statement));
  const known = statement.ifNotExists && catalog.find(names(statement.path)) !== undefined;
  const replace = `${statement.orReplace ? "OR REPLACE " : ""}${statement.temporary ? "TEMP " : ""}`;
  const head = `CREATE ${replace}TABLE ${statement.ifNotExists ? "IF NOT EXISTS " : ""}${target(statement.path, catalog, statement.temporary)}`;
  const ingestion = ingestionUnit(statement);
  const arrival = ingestion === undefined ? [] : [`"${PARTITION_TIME}" TIMESTAMPTZ DEFAULT ${arrivedIn(ingestion)}`];
  const body =
    query === undefined
      ? ` (${[...statement.columns.map((column) => columnText(column, catalog, isCollated)), ...arrival].join(", ")})`
      : ` AS ${query.sql}`;
  return {
    kind: "createTable",
    path: names(statement.path),
    orReplace: statement.orReplace,
    ifNotExists: statement.ifNotExists,
    columns,
    partitionColumn: ingestion === undefined ? partitionColumn(statement, columns) : undefined,
    ingestion,
    clusterBy: statement.clusterBy.map((expr) => knownColumn(expr, columns, "CLUSTER BY")),
    primaryKey: statement.primaryKey.map((name) =>
      knownColumn({ kind: "path", parts: [name], ...name }, columns, "PRIMARY KEY"),
    ),
    isCollated,
    foreignKeys: foreignKeys(statement.path, statement.foreignKeys, { columns }, catalog),
    sql: known
      ? []
      : [
          ...schemaOfOthers(statement.path, catalog),
          `${head}${body}`,
          ...(query === undefined ? [] : constraints(statement, catalog, isCollated)),
          ...declarations(targetPath(statement.path, catalog, statement.temporary), columns),
        ],
  };
}

/** What the columns of a list ask of later rows, once DuckDB has made their table of a query. */
function constraints(
  { columns, path, temporary }: Extract<Statement, { kind: "createTable" }>,
  catalog: Catalog,
  isCollated: boolean,
): string[] {
  return columns.flatMap((column) => {
    const value = defaultText(column, catalog, isCollated);
    const head = `ALTER TABLE ${target(path, catalog, temporary)} ALTER COLUMN ${quoteName(column.name.name)} SET`;
    return [
      ...(column.notNull ? [`${head} NOT NULL`] : []),
      ...(value === undefined ? [] : [`${head} DEFAULT (${value})`]),
    ];
  });
}

/** Whether texts of a new table have a collation that say nothing of it. */
export function hasCollation(
  { path, temporary, isCollated }: Extract<Statement, { kind: "createTable" }>,
  catalog: Catalog,
): boolean {
  if (isCollated !== undefined || temporary) return isCollated === true;
  const [dataset = ""] = targetPath(path, catalog);
  return catalog.isCollated?.(dataset) === true;
}

/**
 * A column as its definition says it.
 * @param isCollated what a column of texts is that does not say it
 */
export function definedColumn({ name, type, collated, ...span }: ColumnDefinition, isCollated: boolean): Column {
  refuseOfColumns(type);
  const own = { name: name.name, type: typeOf(type), ...(hasParameters(type) ? { declared: typeText(type) } : {}) };
  if (collated === undefined) return defaultCollated(own, isCollated, span);
  return collated ? { ...own, declared: withCollation(typeText(type)) } : own;
}

/** DuckDB has no place for what is said of fields, and what is written to them would not be checked. */
function refuseOfColumns(type: TypeNode): void {
  if (type.kind === "arrayType") refuseOfColumns(type.element);
  if (type.kind !== "structType") return;
  for (const { ofColumns, type: inner } of type.fields) {
    if (ofColumns !== undefined) throw unsupported(`${ofColumns.what} of a field within a STRUCT column`, ofColumns);
    refuseOfColumns(inner);
  }
}

/** A column with the collation that its table has for those that say nothing. */
function defaultCollated<T extends Column>(column: T, isCollated: boolean, span: Span): T {
  if (!isCollated || collationOf(column) !== undefined || !typeName(column.type).includes("STRING")) return column;
  if (column.type !== "STRING") throw unsupported("DEFAULT COLLATE with texts in an ARRAY or STRUCT column", span);
  return { ...column, declared: withCollation(column.declared ?? "STRING") };
}

/** Statements that keep the types with parameters: DuckDB stores each GoogleSQL type in one way, and has comments for the rest. */
function declarations(path: readonly string[], columns: readonly Column[]): string[] {
  return columns.flatMap((column) =>
    column.declared === undefined ? [] : [declaration(path, column.name, column.declared)],
  );
}

/** @param place what the message says of where they stand */
export function requireDistinctNames(columns: readonly Identifier[], place = ""): void {
  const seen = new Set<string>();
  for (const column of columns) {
    const key = column.name.toLowerCase();
    if (seen.has(key)) throw analysisError(`Duplicate column name ${column.name}${place}`, column);
    seen.add(key);
  }
}

function columnText(column: ColumnDefinition, catalog: Catalog, isCollated: boolean): string {
  const { name, type } = definedColumn(column, isCollated);
  const value = defaultText(column, catalog, isCollated);
  return `${quoteName(name)} ${duckdbType(type)}${column.notNull ? " NOT NULL" : ""}${value === undefined ? "" : ` DEFAULT (${value})`}`;
}

/** What a column holds where a row does not say; undefined: NULL. */
function defaultText(column: ColumnDefinition, catalog: Catalog, isCollated: boolean): string | undefined {
  const own = definedColumn(column, isCollated);
  limitOf(column.type);
  if (column.defaultValue === undefined) return emptyArray(own.type);
  if (holdsBignumeric(own.type)) throw unsupported("DEFAULT of a BIGNUMERIC column", column.defaultValue);
  return resolveAssignment(column.defaultValue, own, constantContext(catalog)).sql;
}

function knownColumn(
  expr: Extract<Statement, { kind: "createTable" }>["clusterBy"][number],
  columns: readonly Column[],
  clause: string,
): string {
  const name = expr.kind === "path" && expr.parts.length === 1 ? expr.parts[0]?.name : undefined;
  if (name === undefined) throw unsupported(`${clause} with an expression`, expr);
  const column = columnNamed(expr, name, columns, clause);
  if (clause === "CLUSTER BY" && collationOf(column) !== undefined)
    throw analysisError(`CLUSTER BY expression references column ${name}, which has a collation`, expr);
  return column.name;
}

function columnNamed(span: Span, name: string, columns: readonly Column[], clause: string): Column {
  const column = columns.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (column === undefined) throw analysisError(`Unrecognized name: ${name} in ${clause}`, span);
  return column;
}

/** Only a plain DATE column is a partition that the engine keeps; other partitionings are layout and are left out. */
function partitionColumn(
  { partitionBy }: Extract<Statement, { kind: "createTable" }>,
  columns: readonly Column[],
): string | undefined {
  if (partitionBy === undefined) return undefined;
  const { timePartitioning, rangePartitioning } = partitioningOfExpression(partitionBy) ?? {};
  const field = (timePartitioning ?? rangePartitioning)?.field;
  if (field === undefined) throw analysisError(PARTITION_FORMS, partitionBy);
  const named = partitionBy.kind === "call" ? (partitionBy.args[0]?.value as Expr) : partitionBy;
  const { name, type } = columnNamed(named, field, columns, "PARTITION BY");
  const types = partitionBy.kind === "call" ? PARTITIONED_BY.get(partitionBy.name) : ["DATE"];
  if (types?.includes(typeName(type)) !== true) throw analysisError(PARTITION_FORMS, partitionBy);
  if (type === "DATE" && timePartitioning?.type === "HOUR") throw analysisError(PARTITION_FORMS, partitionBy);
  return partitionBy.kind === "path" ? name : undefined;
}

const PARTITION_FORMS =
  "PARTITION BY expression must be DATE(<timestamp_column>), DATE(<datetime_column>), DATETIME_TRUNC(<datetime_column>, DAY/HOUR/MONTH/YEAR), a DATE column, TIMESTAMP_TRUNC(<timestamp_column>, DAY/HOUR/MONTH/YEAR), DATE_TRUNC(<date_column>, MONTH/YEAR), or RANGE_BUCKET(<int64_column>, GENERATE_ARRAY(<int64_value>, <int64_value>[, <int64_value>]))";

/** The types of the columns that the functions of PARTITION BY take. */
const PARTITIONED_BY: ReadonlyMap<string, readonly string[]> = new Map([
  ["DATE", ["TIMESTAMP", "DATETIME"]],
  ["DATE_TRUNC", ["DATE"]],
  ["DATETIME_TRUNC", ["DATETIME"]],
  ["TIMESTAMP_TRUNC", ["TIMESTAMP"]],
  ["RANGE_BUCKET", ["INT64"]],
]);

function arrivalDefault(table: string, unit: IngestionUnit): string {
  return `ALTER TABLE ${table} ALTER COLUMN "${PARTITION_TIME}" SET DEFAULT ${arrivedIn(unit)}`;
}

/** `_PARTITIONDATE`, `DATE(_PARTITIONTIME)`, `TIMESTAMP_TRUNC(_PARTITIONTIME, HOUR)`; undefined: partitioned by a column, or not at all. */
function ingestionUnit({ partitionBy, query }: Extract<Statement, { kind: "createTable" }>): IngestionUnit | undefined {
  const unit = partitionBy && unitOf(partitionBy);
  if (unit !== undefined && query !== undefined)
    throw analysisError(
      "A table made AS SELECT cannot be partitioned by the time at which its rows came",
      partitionBy as Expr,
    );
  return unit;
}

function unitOf(expr: Expr): IngestionUnit | undefined {
  if (isPseudo(expr, PARTITION_DATE)) return "DAY";
  if (expr.kind !== "call" || !isPseudo(expr.args[0]?.value, PARTITION_TIME)) return undefined;
  if (expr.name === "DATE") return "DAY";
  const part = expr.args[1]?.value;
  const name = part?.kind === "path" ? part.parts[0]?.name.toUpperCase() : undefined;
  return expr.name === "TIMESTAMP_TRUNC" ? UNITS.find((unit) => unit === name) : undefined;
}

const UNITS: readonly IngestionUnit[] = ["HOUR", "DAY", "MONTH", "YEAR"];

function isPseudo(expr: Expr | undefined, name: string): boolean {
  return expr?.kind === "path" && expr.parts.length === 1 && expr.parts[0]?.name.toUpperCase() === name;
}

/** ALTER TABLE .. ADD COLUMN. */
export function addColumns(
  statement: Extract<Statement, { kind: "alterTable" }>,
  catalog: Catalog,
): TranslatedStatement {
  const known = catalog.find(names(statement.path));
  const table = known === undefined && statement.ifExists ? undefined : changedTable(statement.path, catalog);
  // Nobody knows the table: the engine may.
  const head = () => `ALTER TABLE IF EXISTS ${target(statement.path, catalog)} ADD COLUMN IF NOT EXISTS `;
  const isCollated = table?.layout?.isCollated === true;
  requireDistinctNames(
    statement.addColumns.map((column) => column.name),
    " in ALTER TABLE ADD COLUMN",
  );
  const sql = statement.addColumns.flatMap((column) => {
    if (column.notNull || column.defaultValue !== undefined)
      throw unsupported("ADD COLUMN with NOT NULL or DEFAULT", column);
    if (table !== undefined && !column.ifNotExists) requireNewColumn(column.name, table);
    const own = definedColumn(column, isCollated);
    if (table === undefined) return [`${head()}${quoteName(own.name)} ${duckdbType(own.type)}`];
    if (table.columns.some(({ name }) => isSameName(name, own.name))) return [];
    return [...addedColumn(quotePath(table.path), own), ...declarations(table.path, [own])];
  });
  const addedColumns = statement.addColumns.map((column) => definedColumn(column, isCollated));
  return { kind: "alterTable", path: names(statement.path), addedColumns, sql };
}
