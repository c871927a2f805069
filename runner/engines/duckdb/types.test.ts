import { describe, expect, it } from "vitest";
import { type SqlType, typeName } from "../../port/sql-types.js";
import { duckdbType, googleType } from "./types.js";

describe("types", () => {
  it.each([
    ["BIGINT", "INT64"],
    ["DECIMAL(38,9)", "NUMERIC"],
    ["DECIMAL(38,18)", "BIGNUMERIC"],
    ["TIMESTAMP WITH TIME ZONE", "TIMESTAMP"],
    ["DOUBLE[]", "ARRAY<FLOAT64>"],
    ["STRUCT(at GEOMETRY)[]", "ARRAY<STRUCT<at GEOGRAPHY>>"],
    [
      'STRUCT(failed_at TIMESTAMP WITH TIME ZONE, "error message" VARCHAR)[]',
      "ARRAY<STRUCT<failed_at TIMESTAMP, error message STRING>>",
    ],
    ["STRUCT(a BIGINT, b STRUCT(c DECIMAL(38,9))[])", "STRUCT<a INT64, b ARRAY<STRUCT<c NUMERIC>>>"],
  ])("reads %s as %s", (duckdb, google) => {
    expect(typeName(googleType(duckdb) as SqlType)).toBe(google);
  });

  it("knows no GoogleSQL type for what GoogleSQL has not", () => {
    for (const text of ["UUID", "MAP(VARCHAR, BIGINT)", "ENUM('a')", "BIGINT[3]"])
      expect(googleType(text)).toBeUndefined();
  });

  it("writes every type in a form that it reads back", () => {
    const type: SqlType = {
      kind: "array",
      element: {
        kind: "struct",
        fields: [
          { name: "at", type: "TIMESTAMP" },
          { name: "n", type: "NUMERIC" },
        ],
      },
    };
    expect(duckdbType(type)).toBe('STRUCT("at" TIMESTAMPTZ, "n" DECIMAL(38,9))[]');
  });
});
