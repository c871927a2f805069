import type { PathNode, Statement, TypeNode } from "../googlesql/ast.js";
import type { Catalog, CatalogTable } from "../googlesql/catalog.js";
import { analysisError, unsupported } from "../googlesql/errors.js";
import { parseTypeText } from "../googlesql/parser/type.js";
import { foldedKey } from "../googlesql/project-names.js";
import type { TableChange } from "../googlesql/script-ast.js";
import { collationOf, type SqlType, typeName } from "../port/sql-types.js";
import { DECLARED_MARK } from "./declared-type.js";
import { columnOf, isMissing } from "./named-columns.js";
import { duckdbType, holdsBignumeric, quoteName, quotePath, quoteString } from "./print/sql.js";
import { renameColumns } from "./rename-columns.js";
import { constantContext, resolveAssignment } from "./resolve/constant.js";
import { didYouMean } from "./resolve/suggest.js";
import { hasParameters, limitOf, typeOf, typeText } from "./resolve/type-node.js";
import type { KeptChange } from "./statement.js";
import { changedKeys } from "./table-keys.js";

type Node<K extends Statement["kind"]> = Extract<Statement, { kind: K }>;

/** The table that a statement changes; an unknown one is an error. */
export function tableOf(path: PathNode, catalog: Catalog): CatalogTable {
  const parts = path.parts.map((part) => part.name);
  const table = catalog.find(parts);
  if (table !== undefined) return table;
  throw analysisError(
    `Table not found: ${parts.join(".")}${didYouMean(foldedKey(parts, catalog.projects?.home), catalog.names())}`,
    path,
  );
}

/** A table whose rows or columns a statement changes: no view, no snapshot and none that is made up. */
export function changedTable(path: PathNode, catalog: Catalog): CatalogTable {
  const table = copiedTable(path, catalog);
  const name = path.parts.map((part) => part.name).join(".");
  if (table.isMadeUp === true)
    throw analysisError(`${name} is not allowed for this operation because its rows cannot be changed.`, path);
  if (table.isSnapshot !== true) return table;
  throw analysisError(`${name} is not allowed for this operation because it is currently a SNAPSHOT.`, path);
}

/** A table whose rows a statement looks for: all of them are the caller's to see. */
export function openTable(path: PathNode, catalog: Catalog): CatalogTable {
  const table = changedTable(path, catalog);
  requireOpen(table, path);
  return table;
}

/** @throws SqlProblem for a table of which the caller may not read all rows */
export function requireOpen({ standIn, path: [dataset, name] }: CatalogTable, path: PathNode): void {
  if (standIn === undefined) return;
  const message = `Access Denied: Table ${dataset}.${name}: User does not have permission to read all rows of the table, which has row access policies.`;
  throw analysisError(message, path);
}

/** A table that another is made of: no view. */
export function copiedTable(path: PathNode, catalog: Catalog): CatalogTable {
  const table = tableOf(path, catalog);
  if (table.isView !== true) return table;
  const name = path.parts.map((part) => part.name).join(".");
  throw analysisError(`${name} is not allowed for this operation because it is currently a VIEW.`, path);
}

export function translateTruncate(path: PathNode, catalog: Catalog): string {
  return `DELETE FROM ${quotePath(changedTable(path, catalog).path)}`;
}

export interface Alteration {
  readonly sql: string[];
  /** What the statement changes of what is kept of its table besides; undefined: nothing. */
  readonly kept?: KeptChange | undefined;
}

