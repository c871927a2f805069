// FARM_FINGERPRINT for every length up to 260 bytes, some long ones, text that is not ASCII, and the hash vectors of the warehouse.

const text = (length) =>
  Array.from({ length }, (_, i) => String.fromCharCode(33 + ((i * i * 7 + i * 11 + length * 13) % 94))).join("");
const lengths = [
  ...Array.from({ length: 261 }, (_, i) => i),
  319,
  320,
  321,
  383,
  384,
  448,
  512,
  1000,
  1024,
  4095,
  4096,
  4097,
  10_000,
];
const base64 = (bytes) => Buffer.from(bytes).toString("base64");

const canonicalTexts = [
  '{"b_flag": true, "d": "2021-11-15", "i": 7, "n": "0.500", "s": "LAL", "z": null}',
  '{"analysis_date": "2021-11-15", "calculation_notes": null, "games_in_sample": 15, "paint_pct_allowed_last_15": "0.610", "team_abbr": "LAL", "weakest_zone": "paint"}',
  '{"feature_version": "v1_baseline_25", "features": ["25.200000", "24.800000", null]}',
  "",
  "5c389d2ba52c310f|715028674f27096d",
];

export const entries = [
  {
    name: "farm_fingerprint of STRING",
    parameters: { x: "STRING" },
    googlesql: "FARM_FINGERPRINT(x)",
    duckdb: "farm_fingerprint(x)",
    rows: [...lengths.map(text), "é", "日本語テキストのハッシュ値", "🏀".repeat(40), "a\u0000b", "\u0000", null].map(
      (x) => [x],
    ),
  },
  {
    name: "farm_fingerprint of BYTES",
    parameters: { x: "BYTES" },
    googlesql: "FARM_FINGERPRINT(x)",
    duckdb: "farm_fingerprint(x)",
    rows: [
      base64([]),
      base64([0]),
      base64([255, 254, 0, 1]),
      base64(Array.from({ length: 200 }, (_, i) => (i * 37) % 256)),
      null,
    ].map((x) => [x]),
  },
  {
    name: "digest16",
    parameters: { x: "STRING" },
    googlesql: "SUBSTR(TO_HEX(SHA256(x)), 1, 16)",
    duckdb: "bq.substr(bq.sha256_hex(x), 1, 16)",
    rows: canonicalTexts.map((x) => [x]),
  },
  {
    name: "digest16 through BYTES",
    parameters: { x: "STRING" },
    googlesql: "SUBSTR(TO_HEX(SHA256(x)), 1, 16)",
    duckdb: "bq.substr(bq.to_hex(bq.sha256_string(x)), 1, 16)",
    rows: canonicalTexts.map((x) => [x]),
  },
];
