import { expect, it } from "vitest";
import { queriesOnEngine } from "../test-support/queries.js";

const { rows, translated } = queriesOnEngine();

const INTEGERS = [9223372036854775807n, -9223372036854775807n - 1n, 9223372036854775807n, 3n, 9223372036854775806n];
const NUMERICS = ["99999999999999999999999999999.999999999", "-99999999999999999999999999999", "1e28", "-1e28", "7"];
const TABLE = `UNNEST([${INTEGERS.map((i, at) => `STRUCT(${i} AS i, NUMERIC '${NUMERICS[at]}' AS n)`).join(", ")}, (NULL, NULL)])`;

const billionths = (text: string): bigint => {
  const [whole = "", digits = ""] = text.replace("1e28", `1${"0".repeat(28)}`).split(".");
  return BigInt(whole + digits.padEnd(9, "0"));
};
const sumOf = (values: readonly bigint[]): bigint => values.reduce((sum, value) => sum + value, 0n);
/** Half away from zero. */
const rounded = (sum: bigint, count: bigint): bigint =>
  sum < 0n ? -((-2n * sum + count) / (2n * count)) : (2n * sum + count) / (2n * count);
const WHOLE = INTEGERS.map((value) => value * 10n ** 9n);
const LARGE = NUMERICS.map(billionths);

it.each<[string, bigint]>([
  ["SUM(CAST(i AS NUMERIC))", sumOf(WHOLE)],
  ["AVG(CAST(i AS NUMERIC))", rounded(sumOf(WHOLE), 5n)],
  ["SUM(IF(i > 3, CAST(i AS NUMERIC), NULL))", sumOf(WHOLE.filter((value) => value > 3n * 10n ** 9n))],
  ["SUM(CAST(i AS NUMERIC) - CAST(-1 AS NUMERIC))", sumOf(WHOLE) + 5n * 10n ** 9n],
  [
    "AVG(CASE WHEN i = 3 THEN NUMERIC '0.5' WHEN i IS NOT NULL THEN i END)",
    rounded(sumOf(WHOLE) - 25n * 10n ** 8n, 5n),
  ],
  ["SUM(n)", sumOf(LARGE)],
  ["AVG(n)", rounded(sumOf(LARGE), 5n)],
  ["SUM(COALESCE(n, CAST(i AS NUMERIC)))", sumOf(LARGE)],
  ["SUM(IF(i = 3, n, i))", sumOf(WHOLE) - WHOLE[3]! + LARGE[3]!],
  ["SUM(ABS(n) - ABS(n))", 0n],
])("%s is exact though parts of it leave 38 digits", async (aggregate, expected) => {
  const [row] = (await rows(`SELECT ${aggregate} AS x FROM ${TABLE}`)) as [string][];
  expect(billionths(row?.[0] ?? "")).toBe(expected);
});

it("checks no sum of whole numbers for its range", () => {
  expect(translated(`SELECT SUM(IF(i > 0, CAST(i AS NUMERIC), 0)) AS x FROM ${TABLE}`).sql).not.toContain("FILTER");
});
