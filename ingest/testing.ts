import type { ScalarType } from "../runner/sql-types.js";
import type { RowObject, SqlValue } from "../runner/warehouse/port.js";
import { isCalendarDate } from "./calendar.js";
import type { LoaderResult, SkippedRows, StoredRows } from "./loader.js";
import { RAW_TABLES } from "./raw-tables/index.js";

/** All rows of a load by table name, and its notes: for tests. */
export interface Loaded {
  rows(table: string): RowObject[];
  readonly notes: readonly string[];
  readonly skipped: readonly SkippedRows[];
}

/** A warehouse in which nothing is. */
export const NOTHING_STORED: StoredRows = { read: async () => [] };

export async function collect(result: LoaderResult, stored = NOTHING_STORED): Promise<Loaded> {
  const byTable = new Map<string, RowObject[]>();
  const { batches } = result;
  for await (const { table, rows } of typeof batches === "function" ? batches(stored) : batches) {
    const list = byTable.get(table.id.name) ?? [];
    byTable.set(table.id.name, list);
    for await (const row of rows) list.push(row);
  }
  return { rows: (table) => byTable.get(table) ?? [], notes: result.notes, skipped: result.skipped ?? [] };
}

const VALID: Readonly<Partial<Record<ScalarType, (value: SqlValue) => boolean>>> = {
  INT64: (value) => Number.isSafeInteger(value),
  FLOAT64: (value) => typeof value === "number" && Number.isFinite(value),
  BOOL: (value) => typeof value === "boolean",
  STRING: (value) => typeof value === "string",
  DATE: (value) => typeof value === "string" && isCalendarDate(value),
  TIMESTAMP: (value) => typeof value === "string" && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00$/.test(value),
};

/** What is wrong with the rows of a load, judged by the table definitions: columns, types, NULLs, keys, hashes. */
export function faults(loaded: Loaded): string[] {
  const found: string[] = [];
  for (const table of RAW_TABLES) {
    const keys = new Set<string>();
    const expected = table.columns
      .map((column) => column.name)
      .sort()
      .join(" ");
    for (const row of loaded.rows(table.id.name)) {
      const key = `${table.id.name} ${table.primaryKey.map((name) => String(row[name])).join(" ")}`;
      if (keys.has(key)) found.push(`${key}: duplicate key`);
      keys.add(key);
      if (Object.keys(row).sort().join(" ") !== expected) found.push(`${key}: other columns than the table's`);
      if (!/^[0-9a-f]{16}$/.test(String(row.data_hash))) found.push(`${key}: bad data_hash`);
      for (const { name, type, required } of table.columns) {
        const value = row[name] ?? null;
        const isValid = value === null ? required !== true : VALID[type as ScalarType]?.(value);
        if (isValid !== true) found.push(`${key}: ${name} is ${String(value)}`);
      }
    }
  }
  return found;
}

/** Sum of a column of INT64 values. */
export function sum(rows: readonly RowObject[], column: string): number {
  return rows.reduce((total, row) => total + Number(row[column] ?? 0), 0);
}

/** Rows by the text of some columns. */
export function groupBy(rows: readonly RowObject[], ...columns: string[]): Map<string, RowObject[]> {
  const groups = new Map<string, RowObject[]>();
  for (const row of rows) {
    const key = columns.map((column) => String(row[column])).join(" ");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}
