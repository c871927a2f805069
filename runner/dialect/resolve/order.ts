import type { OrderItem } from "../ast.js";

/** An ORDER BY item with GoogleSQL's place for NULLs spelled out: first when ascending, last when descending. */
export function printOrder(sql: string, item: Pick<OrderItem, "descending" | "nulls">): string {
  const nulls = item.nulls ?? (item.descending ? "LAST" : "FIRST");
  return `${sql} ${item.descending ? "DESC" : "ASC"} NULLS ${nulls}`;
}
