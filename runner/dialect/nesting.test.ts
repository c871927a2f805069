import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openEngine } from "../../tools/conformance/scorer.js";
import { canonicalText } from "../googlesql/canonical.js";
import { scanQuery } from "../googlesql/index.js";
import { DialectError, diagnoseQuery, runtimeMessage, translateQuery } from "./index.js";

const EMPTY = { find: () => undefined, names: () => [] };
const nested = (before: string, middle: string, after: string, depth: number): string =>
  `${before.repeat(depth)}${middle}${after.repeat(depth)}`;
const joined = (part: string, operator: string, count: number): string => Array(count).fill(part).join(operator);

/** Queries over `t(x INT64 3, f FLOAT64 1.5, n NUMERIC 0.1, s STRING 'a', b BOOL true)` and their only value. */
const WORKS: readonly (readonly [string, string, unknown])[] = [
  ["parentheses", nested("(", "x", ")", 5000), 3n],
  ["sums in parentheses to the left", nested("(", "x", " + 1)", 5000), 5003n],
  ["calls", nested("ABS(", "x", ")", 150), 3n],
  ["IF", nested("IF(x > 5, 1, ", "x", ")", 300), 3n],
  ["CASE", nested("CASE WHEN x > 5 THEN 1 ELSE ", "x", " END", 300), 3n],
  ["additions", joined("x", " + ", 20_000), 60_000n],
  ["additions of literals", joined("1", " + ", 20_000), 20_000n],
  ["subtractions", `100 - ${joined("x", " - ", 200)}`, -500n],
  ["additions of NUMERIC", `CAST(${joined("n", " + ", 500)} AS STRING)`, "50"],
  ["additions of FLOAT64 and integers", `f + ${joined("1", " - ", 201)}`, 1.5 + 1 - 200],
  [
    "products",
    joined("f", " * ", 70),
    Array(70)
      .fill(1.5)
      .reduce((a, b) => a * b),
  ],
  ["AND", joined("x = 3", " AND ", 20_000), true],
  ["OR", joined("x = 4", " OR ", 5_000), false],
  ["||", `LENGTH(${joined("s", " || ", 20_000)})`, 20_000n],
  ["|| with a NULL", `${joined("s", " || ", 200)} || CAST(NULL AS STRING)`, null],
  ["members of an array", `ARRAY_LENGTH([${joined("x", ", ", 10_000)}])`, 10_000n],
  ["members of IN", `3 IN (${joined("x", ", ", 10_000)})`, true],
  ["NOT, an even number", nested("NOT ", "b", "", 3000), true],
  ["NOT, an odd number", nested("NOT ", "b", "", 3001), false],
  ["signs", nested("- ", "x", "", 3001), -3n],
  ["subqueries of no FROM", nested("(SELECT ", "x", " + 1)", 100), 103n],
  ["subqueries in front of operators", nested("(", "(SELECT x)", " + 1)", 100), 103n],
];

const REFUSED: readonly (readonly [string, string])[] = [
  ["calls", nested("ABS(", "x", ")", 20_000)],
  ["IF", nested("IF(b, 1, ", "x", ")", 20_000)],
  ["CASE", nested("CASE WHEN b THEN 1 ELSE ", "x", " END", 20_000)],
  ["sums to the right", nested("(1 + ", "x", ")", 20_000)],
  ["subqueries", nested("(SELECT MAX(y) + ", "1", " FROM UNNEST([1]) AS y)", 5_000)],
  ["arrays", nested("ARRAY_LENGTH([", "x", "])", 20_000)],
];

describe("deeply nested texts", () => {
  let engine: Awaited<ReturnType<typeof openEngine>>;
  beforeAll(async () => {
    engine = await openEngine();
  });
  afterAll(() => engine.close());

  const query = (expr: string): string =>
    `SELECT ${expr} AS v FROM (SELECT 3 AS x, 1.5 AS f, NUMERIC '0.1' AS n, 'a' AS s, TRUE AS b)`;
  const value = async (sql: string): Promise<unknown> => {
    const reader = await engine.connection.runAndReadAll(translateQuery(sql, EMPTY).sql);
    return reader.getRows()[0]?.[0];
  };

  it.each(WORKS)("%s work", async (_, expr, expected) => {
    const sql = query(expr);
    expect(scanQuery(sql).tables).toEqual([]);
    expect(diagnoseQuery(sql, EMPTY).errors).toEqual([]);
    expect(canonicalText(sql)).not.toBe("");
    expect(await value(sql)).toEqual(expected);
  });

  it.each(REFUSED)("%s beyond what fits a stack are one error with a place", (_, expr) => {
    const sql = query(expr);
    const refusal = (work: () => unknown): DialectError => {
      try {
        work();
      } catch (error) {
        if (error instanceof DialectError) return error;
        throw error;
      }
      throw new Error("nothing was refused");
    };
    const [diagnosed] = diagnoseQuery(sql, EMPTY).errors;
    for (const error of [refusal(() => translateQuery(sql, EMPTY)), diagnosed]) {
      expect(error?.message).toMatch(/Too deeply nested for the embedded engine|A subquery nested in 12 others/);
      expect(error?.line).toBe(1);
      expect(error?.column).toBeGreaterThan(7);
    }
  });

  it("refuses subqueries that the engine would plan for hours", () => {
    const sql = `SELECT ${nested("(SELECT MAX(y) + ", "1", " FROM UNNEST([1]) AS y)", 30)}`;
    expect(() => translateQuery(sql, EMPTY)).toThrow("A subquery nested in 12 others is not supported");
  });

  it("says in its own words what the engine finds too deep", async () => {
    const failure = await value(query(nested("(1 + ", "x", ")", 1200))).catch((error: Error) => error);
    expect(runtimeMessage((failure as Error).message)).toMatch(/^Too deeply nested for the embedded engine/);
  });

  it("finds where parentheses around queries end", async () => {
    expect(await value("SELECT (((SELECT 1) + 1) + 1) IN ((SELECT 3 UNION ALL (SELECT 4)))")).toBe(true);
    expect(await value("SELECT (((SELECT 1)))")).toBe(1n);
    expect(await value("SELECT COUNT(*) FROM (((SELECT 1 AS a) AS l CROSS JOIN (SELECT 2 AS b) AS r))")).toBe(1n);
    expect(await value("SELECT COUNT(*) FROM (((SELECT 1 AS a) UNION ALL (SELECT 2)) LIMIT 1)")).toBe(1n);
  });
});
