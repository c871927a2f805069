import { describe, expect, it } from "vitest";
import { decodeRow } from "./decode.js";
import { exactJsonText, parseExactJson } from "./exact-json.js";

describe("JSON whose numbers stay what they are", () => {
  it.each([
    '{"a":9007199254740993}',
    "[-9007199254740993,1.0,0.10,1e3,1E-7,-0]",
    '{"9007199254740993":"say \\"12345678901234567890\\", 1.0"}',
    '{"a":0.1234567890123456789,"b":{"c":[18446744073709551615]}}',
  ])("reads and writes %s", (text) => {
    expect(exactJsonText(parseExactJson(text))).toBe(text);
  });

  it.each(['{"a":9007199254740993', "[01234567890123456789]", "[9007199254740993x]", "[1.0.0]"])(
    "refuses %s",
    (text) => {
      expect(() => parseExactJson(text)).toThrow(SyntaxError);
    },
  );

  it("fills columns of any type", () => {
    const json = parseExactJson('{"i":1e3,"f":1.0,"n":0.123456780,"j":{"k":9007199254740993},"s":9007199254740993}');
    const columns = [
      { name: "i", type: "INT64" },
      { name: "f", type: "FLOAT64" },
      { name: "n", type: "NUMERIC" },
      { name: "j", type: "JSON" },
      { name: "s", type: "STRING" },
    ] as const;
    expect(decodeRow(json as Record<string, unknown>, columns, { ignoreUnknown: false })).toEqual({
      i: 1000n,
      f: 1,
      n: "0.12345678",
      j: '{"k":9007199254740993}',
      s: "9007199254740993",
    });
  });
});
