import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { float64TextWithPoint } from "../float-text.js";
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
        expect(normal(text)).toBe(float64TextWithPoint(Number(text)));
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
