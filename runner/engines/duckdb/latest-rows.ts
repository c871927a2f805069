import type { LatestRowsRequest } from "../../port/port.js";
import { quoteName, quotePath, quoteText } from "./quote.js";

/** The newest row per key of an append-only table as one statement. */
export function latestRowsSql(request: LatestRowsRequest): string {
  const key = request.key.length === 0 ? "" : `PARTITION BY ${request.key.map(quoteName).join(", ")} `;
  const newest = request.newestBy.map((column) => `${quoteName(column)} DESC`).join(", ");
  const where = whereSql(request);
  return (
    `SELECT ${request.columns.map(quoteName).join(", ")} FROM ${quotePath(request.table)}${where}` +
    ` QUALIFY row_number() OVER (${key}ORDER BY ${newest}) = 1`
  );
}

function whereSql(request: LatestRowsRequest): string {
  if (request.where === undefined) return "";
  const { column, values, range } = request.where;
  const tests: string[] = [];
  if (values.length > 0) tests.push(`${quoteName(column)} IN (${values.map(quoteText).join(", ")})`);
  if (range !== undefined)
    tests.push(`${quoteName(column)} BETWEEN ${quoteText(range.from)} AND ${quoteText(range.to)}`);
  return tests.length === 0 ? "" : ` WHERE ${tests.join(" OR ")}`;
}