/** ALTER statements; OPTIONS change no rows and leave nothing to do. */
export function translateAlter(statement: Node<"changeTable"> | Node<"alterOptions">, catalog: Catalog): Alteration {
  if (statement.kind === "alterOptions") {
    if (statement.object === "VIEW") requireView(statement, catalog);
    return { sql: [] };
  }
  const known = catalog.find(statement.path.parts.map((part) => part.name));
  if (known === undefined && statement.ifExists) return { sql: [] };
  const table = changedTable(statement.path, catalog);
  const sql = renameColumns(statement, table) ?? otherChanges(statement.changes, table, catalog);
  const keys = changedKeys(statement.path, statement.changes, table, catalog);
  const collation = statement.changes.findLast((change) => change.kind === "setDefaultCollation");
  if (keys === undefined && collation === undefined) return { sql };
  return { sql, kept: { ...keys, ...(collation === undefined ? {} : { isCollated: collation.isCollated }) } };
}

/** The view that is altered is there, and so are the columns that are named. */
function requireView({ path, ifExists, columns }: Node<"alterOptions">, catalog: Catalog): void {
  if (ifExists && catalog.find(path.parts.map(({ name }) => name)) === undefined) return;
  const view = tableOf(path, catalog);
  for (const { name } of columns) columnOf(name, view);
}

function otherChanges(changes: readonly TableChange[], table: CatalogTable, catalog: Catalog): string[] {
  requireOneDrop(changes);
  const head = `ALTER TABLE ${quotePath(table.path)}`;
  return changes.flatMap((change) => {
    if (change.kind === "renameColumn") return [];
    if (findsNone(change, table)) return [];
    if (change.kind === "setType") return retyped(change, table);
    const clause = changeClause(change, table, catalog);
    return clause === undefined ? [] : [`${head} ${clause}`];
  });
}

/** Whether a change with IF EXISTS is of a column that is not there. */
function findsNone(change: TableChange, table: CatalogTable): boolean {
  switch (change.kind) {
    case "dropColumn":
    case "setType":
    case "setDefault":
    case "dropNotNull":
      return isMissing(change, table);
    case "options":
      return change.column !== undefined && isMissing({ name: change.column, ifExists: change.ifExists }, table);
    default:
      return false;
  }
}

function requireOneDrop(changes: readonly TableChange[]): void {
  const dropped = new Set<string>();
  for (const change of changes) {
    if (change.kind !== "dropColumn") continue;
    const { name } = change.name;
    if (dropped.has(name.toLowerCase()))
      throw analysisError(`ALTER TABLE DROP COLUMN cannot drop column ${name} multiple times`, change.name);
    dropped.add(name.toLowerCase());
  }
}

/** The statement that keeps the type of a column as it was declared, or forgets it. */
export function declaration(path: readonly string[], column: string, declared: string | undefined): string {
  return `COMMENT ON COLUMN ${quotePath([...path, column])} IS ${declared === undefined ? "NULL" : quoteString(DECLARED_MARK + declared)}`;
}

function changeClause(
  change: Exclude<TableChange, { kind: "setType" | "renameColumn" }>,
  table: CatalogTable,
  catalog: Catalog,
): string | undefined {
  switch (change.kind) {
    case "addPrimaryKey":
      for (const name of change.columns) columnOf(name, table);
      return undefined;
    case "options":
      if (change.column !== undefined) columnOf(change.column, table);
      return undefined;
    case "dropPrimaryKey":
    case "addForeignKey":
    case "dropConstraint":
    case "setDefaultCollation":
      return undefined;
    case "renameTable":
      return `RENAME TO ${quoteName(change.to.name)}`;
    case "dropColumn":
      return `DROP COLUMN ${quoteName(columnOf(change.name, table).name)}`;
    case "dropNotNull":
      return `ALTER COLUMN ${quoteName(columnOf(change.name, table).name)} DROP NOT NULL`;
    case "setDefault": {
      const column = columnOf(change.name, table);
      const { name } = column;
      if (change.value === undefined) return `ALTER COLUMN ${quoteName(name)} DROP DEFAULT`;
      const value = resolveAssignment(change.value, column, constantContext(catalog));
      return `ALTER COLUMN ${quoteName(name)} SET DEFAULT ${value.sql}`;
    }
  }
}

