import type { RowObject, SqlValue } from "../port/port.js";
import type { Column } from "../port/sql-types.js";

/** One state table: its columns as the migrations leave them, and how a value becomes a row and a row a value. */
export interface TableCodec<Value> {
  readonly name: string;
  readonly columns: readonly Column[];
  toRow(value: Value): RowObject;
  /** Undefined for a row that nobody here understands. */
  fromRow(row: RowObject): Value | undefined;
}

/** The names of a table's columns. */
export function columnNames({ columns }: Pick<TableCodec<never>, "columns">): readonly string[] {
  return columns.map(({ name }) => name);
}

/** A text column; empty where it is NULL or no text. */
export function textOf(value: SqlValue | undefined): string {
  return typeof value === "string" ? value : "";
}

/** A TIMESTAMP column as ISO 8601 in UTC; undefined where it is NULL. */
export function isoTimeOf(value: SqlValue | undefined): string | undefined {
  if (typeof value !== "string") return undefined;
  const time = new Date(value.replace(" ", "T").replace(/\+00(:00)?$/, "Z"));
  return Number.isNaN(time.getTime()) ? value : time.toISOString();
}

/** A list of texts kept as JSON; empty where it is NULL or something else. */
export function textsOf(value: SqlValue | undefined): readonly string[] {
  const parsed = jsonOf(value);
  return Array.isArray(parsed) ? parsed.filter((item): item is string => typeof item === "string") : [];
}

/** JSON kept as text; undefined where it is none. */
export function jsonOf(value: SqlValue | undefined): unknown {
  try {
    return typeof value === "string" ? JSON.parse(value) : undefined;
  } catch {
    return undefined;
  }
}
