import type { LoaderResult, RowObject, ScalarType, SkippedRows, SqlValue, StoredRows } from "../runner/api/loader.js";
import { isCalendarDate } from "./calendar.js";
import { RAW_TABLES } from "./raw-tables/index.js";

/** A warehouse in memory: rows by key, replaced as `replaceRows` of the port replaces them. */
export class MemoryStore implements StoredRows {
  readonly #tables = new Map<string, Map<string, RowObject>>();

  async read(...[table, columns, where]: Parameters<StoredRows["read"]>): Promise<RowObject[]> {
    const found = new Map<string, RowObject>();
    const wanted = new Set(where?.values);
    for (const row of this.rows(table.id.name)) {
      if (where !== undefined && !where.columns.some((column) => wanted.has(String(row[column])))) continue;
      const values = Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));
      found.set(JSON.stringify(values), values);
    }
    return [...found.values()];
  }

  rows(name: string): RowObject[] {
    return [...(this.#tables.get(name)?.values() ?? [])];
  }

  /** Loads; a load that throws changes nothing. */
  async load(result: LoaderResult): Promise<void> {
    const { batches } = result;
    const written = new Map<string, Map<string, RowObject>>();
    for await (const { table, rows, covers } of typeof batches === "function" ? batches(this) : batches) {
      const keyOf = (row: RowObject) => table.primaryKey.map((name) => String(row[name])).join(" ");
      const incoming = new Map<string, RowObject>();
      for await (const row of rows) {
        if (incoming.has(keyOf(row))) throw new Error(`${table.id.name}: two rows have the same key ${keyOf(row)}`);
        incoming.set(keyOf(row), row);
      }
      const kept = new Map(written.get(table.id.name) ?? this.#tables.get(table.id.name));
      for (const { columns, values } of covers?.() ?? []) {
        const covered = new Set(values.map((tuple) => JSON.stringify(tuple)));
        for (const [key, row] of kept) {
          const tuple = JSON.stringify(columns.map((column) => row[column] ?? null));
          if (covered.has(tuple) && !incoming.has(key)) kept.delete(key);
        }
      }
      for (const [key, row] of incoming) {
        const compared = table.comparedBy ?? (row.data_hash === undefined ? Object.keys(row) : ["data_hash"]);
        const held = kept.get(key);
        if (held === undefined || compared.some((name) => held[name] !== row[name])) kept.set(key, row);
      }
      written.set(table.id.name, kept);
    }
    for (const [name, rows] of written) this.#tables.set(name, rows);
  }

  /** All tables as text: facts only, without when and from which file they came, and rows in the order of their keys. */
  snapshot(): Record<string, string[]> {
    const facts = (row: RowObject) =>
      JSON.stringify(
        Object.entries(row)
          .filter(([name]) => !ORIGIN.has(name))
          .sort(),
      );
    return Object.fromEntries(
      [...this.#tables].map(([name, rows]): [string, string[]] => [name, [...rows.values()].map(facts).sort()]).sort(),
    );
  }
}

const ORIGIN = new Set(["processed_at", "source_file_path", "first_found_at"]);

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
