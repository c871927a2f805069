import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { value } from "./testing.js";

type Fields = Readonly<Record<string, string>>;

interface Hashing {
  readonly HASH_FIELDS: Readonly<Record<string, Fields>>;
  readonly EMPTY_DIGEST: string;
  digest16(text: string): string;
  canonicalText(fields: Fields): string;
  dataHash(table: string): string;
  arrayText(elements: readonly string[]): string;
  digestOfRows(hash: string): string;
  sortedHashes(hash: string): string;
}

const hashing = createRequire(import.meta.url)("./hashing.js") as Hashing;
/** The canonical text of a row given as a GoogleSQL select list. */
const textOf = (fields: Fields, columns: string) =>
  value(`SELECT ${hashing.canonicalText(fields)} FROM (SELECT ${columns})`);

describe("HASH_FIELDS", () => {
  it("has a number of fields that does not change unnoticed", () => {
    const counts = Object.entries(hashing.HASH_FIELDS).map(([table, fields]) => [table, Object.keys(fields).length]);
    expect(Object.fromEntries(counts)).toMatchObject({
      player_game_summary: 44,
      team_offense_game_summary: 28,
      team_defense_game_summary: 30,
      upcoming_team_game_context: 25,
      upcoming_player_game_context: 36,
      team_defense_zone_analysis: 22,
      player_shot_zone_analysis: 24,
      player_composite_factors: 19,
      player_daily_cache: 41,
      ml_feature_store_v2: 7,
    });
  });

  it.each(Object.entries(hashing.HASH_FIELDS))(
    "%s is in byte order and holds nothing that must not count",
    (table, fields) => {
      const names = Object.keys(fields);
      expect(names).toEqual([...names].sort());
      expect(
        names.filter((name) => /^source_|_at$|^data_|_hash$|quality|context_version|reason|_source$/.test(name)),
      ).toEqual([]);
      expect(() => hashing.dataHash(table)).not.toThrow();
    },
  );
});

describe("the canonical text", () => {
  it("refuses fields out of byte order and unknown types and tables", () => {
    expect(() => hashing.canonicalText({ b: "INT64", a: "INT64" })).toThrow("a stands after b");
    expect(() => hashing.canonicalText({ a: "JSON" })).toThrow("no canonical text for type JSON");
    expect(() => hashing.dataHash("nothing")).toThrow("includes/tables.js has no table nothing");
  });

  it("renders every type by its own rule", async () => {
    const fields = { b_flag: "BOOL", d: "DATE", i: "INT64", n: "NUMERIC(5,3)", s: "STRING", z: "STRING" };
    const columns = `TRUE AS b_flag, DATE '2021-11-15' AS d, 7 AS i, NUMERIC '0.5' AS n, 'LAL' AS s, CAST(NULL AS STRING) AS z`;
    expect(await textOf(fields, columns)).toBe(
      '{"b_flag": true, "d": "2021-11-15", "i": 7, "n": "0.500", "s": "LAL", "z": null}',
    );
    expect(await value(`SELECT ${hashing.digest16(hashing.canonicalText(fields))} FROM (SELECT ${columns})`)).toBe(
      "715028674f27096d",
    );
  });

  it("keeps the second golden vector", async () => {
    const fields = {
      analysis_date: "DATE",
      calculation_notes: "STRING",
      games_in_sample: "INT64",
      paint_pct_allowed_last_15: "NUMERIC(5,3)",
      team_abbr: "STRING",
      weakest_zone: "STRING",
    };
    const columns = `DATE '2021-11-15' AS analysis_date, CAST(NULL AS STRING) AS calculation_notes, 15 AS games_in_sample,
      NUMERIC '0.61' AS paint_pct_allowed_last_15, 'LAL' AS team_abbr, 'paint' AS weakest_zone`;
    expect(await value(`SELECT ${hashing.digest16(hashing.canonicalText(fields))} FROM (SELECT ${columns})`)).toBe(
      "5c389d2ba52c310f",
    );
  });

  it("keeps the golden vector of an array, with and without values", async () => {
    const fields = { feature_version: "STRING", features: "ARRAY<FLOAT64>" };
    const columns = "'v1_baseline_25' AS feature_version, [25.2, 24.8, CAST(NULL AS FLOAT64)] AS features";
    expect(await value(`SELECT ${hashing.digest16(hashing.canonicalText(fields))} FROM (SELECT ${columns})`)).toBe(
      "68135aa768507bc0",
    );
    expect(await textOf({ x: "ARRAY<FLOAT64>" }, "ARRAY<FLOAT64>[] AS x")).toBe('{"x": []}');
  });

  it("of an array known by its elements is that of the array", async () => {
    const elements = ["25.2", "-0.0000001", "0.4444", "102.02"].map((number) => `NUMERIC '${number}'`);
    const array = `[${[...elements, "NULL"].map((element) => `CAST(${element} AS FLOAT64)`).join(", ")}] AS x`;
    const text = await value(`SELECT ${hashing.arrayText([...elements, "CAST(NULL AS NUMERIC)"])}`);
    expect(text).toBe('["25.200000", "0.000000", "0.444400", "102.020000", null]');
    expect(await textOf({ x: "ARRAY<FLOAT64>" }, array)).toBe(`{"x": ${text}}`);
  });

  it.each([
    ["NUMERIC(5,3)", "NUMERIC '-0.0004'", '"0.000"'],
    ["NUMERIC(5,3)", "NUMERIC '-12.0005'", '"-12.001"'],
    ["NUMERIC(5,1)", "NUMERIC '100'", '"100.0"'],
    ["NUMERIC(4,1)", "NUMERIC '-3.5'", '"-3.5"'],
    ["NUMERIC(6,2)", "CAST(NULL AS NUMERIC)", "null"],
    ["FLOAT64", "25.2", '"25.200000"'],
    ["FLOAT64", "-1e-9", '"0.000000"'],
    ["INT64", "-7", "-7"],
    ["BOOL", "FALSE", "false"],
    ["STRING", `'a"b\\\\c'`, '"a\\"b\\\\c"'],
    ["TIMESTAMP", "TIMESTAMP '2021-11-16 03:30:00+00'", '"2021-11-16 03:30:00+00:00"'],
  ])("%s of %s is %s", async (type, expression, text) => {
    expect(await textOf({ x: type }, `${expression} AS x`)).toBe(`{"x": ${text}}`);
  });
});

describe("the hash of several rows", () => {
  const digest = (rows: string) => value(`SELECT ${hashing.digestOfRows("h")} FROM UNNEST(${rows}) AS h`);

  it("sorts, joins and digests; nothing has the empty digest; an unknown hash makes it unknown", async () => {
    expect(await digest("['715028674f27096d', '5c389d2ba52c310f']")).toBe("89473599b6541a94");
    expect(await digest("ARRAY<STRING>[]")).toBe(hashing.EMPTY_DIGEST);
    expect(await digest("['715028674f27096d', NULL]")).toBeNull();
  });

  it("takes a shared scalar as one more part", async () => {
    const sorted = hashing.sortedHashes("h");
    const query = `SELECT CONCAT(${sorted}, '|league:0.5800') FROM UNNEST(['b', 'a']) AS h`;
    expect(await value(query)).toBe("a|b|league:0.5800");
  });
});
