// The worked examples of docs/features.md and docs/hashes.md as GoogleSQL queries with one value, made by the models' own helpers.

import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const averages = require("../../includes/averages.js");
const composite = require("../../includes/composite.js");
const features = require("../../includes/features.js");
const hashing = require("../../includes/hashing.js");
const quality = require("../../includes/quality.js");

/** `(SELECT 1 AS a, ...) AS alias` */
const relation = (alias, columns) =>
  `(SELECT ${Object.entries(columns)
    .map(([name, expression]) => `${expression} AS ${name}`)
    .join(", ")}) AS ${alias}`;
const numeric = (text) => `NUMERIC '${text}'`;
const canonical = (fields, columns) =>
  `SELECT ${hashing.digest16(hashing.canonicalText(fields))} FROM ${relation("hashed", columns)}`;
const fatigue = (columns) => `SELECT ${composite.fatigueScore("c")} FROM ${relation("c", columns)}`;
const mismatch = (shot, defense) =>
  `SELECT ${composite.mismatchScore("z", "d")} FROM ${relation("z", shot)} CROSS JOIN ${relation("d", defense)}`;
const run = (counts) =>
  `SELECT ${quality.componentSum()} FROM (SELECT ${quality.components()} FROM ${relation("counts", counts)})`;

/** Each with the value that the document states. */
export const WORKED_EXAMPLES = [
  {
    name: "hash of a row, first vector",
    sql: canonical(
      { b_flag: "BOOL", d: "DATE", i: "INT64", n: "NUMERIC(5,3)", s: "STRING", z: "STRING" },
      { b_flag: "TRUE", d: "DATE '2021-11-15'", i: "7", n: numeric("0.5"), s: "'LAL'", z: "CAST(NULL AS STRING)" },
    ),
    stated: "715028674f27096d",
  },
  {
    name: "hash of a row, vector with an array",
    sql: canonical(
      { feature_version: "STRING", features: "ARRAY<FLOAT64>" },
      { feature_version: "'v1_baseline_25'", features: "[25.2, 24.8, CAST(NULL AS FLOAT64)]" },
    ),
    stated: "68135aa768507bc0",
  },
  {
    name: "hash of several rows",
    sql: `SELECT ${hashing.digestOfRows("h")} FROM UNNEST(['715028674f27096d', '5c389d2ba52c310f']) AS h`,
    stated: "89473599b6541a94",
  },
  {
    name: "tired veteran",
    sql: fatigue({
      back_to_back: "TRUE",
      days_rest: "0",
      games_in_last_7_days: "4",
      minutes_in_last_7_days: "250",
      avg_minutes_per_game_last_7: numeric("36"),
      back_to_backs_last_14_days: "1",
      player_age: "31",
    }),
    stated: "47",
  },
  {
    name: "rested youngster",
    sql: fatigue({
      back_to_back: "FALSE",
      days_rest: "4",
      games_in_last_7_days: "2",
      minutes_in_last_7_days: "60",
      avg_minutes_per_game_last_7: numeric("30"),
      back_to_backs_last_14_days: "0",
      player_age: "24",
    }),
    stated: "100",
  },
  {
    name: "paint scorer against a weak paint",
    sql: mismatch(
      {
        primary_scoring_zone: "'paint'",
        paint_rate_last_10: numeric("45"),
        mid_range_rate_last_10: numeric("25"),
        three_pt_rate_last_10: numeric("30"),
      },
      {
        paint_defense_vs_league_avg: numeric("6.5"),
        mid_range_defense_vs_league_avg: numeric("0"),
        three_pt_defense_vs_league_avg: numeric("0"),
      },
    ),
    stated: "7",
  },
  {
    name: "balanced scorer",
    sql: mismatch(
      {
        primary_scoring_zone: "'balanced'",
        paint_rate_last_10: numeric("36"),
        mid_range_rate_last_10: numeric("30"),
        three_pt_rate_last_10: numeric("34"),
      },
      {
        paint_defense_vs_league_avg: numeric("2"),
        mid_range_defense_vs_league_avg: numeric("-1"),
        three_pt_defense_vs_league_avg: numeric("0.5"),
      },
    ),
    stated: "0.6",
  },
  {
    name: "pace",
    sql: `SELECT ${composite.paceScore("c")} FROM ${relation("c", { pace_differential: numeric("3.5") })}`,
    stated: "1.8",
  },
  {
    name: "usage spike",
    sql: `SELECT ${composite.usageSpikeScore("c")} FROM ${relation("c", {
      projected_usage_rate: numeric("28"),
      avg_usage_rate_last_7_games: numeric("25"),
      star_teammates_out: "2",
    })}`,
    stated: "1.2",
  },
  { name: "row quality, all Phase 4", sql: `SELECT ${features.rowQuality("16", "0")}`, stated: "100" },
  {
    name: "row quality, without the composite factors",
    sql: `SELECT ${features.rowQuality("12", "3")}`,
    stated: "94.6",
  },
  { name: "row quality, without the daily cache", sql: `SELECT ${features.rowQuality("9", "7")}`, stated: "93" },
  { name: "row quality, all from Phase 3", sql: `SELECT ${features.rowQuality("0", "15")}`, stated: "75" },
  {
    name: "night quality, a good night",
    sql: run({ n: "400", n4: "380", n3: "20", nm: "0", missing_values: "8", k: "4", age: "0" }),
    stated: "96.98",
  },
  {
    name: "night quality, one player table missing",
    sql: run({ n: "400", n4: "400", n3: "0", nm: "400", missing_values: "0", k: "3", age: "0" }),
    stated: "86.25",
  },
  {
    name: "sample standard deviation",
    sql: `SELECT ${averages.sampleDeviationOfLast(10, "points")} FROM UNNEST([12, 25, 31, 8, 19]) AS points WITH OFFSET AS recency`,
    stated: "9.35",
  },
];
