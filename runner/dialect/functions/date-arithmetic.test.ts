import { describe, expect, it } from "vitest";
import { typeName } from "../../port/sql-types.js";
import { translateQuery } from "../index.js";

function typeOf(sql: string): string {
  const { columns } = translateQuery(`SELECT ${sql} AS x`, { find: () => undefined, names: () => [] });
  return columns.map(({ type }) => typeName(type)).join();
}

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/datetime_functions and its siblings: one function of several types. */
describe("date arithmetic", () => {
  it.each([
    ["DATETIME_ADD(TIMESTAMP '2024-01-01', INTERVAL 1 DAY)", "TIMESTAMP"],
    ["DATETIME_SUB(TIMESTAMP '2024-01-01', INTERVAL 1 HOUR)", "TIMESTAMP"],
    ["DATETIME_TRUNC(TIMESTAMP '2024-01-01', MONTH)", "TIMESTAMP"],
    ["DATETIME_DIFF(TIMESTAMP '2024-01-01', TIMESTAMP '2024-01-01', HOUR)", "INT64"],
    ["TIMESTAMP_ADD(DATETIME '2024-01-01', INTERVAL 1 DAY)", "DATETIME"],
    ["TIMESTAMP_SUB(DATETIME '2024-01-01', INTERVAL 1 MONTH)", "DATETIME"],
    ["TIMESTAMP_TRUNC(DATETIME '2024-01-01', YEAR)", "DATETIME"],
    ["TIMESTAMP_DIFF(DATETIME '2024-01-01', DATETIME '2024-01-01', MONTH)", "INT64"],
    ["DATE_ADD(TIMESTAMP '2024-01-01', INTERVAL 1 HOUR)", "TIMESTAMP"],
    ["DATETIME_ADD('2024-01-01', INTERVAL 1 DAY)", "DATETIME"],
    ["TIMESTAMP_ADD('2024-01-01', INTERVAL 1 DAY)", "TIMESTAMP"],
    ["DATETIME_ADD(DATE '2024-01-01', INTERVAL 1 DAY)", "DATETIME"],
  ])("%s is of type %s", (sql, type) => {
    expect(typeOf(sql)).toBe(type);
  });

  it.each([
    "TIMESTAMP_ADD(TIMESTAMP '2024-01-01', INTERVAL 1 MONTH)",
    "DATETIME_DIFF(DATETIME '2024-01-01', TIMESTAMP '2024-01-01', DAY)",
    "TIME_ADD(DATETIME '2024-01-01', INTERVAL 1 HOUR)",
    "DATETIME_ADD(1, INTERVAL 1 DAY)",
  ])("%s is refused", (sql) => {
    expect(() => typeOf(sql)).toThrow();
  });
});
