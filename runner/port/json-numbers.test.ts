import { describe, expect, it } from "vitest";
import { withNumbers } from "./json-numbers.js";

describe("numbers of JSON", () => {
  it.each([
    ['{"a":1,"b":[-0.50,1e9]}', '{"a":<1>,"b":[<-0.50>,<1e9>]}'],
    ['{"1":"2 \\" 3","c\\\\":4}', '{"1":"2 \\" 3","c\\\\":<4>}'],
    ["12345678901234567890123.000000000000000000001", "<12345678901234567890123.000000000000000000001>"],
    // None of these is JSON, before or afterwards.
    ["[01, -, 1.]", "[<0><1>, -, <1>.]"],
    ['["1, 2', '["1, 2'],
  ])("of %s are found outside of strings", (json, marked) => {
    expect(withNumbers(json, (digits) => `<${digits}>`)).toBe(marked);
  });

  it("are found beside a string of millions of characters", () => {
    const long = "\\n".repeat(5_000_000);
    expect(withNumbers(`{"s":"${long}","n":1}`, () => "2")).toBe(`{"s":"${long}","n":2}`);
  });
});
