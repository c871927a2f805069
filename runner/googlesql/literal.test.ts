import { describe, expect, it } from "vitest";
import { literal } from "./literal.js";

describe("literal", () => {
  it.each([
    [null, "INT64", "CAST(NULL AS INT64)"],
    [12n, "INT64", "12"],
    [1, "FLOAT64", "1.0"],
    [1e300, "FLOAT64", "1e+300"],
    [Number.NaN, "FLOAT64", "CAST('NaN' AS FLOAT64)"],
    [Number.NEGATIVE_INFINITY, "FLOAT64", "CAST('-inf' AS FLOAT64)"],
    [-0, "FLOAT64", "-0.0"],
    [true, "BOOL", "TRUE"],
    ["2024-01-01", "DATE", "DATE '2024-01-01'"],
    ["1.50", "NUMERIC", "NUMERIC '1.50'"],
    ["POINT(1 2)", "GEOGRAPHY", "ST_GEOGFROMTEXT('POINT(1 2)')"],
    [new Uint8Array([0, 255]), "BYTES", "b'\\x00\\xff'"],
    ["AP8=", "BYTES", "b'\\x00\\xff'"],
  ] as const)("writes %s as %s", (value, type, expected) => {
    expect(literal(value, type)).toBe(expected);
  });

  it("writes what means something to SQL or SQLX by its code", () => {
    expect(literal("it's ${x} `y` \\ -- /* a\n\u0000", "STRING")).toBe(
      "'it\\x27s \\x24\\x7bx\\x7d \\x60y\\x60 \\x5c \\x2d- \\x2f* a\\n\\x00'",
    );
  });

  it("writes nested values with their types", () => {
    const type = {
      kind: "array",
      element: {
        kind: "struct",
        fields: [
          { name: "a", type: "INT64" },
          { name: "b", type: "STRING" },
        ],
      },
    } as const;
    expect(literal([{ a: 1n, b: null }], type)).toBe(
      "ARRAY<STRUCT<a INT64, b STRING>>[STRUCT<a INT64, b STRING>(1, CAST(NULL AS STRING))]",
    );
  });
});
