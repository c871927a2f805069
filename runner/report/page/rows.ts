import type { QueryResult, SqlValue } from "../../port/port.js";
import { typeName } from "../../port/sql-types.js";
import type { PageRows } from "./page-data.js";

/** The first rows of a result as pages show them. */
export function pageRows({ columns, rows }: QueryResult, most: number): PageRows {
  return {
    columns: columns.map(({ name, type }) => [name, typeName(type)]),
    rows: rows.slice(0, most).map((row) => row.map(cell)),
    total: rows.length,
  };
}

/** Longer texts are cut: a page is no place to read them. */
const LONGEST = 400;

function cell(value: SqlValue): string | number | boolean | null {
  if (value === null || typeof value === "boolean" || typeof value === "number") return value;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  const text = typeof value === "string" ? value : JSON.stringify(value, plain);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
