import { describe, expect, it } from "vitest";
import { combineHashes, compileCanonicalText, compileDataHash, digest16, type HashField } from "./data-hash.js";

const floats = { kind: "array", element: "FLOAT64" } as const;

describe("the vectors of docs/hashes.md", () => {
  it.each([
    {
      fields: [
        { name: "z", type: "STRING" },
        { name: "s", type: "STRING" },
        { name: "n", type: "NUMERIC", scale: 3 },
        { name: "i", type: "INT64" },
        { name: "d", type: "DATE" },
        { name: "b_flag", type: "BOOL" },
      ] satisfies HashField[],
      row: { s: "LAL", n: "0.5", i: 7, d: "2021-11-15", b_flag: true },
      text: '{"b_flag": true, "d": "2021-11-15", "i": 7, "n": "0.500", "s": "LAL", "z": null}',
      hash: "715028674f27096d",
    },
    {
      fields: [
        { name: "weakest_zone", type: "STRING" },
        { name: "team_abbr", type: "STRING" },
        { name: "paint_pct_allowed_last_15", type: "NUMERIC", scale: 3 },
        { name: "games_in_sample", type: "INT64" },
        { name: "calculation_notes", type: "STRING" },
        { name: "analysis_date", type: "DATE" },
      ] satisfies HashField[],
      row: {
        weakest_zone: "paint",
        team_abbr: "LAL",
        paint_pct_allowed_last_15: "0.6095",
        games_in_sample: 15n,
        calculation_notes: null,
        analysis_date: "2021-11-15",
      },
      text: '{"analysis_date": "2021-11-15", "calculation_notes": null, "games_in_sample": 15, "paint_pct_allowed_last_15": "0.610", "team_abbr": "LAL", "weakest_zone": "paint"}',
      hash: "5c389d2ba52c310f",
    },
    {
      fields: [
        { name: "features", type: floats },
        { name: "feature_version", type: "STRING" },
      ] satisfies HashField[],
      row: { features: [25.2, 24.8, null], feature_version: "v1_baseline_25" },
      text: '{"feature_version": "v1_baseline_25", "features": ["25.200000", "24.800000", null]}',
      hash: "68135aa768507bc0",
    },
  ])("$hash", ({ fields, row, text, hash }) => {
    expect(compileCanonicalText(fields)(row)).toBe(text);
    expect(compileDataHash(fields)(row)).toBe(hash);
  });

  it("empty text", () => expect(digest16("")).toBe("e3b0c44298fc1c14"));

  it("N:1, in any order", () =>
    expect(combineHashes(["715028674f27096d", "5c389d2ba52c310f"])).toBe("89473599b6541a94"));
});

describe("canonical text", () => {
  const text = (type: HashField["type"], v: Parameters<ReturnType<typeof compileCanonicalText>>[0][string]) =>
    compileCanonicalText([{ name: "v", type, scale: 2 }])({ v });

  it.each([
    ["FLOAT64", -3.5, '"-3.500000"'],
    ["FLOAT64", -0, '"0.000000"'],
    ["FLOAT64", -1e-9, '"0.000000"'],
    ["FLOAT64", 0.0000005, '"0.000000"'],
    ["FLOAT64", 2 ** -7, '"0.007813"'],
    ["FLOAT64", -(2 ** -7), '"-0.007813"'],
    ["NUMERIC", "1.005", '"1.01"'],
    ["NUMERIC", "-1.005", '"-1.01"'],
    ["NUMERIC", "-0.004", '"0.00"'],
    ["NUMERIC", "9.999", '"10.00"'],
    ["NUMERIC", "7", '"7.00"'],
    ["NUMERIC", ".5", '"0.50"'],
    ["STRING", 'a"b\\c\n', '"a\\"b\\\\c\\n"'],
    ["STRING", "Dončić", '"Don\\u010di\\u0107"'],
    ["TIMESTAMP", "2021-10-20 00:00:00.000000+00:00", '"2021-10-20 00:00:00+00:00"'],
    [floats, [], "[]"],
  ] as const)("%j %j is %s", (type, value, expected) => {
    expect(text(type, value)).toBe(`{"v": ${expected}}`);
  });

  it.each([
    ["INT64", 1.5],
    ["INT64", "7"],
    ["FLOAT64", Number.NaN],
    ["FLOAT64", Number.POSITIVE_INFINITY],
    ["NUMERIC", "."],
    ["TIMESTAMP", "2021-10-20T00:00:00Z"],
  ] as const)("refuses %s %j", (type, value) => {
    expect(() => text(type, value)).toThrow(TypeError);
  });
});
