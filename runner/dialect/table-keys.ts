import type { ForeignKeyNode, Identifier, PathNode } from "../googlesql/ast.js";
import type { Catalog, CatalogTable } from "../googlesql/catalog.js";
import { analysisError } from "../googlesql/errors.js";
import { foldedKey } from "../googlesql/project-names.js";
import type { TableChange } from "../googlesql/script-ast.js";
import type { ForeignKey } from "../port/port.js";
import type { Column } from "../port/sql-types.js";
import { didYouMean } from "./resolve/suggest.js";
import type { TableKeys } from "./statement.js";
import { names } from "./target.js";

/** What a table has whose keys are told: one that is made, too. */
type Keyed = Pick<CatalogTable, "columns">;

/** The foreign keys that CREATE TABLE gives a table. */
export function foreignKeys(
  path: PathNode,
  nodes: readonly ForeignKeyNode[],
  table: Keyed,
  catalog: Catalog,
): readonly ForeignKey[] {
  const keys: ForeignKey[] = [];
  for (const node of nodes) keys.push(foreignKey(path, node, table, keys, catalog));
  return keys;
}

function foreignKey(
  path: PathNode,
  { name, columns, table: other, references, ...span }: ForeignKeyNode,
  table: Keyed,
  known: readonly ForeignKey[],
  catalog: Catalog,
): ForeignKey {
  if (columns.length !== references.length)
    throw analysisError(
      `A foreign key of ${columns.length} columns cannot refer to ${references.length} columns`,
      span,
    );
  if (name !== undefined && known.some((key) => sameName(key.name, name.name)))
    throw analysisError(`Duplicate constraint name ${name.name}`, name);
  const referred = referredTable(path, other, table, catalog);
  const [tableName = "", dataset = names(path).at(-2) ?? "", project] = names(other).reverse();
  return {
    name: name?.name ?? unusedName(known),
    columns: columns.map((column, i) => ({
      from: columnNamed(column, table.columns, "FOREIGN KEY"),
      to: columnNamed(references[i] as Identifier, referred.columns, "REFERENCES"),
    })),
    table: { dataset, name: tableName, ...(project === undefined ? {} : { project }) },
  };
}

/** A table may refer to itself while it is made. */
function referredTable(path: PathNode, other: PathNode, own: Keyed, catalog: Catalog): Keyed {
  const home = catalog.projects?.home;
  const parts = names(other);
  const whole = parts.length === 1 ? [...names(path).slice(0, -1), ...parts] : parts;
  if (foldedKey(whole, home) === foldedKey(names(path), home)) return own;
  const found = catalog.find(whole);
  if (found !== undefined) return found;
  throw analysisError(
    `Table not found: ${parts.join(".")}${didYouMean(foldedKey(whole, home), catalog.names())}`,
    other,
  );
}

function columnNamed(name: Identifier, columns: readonly Column[], clause: string): string {
  const found = columns.find((column) => sameName(column.name, name.name));
  if (found !== undefined) return found.name;
  throw analysisError(`Unrecognized name: ${name.name} in ${clause}`, name);
}

function unusedName(known: readonly ForeignKey[]): string {
  for (let number = 1; ; number += 1) {
    const name = `fk$${number}`;
    if (!known.some((key) => key.name === name)) return name;
  }
}

/**
 * The keys that changes leave; undefined: they leave them alone. A primary key that is there already gives way: the unique key of a model
 * is kept in its place, and BigQuery knows nothing of that.
 */
export function changedKeys(
  path: PathNode,
  changes: readonly TableChange[],
  table: CatalogTable,
  catalog: Catalog,
): TableKeys | undefined {
  const { primaryKey = [], foreignKeys: others = [] } = table.layout ?? {};
  const before: TableKeys = { primaryKey, foreignKeys: others };
  const after = changes.reduce((keys, change) => changed(path, keys, change, table, catalog), before);
  return after === before ? undefined : after;
}

function changed(
  path: PathNode,
  keys: TableKeys,
  change: TableChange,
  table: CatalogTable,
  catalog: Catalog,
): TableKeys {
  const name = table.path.join(".");
  switch (change.kind) {
    case "addPrimaryKey":
      return {
        ...keys,
        primaryKey: change.columns.map((column) => columnNamed(column, table.columns, "PRIMARY KEY")),
      };
    case "dropPrimaryKey":
      if (!change.ifExists && keys.primaryKey.length === 0)
        throw analysisError(`Table ${name} has no primary key`, change);
      return { ...keys, primaryKey: [] };
    case "addForeignKey": {
      const given = change.key.name?.name;
      if (change.key.ifNotExists && keys.foreignKeys.some((key) => sameName(key.name, given ?? ""))) return keys;
      const key = foreignKey(path, change.key, table, keys.foreignKeys, catalog);
      return { ...keys, foreignKeys: [...keys.foreignKeys, key] };
    }
    case "dropConstraint": {
      const left = keys.foreignKeys.filter((key) => !sameName(key.name, change.name.name));
      if (left.length < keys.foreignKeys.length) return { ...keys, foreignKeys: left };
      if (change.ifExists) return keys;
      throw analysisError(`Constraint ${change.name.name} is not present in table ${name}`, change.name);
    }
    case "renameColumn":
      return renamed(keys, change.name.name, change.to.name);
    case "dropColumn":
      return withoutColumn(keys, change.name.name);
    default:
      return keys;
  }
}

/** The keys that are left without a column: none that names it. */
function withoutColumn(keys: TableKeys, name: string): TableKeys {
  const isPrimary = keys.primaryKey.some((column) => sameName(column, name));
  const foreignKeys = keys.foreignKeys.filter(({ columns }) => !columns.some(({ from }) => sameName(from, name)));
  if (!isPrimary && foreignKeys.length === keys.foreignKeys.length) return keys;
  return { primaryKey: isPrimary ? [] : keys.primaryKey, foreignKeys };
}

/** The same keys with another name for a column. */
function renamed(keys: TableKeys, from: string, to: string): TableKeys {
  const isKey = (column: string) => sameName(column, from);
  const isUsed =
    keys.primaryKey.some(isKey) || keys.foreignKeys.some((key) => key.columns.some((one) => isKey(one.from)));
  if (!isUsed) return keys;
  const name = (column: string) => (isKey(column) ? to : column);
  return {
    primaryKey: keys.primaryKey.map(name),
    foreignKeys: keys.foreignKeys.map((key) => ({
      ...key,
      columns: key.columns.map((one) => ({ ...one, from: name(one.from) })),
    })),
  };
}

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
