import { EngineError } from "../port/engine-error.js";
import { type AccumulateRequest, type Relation, relationKey } from "../port/port.js";
import { type Column, isSameName, typeName } from "../port/sql-types.js";

/** How an accumulating table follows the columns of its query. */
export interface SchemaChange {
  readonly added: readonly Column[];
  readonly gone: readonly Column[];
  /** The columns of the table afterwards. */
  readonly columns: readonly Column[];
}

/**
 * What `onSchemaChange` makes of a table whose query gives other columns.
 * @throws EngineError `data` where it allows no such change
 */
export function schemaChange(existing: Relation, { stage, target, onSchemaChange }: AccumulateRequest): SchemaChange {
  const inTable = (column: Column) => existing.columns.some(({ name }) => isSameName(name, column.name));
  const inStage = (column: Column) => stage.columns.some(({ name }) => isSameName(name, column.name));
  const added = stage.columns.filter((column) => !inTable(column));
  const gone = existing.columns.filter((column) => !inStage(column));
  const refuse = (what: string, columns: readonly Column[]) => {
    const names = columns.map(({ name, type }) => `${name} ${typeName(type)}`).join(", ");
    const message = `${relationKey(target)}: ${what} (${names}) and onSchemaChange is ${onSchemaChange}; run with --full-refresh, or change onSchemaChange`;
    return new EngineError("data", message);
  };
  if (onSchemaChange === "FAIL" && added.length > 0)
    throw refuse("the query gives columns that the table lacks", added);
  if (onSchemaChange !== "SYNCHRONIZE" && gone.length > 0)
    throw refuse("the query no longer gives columns of the table", gone);
  if (onSchemaChange === "IGNORE") return { added: [], gone: [], columns: existing.columns };
  return { added, gone, columns: [...existing.columns.filter((column) => !gone.includes(column)), ...added] };
}
