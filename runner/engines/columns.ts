import type { Relation } from "../port/port.js";
import { type Column, isSameName, typeName } from "../port/sql-types.js";

/** The column among `wanted` that can take over the values of another; undefined: its values are lost. */
export function keptColumn(wanted: readonly Column[], { name, type }: Column): Column | undefined {
  return wanted.find((column) => isSameName(column.name, name) && typeName(column.type) === typeName(type));
}

/** Whether a table has exactly these columns, in this order and spelling. */
export function isSameShape(existing: Relation, wanted: readonly Column[]): boolean {
  const typed = (columns: readonly Column[]) => columns.map(({ name, type }) => `${name} ${typeName(type)}`).join();
  return existing.foreignColumns.length === 0 && typed(existing.columns) === typed(wanted);
}
