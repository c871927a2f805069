import type { Column } from "../../runner/port/sql-types.js";

export type Cell = string | number | null;

/** One row, by column; a column that it lacks is NULL. */
export type Row = Readonly<Record<string, Cell>>;

/** What a relation holds. */
export interface Content {
  /** In their order. */
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** Rows as a set of texts that keep NULL, '' and every other value apart, as one text. */
export function textOf(rows: readonly Row[], columns: readonly string[]): string {
  return rows
    .map((row) => JSON.stringify(columns.map((name) => row[name] ?? null)))
    .sort()
    .join("\n");
}

/** Names and types of columns, in order. */
export function shapeOf(columns: readonly Column[]): string {
  return columns.map(({ name, type }) => `${name} ${String(type)}`).join(", ");
}

export function namesOf({ columns }: Pick<Content, "columns">): readonly string[] {
  return columns.map(({ name }) => name);
}

const DAY = 86_400_000;

const dayNumbers = new Map<string, number>();

/** Days since 1970: numbers, unlike dates, go on behind the last one. */
export function dayNumber(date: string): number {
  const known = dayNumbers.get(date);
  if (known !== undefined) return known;
  const number = Math.round(Date.parse(`${date}T00:00:00Z`) / DAY);
  dayNumbers.set(date, number);
  return number;
}

export function dateOf(number: number): string {
  return new Date(number * DAY).toISOString().slice(0, 10);
}

/** Day 0 is 2024-01-10. */
export function day(index: number): string {
  return dateOf(dayNumber("2024-01-10") + index);
}
