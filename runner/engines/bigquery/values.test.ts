import { describe, expect, it } from "vitest";
import type { SqlType } from "../../port/sql-types.js";
import { literal } from "./literals.js";
import { decodeRow } from "./values.js";

const decoded = (value: unknown, type: SqlType) => decodeRow({ f: [{ v: value }] }, [{ type }])[0];

describe("values on their way from the service", () => {
  it("keeps whole numbers exact", () => {
    expect(decoded("9007199254740993", "INT64")).toBe(9007199254740993n);
    expect(decoded("-9223372036854775808", "INT64")).toBe(-9223372036854775808n);
  });

  it.each<[unknown, SqlType, unknown]>([
    ["1704067200500000", "TIMESTAMP", "2024-01-01 00:00:00.5+00:00"],
    ["-1", "TIMESTAMP", "1969-12-31 23:59:59.999999+00:00"],
    ["2024-01-01T10:00:00.120000", "DATETIME", "2024-01-01T10:00:00.12"],
    ["10:00:00", "TIME", "10:00:00"],
    ["1.0E10", "FLOAT64", 1e10],
    ["NaN", "FLOAT64", "NaN"],
    ["-Infinity", "FLOAT64", "-Infinity"],
    ["true", "BOOL", true],
    ["YWI=", "BYTES", "YWI="],
    [null, "INT64", null],
    [[{ v: "1" }, { v: "2" }], { kind: "array", element: "INT64" }, [1n, 2n]],
    [{ f: [{ v: "1" }] }, { kind: "struct", fields: [{ name: "a", type: "INT64" }] }, { a: 1n }],
  ])("reads %s as %s", (text, type, value) => {
    expect(decoded(text, type)).toEqual(value);
  });
});

describe("literals", () => {
  it.each<[Parameters<typeof literal>[0], SqlType, string]>([
    ["it's \\ \n", "STRING", "'it\\'s \\\\ \\n'"],
    [null, "STRING", "CAST(NULL AS STRING)"],
    [5n, "INT64", "5"],
    ["2024-01-01", "DATE", "CAST('2024-01-01' AS DATE)"],
    [[], { kind: "array", element: "DATE" }, "ARRAY<DATE>[]"],
    [{ a: 1n }, { kind: "struct", fields: [{ name: "a", type: "INT64" }] }, "STRUCT<`a` INT64>(1)"],
  ])("writes %s as %s", (value, type, text) => {
    expect(literal(value, type)).toBe(text);
  });
});
