import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { float64JsonText } from "../float-text.js";
import { normalizeJson, parseJson, printJson } from "./json-value.js";

const normal = (text: string): string => printJson(normalizeJson(parseJson(text), "round"));

describe("a JSON value as BigQuery stores it", () => {
  it.each([
    ["52.00", "52.0"],
    ["0.00", "0.0"],
    ["-0.50", "-0.5"],
    ["-7.0", "-7.0"],
    ["0.00010", "0.0001"],
    ["1234567.12345678000", "1234567.12345678"],
    ["12345678.0", "12345678.0"],
    ["10.010", "10.01"],
    ["0.7071067811865476", "0.7071067811865476"],
    ["0.70710678118654757", "0.7071067811865476"],
    ["0.30000000000000004", "0.30000000000000004"],
    ["922337203685477580701", "9.223372036854776e+20"],
    ["1e15", "1e+15"],
    ["1234567890123456.8", "1.2345678901234568e+15"],
    ["123456789012345.6", "123456789012345.6"],
    ["0.0001234567890123456", "0.0001234567890123456"],
    ["0.00001", "1e-05"],
    ["5e-324", "5e-324"],
    ["-0", "-0.0"],
  ])("writes %s as %s", (text, expected) => {
    expect(normal(text)).toBe(expected);
  });

  it("writes every number with a point as FLOAT64 is written, whatever stands at its end", () => {
    const digits = (most: number) => fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: most });
    const number = fc
      .tuple(fc.constantFrom("", "-"), digits(9), digits(10), fc.integer({ min: 0, max: 4 }))
      .map(([sign, whole, part, zeros]) => `${sign}${Number(whole.join(""))}.${part.join("")}${"0".repeat(zeros)}`);
    fc.assert(
      fc.property(number, (text) => {
        expect(normal(text)).toBe(float64JsonText(Number(text)));
      }),
      { numRuns: 5_000 },
    );
  });

  it("takes every number that JavaScript, Python and their like write", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const kept = printJson(normalizeJson(parseJson(JSON.stringify(value)), "exact"));
        // JSON.stringify writes whole numbers without a point: below 2^63 they are INT64 and keep all their digits.
        expect(Number(kept)).toBe(value === 0 ? 0 : value);
      }),
      { numRuns: 5_000 },
    );
  });

  it("has its members in the order of their names' UTF-8", () => {
    const name = fc.string({ unit: fc.constantFrom("a", "B", "0", "é", "\uffee", "😀", "\ue000"), maxLength: 3 });
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 6 }), (names) => {
        const found = Object.keys(JSON.parse(normal(`{${names.map((one) => `${JSON.stringify(one)}:"x"`).join()}}`)));
        const sorted = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        // JavaScript itself puts names that are numbers first.
        expect(found.filter((one) => !/^\d+$/.test(one))).toEqual(sorted.filter((one) => !/^\d+$/.test(one)));
      }),
      { numRuns: 1_000 },
    );
  });
});
