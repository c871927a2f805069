import { describe, expect, it } from "vitest";
import { decodeRow, decodeText, ValueError } from "./decode.js";
import { encodeRow, floatText, microsOf } from "./encode.js";
import { jobParameters } from "./parameters.js";

describe("values on their way out", () => {
  it.each([
    [0, "0.0"],
    [-0, "-0.0"],
    [1, "1.0"],
    [1.5, "1.5"],
    [1e7, "1.0E7"],
    [1.25e-5, "1.25E-5"],
    [9_999_999, "9999999.0"],
    [Number.NaN, "NaN"],
    [Number.NEGATIVE_INFINITY, "-Infinity"],
  ])("prints the double %d as the service does", (value, text) => {
    expect(floatText(value)).toBe(text);
  });

  it.each([
    ["1970-01-01 00:00:00+00:00", 0n],
    ["1969-12-31 23:59:59.999999+00:00", -1n],
    ["2020-01-02 03:04:05.5+00:00", 1_577_934_245_500_000n],
    ["0001-01-01 00:00:00+00:00", -62_135_596_800_000_000n],
    ["9999-12-31 23:59:59.999999+00:00", 253_402_300_799_999_999n],
  ])("counts the microseconds of %s", (text, micros) => {
    expect(microsOf(text)).toBe(micros);
  });

  it("writes timestamps in each of the three forms", () => {
    const columns = [{ name: "t", type: "TIMESTAMP" }] as const;
    const written = (timestamp: "FLOAT64" | "INT64" | "ISO8601_STRING") =>
      encodeRow(["2020-01-02 03:04:05.5+00:00"], columns, { timestamp }).f[0]?.v;
    expect(written("INT64")).toBe("1577934245500000");
    expect(written("FLOAT64")).toBe("1.5779342455E9");
    expect(written("ISO8601_STRING")).toBe("2020-01-02T03:04:05.5Z");
  });

  it("nests arrays and structs", () => {
    const struct = {
      kind: "struct",
      fields: [
        { name: "a", type: "INT64" },
        { name: "b", type: "STRING" },
      ],
    } as const;
    const columns = [{ name: "l", type: { kind: "array", element: struct } }] as const;
    const { f } = encodeRow([[{ a: 1n, b: null }]], columns, { timestamp: "INT64" });
    expect(f).toEqual([{ v: [{ v: { f: [{ v: "1" }, { v: null }] } }] }]);
  });
});

