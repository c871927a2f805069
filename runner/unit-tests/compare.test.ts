import { describe, expect, it } from "vitest";
import type { QueryResult, SqlValue } from "../port/port.js";
import type { SqlType } from "../port/sql-types.js";
import { compareResults } from "./compare.js";

function result(columns: Record<string, SqlType>, ...rows: SqlValue[][]): QueryResult {
  return { columns: Object.entries(columns).map(([name, type]) => ({ name, type })), rows };
}

const one = (type: SqlType, value: SqlValue) => result({ x: type }, [value]);

describe("compareResults, as dataform test compares", () => {
  it.each<[string, QueryResult, QueryResult]>([
    ["INT64 and FLOAT64 of one value", one("INT64", 3n), one("FLOAT64", 3)],
    ["zero and negative zero", one("FLOAT64", -0), one("INT64", 0n)],
    ["a date and its text", one("DATE", "2024-01-02"), one("STRING", "2024-01-02")],
    [
      "names in another case and order",
      result({ a: "INT64", B: "STRING" }, [1n, "x"]),
      result({ b: "STRING", A: "INT64" }, ["x", 1n]),
    ],
    ["no rows, whatever the columns", result({ a: "INT64" }), result({ b: "STRING" })],
    ["NULLs", one("INT64", null), one("STRING", null)],
    ["arrays", one({ kind: "array", element: "INT64" }, [1n, 2n]), one({ kind: "array", element: "INT64" }, [1n, 2n])],
  ])("takes %s for equal", (_what, a, b) => {
    expect(compareResults(a, b)).toEqual({ equal: true });
  });

  it.each<[string, QueryResult, QueryResult]>([
    ["a number and its text", one("INT64", 1n), one("STRING", "1")],
    ["NUMERIC and INT64", one("NUMERIC", "1"), one("INT64", 1n)],
    ["NaN and NaN", one("FLOAT64", "NaN"), one("FLOAT64", "NaN")],
    ["NULL and empty text", one("STRING", null), one("STRING", "")],
    ["rows in another order", result({ x: "INT64" }, [1n], [2n]), result({ x: "INT64" }, [2n], [1n])],
    [
      "arrays in another order",
      one({ kind: "array", element: "INT64" }, [2n, 1n]),
      one({ kind: "array", element: "INT64" }, [1n, 2n]),
    ],
    [
      "a date behind a NULL, and its text",
      result({ x: "DATE" }, [null], ["2024-01-02"]),
      result({ x: "STRING" }, [null], ["2024-01-02"]),
    ],
  ])("tells %s apart", (_what, a, b) => {
    expect(compareResults(a, b).equal).toBe(false);
  });

  it("names the counts and columns that differ", () => {
    expect(compareResults(one("INT64", 1n), result({ x: "INT64" }))).toMatchObject({
      message: "expected 0 rows, but saw 1",
    });
    expect(compareResults(one("INT64", 1n), result({ y: "INT64" }, [1n]))).toMatchObject({
      message: "expected columns y, but saw x",
    });
  });

  it("names each cell, and the types where the text is the same", () => {
    const actual = result({ a: "INT64", b: "STRING" }, [1n, "same"], [2n, "left"]);
    const expected = result({ a: "STRING", b: "STRING" }, ["1", "same"], ["2", "right"]);
    expect(compareResults(actual, expected)).toEqual({
      equal: false,
      message: "2 of 2 rows differ",
      differences: [
        { row: 0, column: "a", expected: "1 (string)", actual: "1 (number)" },
        { row: 1, column: "a", expected: "2 (string)", actual: "2 (number)" },
        { row: 1, column: "b", expected: "right", actual: "left" },
      ],
    });
  });
});
