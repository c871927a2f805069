import type { Column } from "../../../port/sql-types.js";

/** A name that BigQuery takes for a column: other characters become `_`. */
export function columnName(name: string): string {
  const plain = name.normalize("NFC").replace(/[^\p{L}\p{N}_]/gu, "_");
  return /^\p{N}/u.test(plain) ? `_${plain}` : plain;
}

/** The column of a table that a name in a file stands for. */
export function columnOf(columns: readonly Column[], name: string): Column | undefined {
  return columns.find((column) => isCalled(column.name, name));
}

/** Whether a name in a file stands for what is called so in a table. */
export function isCalled(own: string, name: string): boolean {
  return [name.toLowerCase(), columnName(name).toLowerCase()].includes(own.toLowerCase());
}
