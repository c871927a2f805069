import type { DuckDBConnection } from "@duckdb/node-api";
import type { LatestRowsRequest, Log, RowObject, SqlValue } from "../../port/port.js";
import { quoteName, quotePath, quoteText } from "./quote.js";
import { sqlValue } from "./result-values.js";

/** How a value that was cast to text is read back, by the type that DuckDB names; the forms are those of `sqlValue`. */
const FROM_TEXT: Readonly<Record<string, (text: string) => SqlValue>> = {
  VARCHAR: (text) => text,
  BIGINT: BigInt,
  INTEGER: Number,
  BOOLEAN: (text) => text === "true",
  DATE: (text) => text,
  "TIMESTAMP WITH TIME ZONE": (text) => `${text}:00`,
};

/** All rows come as so many texts: a call for each value would cost more than the value, and one text of all would be copied about. */
const TEXTS = 16;
/** A column with no more values than this, as that of a hash which all partitions of a model share, gives each of them once. */
const FEW_VALUES = 64;

/** The newest row per key of an append-only table. */
export async function readLatestRows(
  connection: DuckDBConnection,
  request: LatestRowsRequest,
): Promise<readonly RowObject[]> {
  const columns = request.columns.map(quoteName);
  const types = columns.map((column) => `any_value(typeof(${column}))`);
  const texts = columns.map((column) => `CAST(${column} AS VARCHAR)`);
  const packed = await connection.runAndReadAll(
    `SELECT to_json([${types.join(", ")}])::VARCHAR, to_json(list([${texts.join(", ")}]))::VARCHAR
      FROM (${latestRowsSql(request)}) GROUP BY hash(${columns.slice(0, 2).join(", ")}) % ${TEXTS}`,
  );
  const parts = packed.getRows() as [string, string][];
  const [[namedTypes = "[]"] = []] = parts;
  const readers = (JSON.parse(namedTypes) as string[]).map((type) => FROM_TEXT[type]);
  if (readers.includes(undefined)) return readOneByOne(connection, request);
  const cells = readers.map((read) => fewValues(read as (text: string) => SqlValue));
  return parts.flatMap(([, rows]) =>
    (JSON.parse(rows) as (string | null)[][]).map((row) => {
      const object: Record<string, SqlValue> = {};
      for (const [index, name] of request.columns.entries()) {
        const text = row[index] ?? null;
        object[name] = text === null ? null : (cells[index] as (text: string) => SqlValue)(text);
      }
      return object;
    }),
  );
}

/** A reader that gives equal texts one value, as long as a column has few of them. */
function fewValues(read: (text: string) => SqlValue): (text: string) => SqlValue {
  let known: Map<string, SqlValue> | undefined = new Map();
  return (text) => {
    let value = known?.get(text);
    if (value === undefined) {
      value = read(text);
      if (known !== undefined && known.size < FEW_VALUES) known.set(text, value);
      else known = undefined;
    }
    return value;
  };
}

/** The newest rows where a column's values have no text that is read back here. */
async function readOneByOne(connection: DuckDBConnection, request: LatestRowsRequest): Promise<readonly RowObject[]> {
  const reader = await connection.runAndReadAll(latestRowsSql(request));
  return reader
    .getRows()
    .map((row) => Object.fromEntries(row.map((value, index) => [request.columns[index] as string, sqlValue(value)])));
}

function latestRowsSql(request: LatestRowsRequest): string {
  return latestRowsOf(request, request.columns.map(quoteName).join(", "), whereSql(request));
}

/** A query of columns, given as SQL, of the newest row of each key. */
export function latestRowsOf({ table, key, newestBy }: Log, columns: string, where = ""): string {
  const keys = key.length === 0 ? "" : `PARTITION BY ${key.map(quoteName).join(", ")} `;
  const newest = newestBy.map((column) => `${quoteName(column)} DESC`).join(", ");
  return `SELECT ${columns} FROM ${quotePath(table)}${where} QUALIFY row_number() OVER (${keys}ORDER BY ${newest}) = 1`;
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