/** SET DATA TYPE: to a type that takes every value of the old one, or to wider parameters of the same. */
function retyped(change: Extract<TableChange, { kind: "setType" }>, table: CatalogTable): string[] {
  const column = columnOf(change.name, table);
  if (collationOf(column) !== undefined) throw unsupported("SET DATA TYPE of a column with COLLATE", change.type);
  const [from, to] = [column.declared ?? typeName(column.type), typeText(change.type)];
  const wanted = typeOf(change.type);
  const same = typeName(column.type) === typeName(wanted);
  const widened = same ? isWider(change.type, column.declared) : isAssignable(column.type, wanted);
  if (!widened)
    throw analysisError(
      `ALTER TABLE ALTER COLUMN SET DATA TYPE requires that the existing column type (${from}) is assignable to the new type (${to})`,
      change.type,
    );
  if (!same && typeof wanted !== "string" && holdsBignumeric(wanted))
    throw unsupported("A BIGNUMERIC column within ARRAY or STRUCT", change.type);
  if (!same && becomesFloat(column.type, wanted)) throw unsupported("SET DATA TYPE to FLOAT64", change.type);
  const { path } = table;
  const declared = hasParameters(change.type) ? to : undefined;
  return [
    ...(same
      ? []
      : [`ALTER TABLE ${quotePath(path)} ALTER COLUMN ${quoteName(column.name)} SET DATA TYPE ${duckdbType(wanted)}`]),
    ...(declared === column.declared ? [] : [declaration(path, column.name, declared)]),
  ];
}

/** Whether a type takes all values of another: a wider one, or a STRUCT whose fields are called as they were. */
function isAssignable(from: SqlType, to: SqlType): boolean {
  if (typeName(from) === typeName(to)) return true;
  if (typeof from === "string" || typeof to === "string") return WIDENINGS.has(`${typeName(from)} ${typeName(to)}`);
  if (from.kind !== "struct" || to.kind !== "struct" || from.fields.length !== to.fields.length) return false;
  return from.fields.every((field, i) => {
    const target = to.fields[i];
    return (
      target?.name?.toLowerCase() === field.name?.toLowerCase() && isAssignable(field.type, target?.type ?? "JSON")
    );
  });
}

/** Whether decimals become FLOAT64, which DuckDB's cast does not as GoogleSQL's. */
function becomesFloat(from: SqlType, to: SqlType): boolean {
  if (typeof from === "string" || typeof to === "string") return to === "FLOAT64" && from !== to && from !== "INT64";
  if (from.kind !== "struct" || to.kind !== "struct") return false;
  return from.fields.some((field, i) => becomesFloat(field.type, to.fields[i]?.type ?? field.type));
}

/** Whether every value of a declared type fits the parameters of another of its kind. */
function isWider(node: TypeNode, declared: string | undefined): boolean {
  return isWiderNode(node, declared === undefined ? undefined : parseTypeText(declared));
}

function isWiderNode(node: TypeNode, before: TypeNode | undefined): boolean {
  if (node.kind === "arrayType")
    return isWiderNode(node.element, before?.kind === "arrayType" ? before.element : undefined);
  if (node.kind === "structType") {
    const old = before?.kind === "structType" ? before.fields : [];
    return node.fields.every(({ type }, index) => isWiderNode(type, old[index]?.type));
  }
  const limit = limitOf(node);
  if (limit === undefined) return true;
  const old = before === undefined ? undefined : limitOf(before);
  return old !== undefined && limit.scale >= old.scale && limit.precision - limit.scale >= old.precision - old.scale;
}

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language#alter_column_set_data_type_statement */
const WIDENINGS: ReadonlySet<string> = new Set([
  "INT64 NUMERIC",
  "INT64 BIGNUMERIC",
  "INT64 FLOAT64",
  "NUMERIC BIGNUMERIC",
  "NUMERIC FLOAT64",
]);
