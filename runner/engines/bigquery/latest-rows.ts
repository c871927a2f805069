import { quoteIdentifier } from "../../googlesql/quote.js";
import type { LatestRowsRequest, RowObject, SqlValue } from "../../port/port.js";
import { quoteText } from "./literals.js";

/** The newest row of each key among rows that were read. */
export function newestRows(request: LatestRowsRequest, rows: readonly RowObject[]): readonly RowObject[] {
  const newest = new Map<string, RowObject>();
  for (const row of rows) {
    if (!isWanted(request, row)) continue;
    const key = JSON.stringify(request.key.map((column) => String(row[column] ?? "")));
    const before = newest.get(key);
    if (before === undefined || isNewer(request.newestBy, row, before)) newest.set(key, row);
  }
  const columns = request.columns;
  return [...newest.values()].map((row) => Object.fromEntries(columns.map((name) => [name, row[name] ?? null])));
}

function isWanted({ where }: LatestRowsRequest, row: RowObject): boolean {
  if (where === undefined || (where.values.length === 0 && where.range === undefined)) return true;
  const value = String(row[where.column] ?? "");
  if (where.values.includes(value)) return true;
  return where.range !== undefined && value >= where.range.from && value <= where.range.to;
}

/** Times of one form are in order as texts are. */
function isNewer(columns: readonly string[], row: RowObject, before: RowObject): boolean {
  for (const column of columns) {
    const [a, b] = [row[column] ?? null, before[column] ?? null];
    if (a === b) continue;
    if (a === null) return false;
    if (b === null) return true;
    return (a as Exclude<SqlValue, null>) > (b as Exclude<SqlValue, null>);
  }
  return false;
}

/** The same as a query, for a log too long to be read whole. */
export function latestRowsSql(request: LatestRowsRequest, table: string): string {
  const key = request.key.length === 0 ? "" : `PARTITION BY ${request.key.map(quoteIdentifier).join(", ")} `;
  const newest = request.newestBy.map((column) => `${quoteIdentifier(column)} DESC`).join(", ");
  const columns = request.columns.map(quoteIdentifier).join(", ");
  return `SELECT ${columns} FROM ${table} WHERE ${whereSql(request)} QUALIFY ROW_NUMBER() OVER (${key}ORDER BY ${newest}) = 1`;
}

function whereSql({ where }: LatestRowsRequest): string {
  if (where === undefined) return "TRUE";
  const column = quoteIdentifier(where.column);
  const tests: string[] = [];
  if (where.values.length > 0) tests.push(`${column} IN (${where.values.map(quoteText).join(", ")})`);
  if (where.range !== undefined)
    tests.push(`${column} BETWEEN ${quoteText(where.range.from)} AND ${quoteText(where.range.to)}`);
  return tests.length === 0 ? "TRUE" : `(${tests.join(" OR ")})`;
}
