import type { QueryResult } from "../port/port.js";
import type { SqlType } from "../port/sql-types.js";
import { exactNumber, valueText } from "../port/value-text.js";
import { alignColumns, plainLine, plural, visibleWidth, wrapLine } from "./text.js";

/** An array of row objects; NUMERIC, and INT64 beyond 2^53, as text, because JSON numbers would round them. */
export function rowsAsJson(result: QueryResult): string {
  const rows = result.rows.map((row) =>
    Object.fromEntries(result.columns.map(({ name }, index) => [name, row[index] ?? null])),
  );
  return `${JSON.stringify(rows, exactNumber)}\n`;
}

/** RFC 4180 with the line ends of Unix tools, as `bq` writes it, and a header line; NULL is an empty field. */
export function rowsAsCsv(result: QueryResult): string {
  const lines = [
    result.columns.map(({ name }) => name),
    ...result.rows.map((row) => row.map((value) => (value === null ? "" : valueText(value)))),
  ];
  return lines.map((line) => `${line.map(csvField).join(",")}\n`).join("");
}

/** Aligned columns under a header, then the number of rows; what is wider than the terminal is told row by row, a column a line. */
export function rowsAsTable(result: QueryResult, width = Number.POSITIVE_INFINITY): string {
  const header = result.columns.map(({ name }) => name);
  const rows = result.rows.map((row) => row.map((value) => plainLine(valueText(value))));
  const numbers = new Set(result.columns.flatMap(({ type }, index) => (isNumber(type) ? [index] : [])));
  const [head = "", ...body] = alignColumns([header, ...rows], numbers);
  const table = [head, "-".repeat(head.length), ...body];
  const isWide = rows.length > 0 && table.some((line) => visibleWidth(line) > width);
  return `${[...(isWide ? rowBlocks(header, rows, width) : table), `(${plural(rows.length, "row")})`].join("\n")}\n`;
}

/** Each row as a block: its columns below each other. */
function rowBlocks(header: readonly string[], rows: readonly (readonly string[])[], width: number): string[] {
  const indent = Math.min(Math.max(...header.map(visibleWidth)) + 2, Math.floor(width / 2));
  return rows.flatMap((row, index) => [
    `-- row ${index + 1}`,
    ...alignColumns(header.map((name, column) => [name, row[column] ?? ""])).flatMap((line) =>
      wrapLine(line, width, indent),
    ),
  ]);
}

function isNumber(type: SqlType): boolean {
  return type === "INT64" || type === "FLOAT64" || type === "NUMERIC" || type === "BIGNUMERIC";
}

/** A field that a spreadsheet would run as a formula gets a leading quote; one with a separator is quoted. */
function csvField(text: string): string {
  const safe = /^[=+@\t\r]/.test(text) || /^-(?!\d)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
