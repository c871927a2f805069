import type { Identifier } from "../googlesql/ast.js";
import type { CatalogTable } from "../googlesql/catalog.js";
import { analysisError } from "../googlesql/errors.js";
import { PARTITION_TIME } from "../port/ingestion-time.js";
import { type Column, isSameName } from "../port/sql-types.js";
import { didYouMean } from "./resolve/suggest.js";

/**
 * The column that a statement names.
 * @throws SqlProblem where the table has none
 */
export function columnOf(name: Identifier, table: CatalogTable): Column {
  const column = table.columns.find((candidate) => isSameName(candidate.name, name.name));
  if (column !== undefined) return column;
  const names = table.columns.map((candidate) => candidate.name);
  throw analysisError(
    `Column ${name.name} is not present in table ${table.path.join(".")}${didYouMean(name.name, names)}`,
    name,
  );
}

/** The column that rows are given a value of: a row may say itself when it came. */
export function writtenColumn(name: Identifier, table: CatalogTable): Column {
  const isArrival = table.layout?.ingestion !== undefined && name.name.toUpperCase() === PARTITION_TIME;
  return isArrival ? ARRIVAL : columnOf(name, table);
}

const ARRIVAL: Column = { name: PARTITION_TIME, type: "TIMESTAMP" };

/** A column that is added or renamed to must not be there yet. */
export function requireNewColumn(name: Identifier, table: CatalogTable): void {
  if (table.columns.some((column) => isSameName(column.name, name.name)))
    throw analysisError(`Column already exists: ${name.name}`, name);
}

/** A column that is not there, of a change that may find none. */
export function isMissing(
  change: { readonly name: Identifier; readonly ifExists: boolean },
  table: CatalogTable,
): boolean {
  return change.ifExists && !table.columns.some((column) => isSameName(column.name, change.name.name));
}
