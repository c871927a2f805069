import type { OrderItem } from "../../googlesql/ast.js";
import { COLLATED } from "../../port/sql-types.js";
import { collationKey } from "./collation.js";
import { mayBeNan, type Typed } from "./typed.js";

type Direction = Pick<OrderItem, "descending" | "nulls">;

/** An ORDER BY item with GoogleSQL's place for NULLs spelled out: first when ascending, last when descending. */
export function printOrder(sql: string, item: Direction): string {
  const nulls = item.nulls ?? (item.descending ? "LAST" : "FIRST");
  return `${sql} ${item.descending ? "DESC" : "ASC"} NULLS ${nulls}`;
}

/**
 * The same for a typed expression, whose DuckDB text may be another (a position). NaN is GoogleSQL's least FLOAT64 and DuckDB's greatest: a key
 * of its own puts it in its place.
 */
export function orderKeys(value: Typed, item: Direction, sql: string = value.sql): string {
  if (value.type === COLLATED) return printOrder(collationKey(value.sql), item);
  // DuckDB refuses to order by a literal, which orders nothing.
  const constant = value.literal !== undefined && sql === value.sql;
  const key = printOrder(constant ? `CASE WHEN true THEN ${sql} END` : sql, item);
  if (!mayBeNan(value)) return key;
  return `${printOrder(`isnan(${value.sql})`, { ...item, descending: !item.descending, nulls: item.nulls ?? (item.descending ? "LAST" : "FIRST") })}, ${key}`;
}