describe("values on their way in", () => {
  it.each([
    ["INT64", "9223372036854775807", 9223372036854775807n],
    ["INT64", "9223372036854775808", undefined],
    ["INT64", "1.0", 1n],
    ["INT64", "1.5", undefined],
    ["FLOAT64", "-1e3", -1000],
    ["FLOAT64", "inf", Number.POSITIVE_INFINITY],
    ["FLOAT64", "", undefined],
    ["BOOL", "Yes", true],
    ["BOOL", "2", undefined],
    ["NUMERIC", "-1.50", "-1.5"],
    ["NUMERIC", "12e-1", "1.2"],
    ["NUMERIC", "1e3", "1000"],
    ["NUMERIC", "0.0000000001", undefined],
    ["DATE", "2020-2-9", "2020-02-09"],
    ["DATE", "2021-02-29", undefined],
    ["TIME", "1:02:03.5", "01:02:03.5"],
    ["TIME", "24:00:00", undefined],
    ["DATETIME", "2020-01-02 03:04:05", "2020-01-02T03:04:05"],
    ["DATETIME", "2020-01-02", "2020-01-02T00:00:00"],
    ["TIMESTAMP", "2020-01-02", "2020-01-02 00:00:00+00:00"],
    ["TIMESTAMP", "2020-01-02T03:04:05.5Z", "2020-01-02 03:04:05.5+00:00"],
    ["TIMESTAMP", "2020-01-02 03:04:05 UTC", "2020-01-02 03:04:05+00:00"],
    ["TIMESTAMP", "2020-01-01 00:30:00+01:00", "2019-12-31 23:30:00+00:00"],
    ["TIMESTAMP", "2018-08-19 12:11", "2018-08-19 12:11:00+00:00"],
    ["TIMESTAMP", "2018/08/19 12:11", "2018-08-19 12:11:00+00:00"],
    ["TIMESTAMP", "2018/08/19 12:11:35.22", "2018-08-19 12:11:35.22+00:00"],
    ["TIMESTAMP", "2018-08-19 12:11 -05:00", "2018-08-19 17:11:00+00:00"],
    ["TIMESTAMP", "2018/08-19 12:11", undefined],
    ["TIMESTAMP", "1577934245.5", "2020-01-02 03:04:05.500000+00:00"],
    ["TIMESTAMP", "-1", "1969-12-31 23:59:59+00:00"],
    ["TIMESTAMP", "yesterday", undefined],
    ["JSON", '{"a":1}', '{"a":1}'],
    ["JSON", "{", undefined],
  ] as const)("reads a %s from %j", (type, text, value) => {
    expect(decodeText(text, type)).toEqual(value);
  });

  const columns = [
    { name: "id", type: "INT64" },
    { name: "tags", type: { kind: "array", element: "STRING" } },
    { name: "place", type: { kind: "struct", fields: [{ name: "city", type: "STRING" }] } },
  ] as const;
  const required = new Set(["id"]);

  it("reads rows whatever the case of their fields", () => {
    expect(decodeRow({ ID: "1", Place: { CITY: "Oslo" } }, columns, { ignoreUnknown: false, required })).toEqual({
      id: 1n,
      place: { city: "Oslo" },
    });
  });

  it.each([
    [{}, "Missing required field: id."],
    [{ id: null }, "Missing required field: id."],
    [{ id: 1, nope: 2 }, "no such field: nope."],
    [{ id: 1, place: { zip: 1 } }, "no such field: place.zip."],
    [{ id: 1, tags: "x" }, "Array specified for non-repeated field: tags."],
    [{ id: 1, tags: [null] }, "Only optional fields can be set to NULL. Field: tags; Value: NULL"],
    [{ id: {} }, "This field: id is not a record."],
    [{ id: "x" }, "Cannot convert value to integer (bad value): x"],
  ])("says why %j does not fit", (json, message) => {
    const read = () => decodeRow(json, columns, { ignoreUnknown: false, required });
    expect(read).toThrow(ValueError);
    expect(read).toThrow(message);
  });

  it("leaves unknown fields out where that is asked for", () => {
    expect(decodeRow({ id: 1, nope: 2 }, columns, { ignoreUnknown: true })).toEqual({ id: 1n });
  });
});

describe("parameters as expressions", () => {
  const expression = (type: object, value: object | undefined): string | undefined =>
    jobParameters([{ name: "p", parameterType: type as never, parameterValue: value as never }])[0]?.expression;

  it.each([
    [{ type: "INT64" }, { value: "-5" }, "-5"],
    [{ type: "INTEGER" }, { value: "7" }, "7"],
    [{ type: "STRING" }, { value: 'a"b\\\n`' }, '"a\\"b\\\\\\n`"'],
    [{ type: "BOOL" }, { value: "true" }, "TRUE"],
    [{ type: "NUMERIC" }, { value: "1.50" }, 'CAST("1.5" AS NUMERIC)'],
    [{ type: "TIMESTAMP" }, { value: "2020-01-01" }, 'CAST("2020-01-01 00:00:00+00:00" AS TIMESTAMP)'],
    [{ type: "BYTES" }, { value: "eA==" }, 'FROM_BASE64("eA==")'],
    [{ type: "DATE" }, { value: null }, "CAST(NULL AS DATE)"],
    [{ type: "DATE" }, undefined, "CAST(NULL AS DATE)"],
    [{ type: "ARRAY", arrayType: { type: "INT64" } }, { arrayValues: [{ value: "1" }] }, "ARRAY<INT64>[1]"],
    [{ type: "ARRAY", arrayType: { type: "INT64" } }, {}, "ARRAY<INT64>[]"],
    [
      { type: "STRUCT", structTypes: [{ name: "a", type: { type: "STRING" } }] },
      { structValues: { a: { value: "x" } } },
      'STRUCT<`a` STRING>("x")',
    ],
  ])("%j of %j is %s", (type, value, text) => {
    expect(expression(type, value)).toBe(text);
  });

  it.each([
    [{ type: "INT64" }, { value: "1; DROP TABLE t" }, "Invalid value for parameter p of type INT64"],
    [{ type: "RANGE" }, { value: "x" }, "RANGE needs a rangeElementType"],
    [{ type: "WRONG" }, { value: "x" }, "WRONG is not a valid value"],
    [
      { type: "STRUCT", structTypes: [{ name: "a`b", type: { type: "STRING" } }] },
      { structValues: {} },
      "Invalid name",
    ],
  ])("refuses %j of %j", (type, value, message) => {
    expect(() => expression(type, value)).toThrow(message);
  });
});
