#!/usr/bin/env node
// Computes sampled rows of the feature store, of what they rest on and of the predictions again, in JavaScript and from the raw
// rows, by the rules of docs/features.md and docs/prediction-systems.md, and compares. Nothing of includes/ or definitions/ is used.
// node tools/recompute.mjs WAREHOUSE [ROWS; default 200]
import { DuckDBInstance } from "@duckdb/node-api";
import { featuresOf, hashOf, qualityOf } from "./recompute/features.mjs";
import { nightOf } from "./recompute/nights.mjs";
import { roundTo } from "./recompute/numbers.mjs";
import { readRaw } from "./recompute/raw.mjs";
import { readModels, readRecords } from "./recompute/records.mjs";
import { predictionsOf } from "./recompute/systems.mjs";

const [warehouse, wanted = "200"] = process.argv.slice(2);
if (warehouse === undefined || !/^\d+$/.test(wanted)) {
  console.error("node tools/recompute.mjs WAREHOUSE [ROWS; default 200]");
  process.exit(2);
}
const connection = await (await DuckDBInstance.create(warehouse, { access_mode: "READ_ONLY" })).connect();
const rows = async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson();

const BASE_SYSTEMS = ["moving_average_v1", "zone_matchup_v1", "similarity_balanced_v1", "xgboost_v1"];
const raw = await readRaw(rows);
const modelOf = await readModels(rows);
const recordsOf = await readRecords(rows, raw, BASE_SYSTEMS);
/** Rows of the store in the order of a digest, so that all dates and players have their turn. */
const sample = await rows(
  `SELECT *, game_date::VARCHAR AS day FROM nba_predictions.ml_feature_store_v2 WHERE NOT early_season_flag
   ORDER BY md5(game_date || player_lookup) LIMIT ${wanted}`,
);

const found = new Map();
let compared = 0;
for (const row of sample) {
  const made = featuresOf(raw, row);
  compareFeatures(row, made);
  await comparePhase4(row, made);
  await comparePredictions(row, made);
}
for (const day of new Set(sample.map((row) => row.day))) await compareNight(day);
for (const [what, { count, examples }] of [...found].sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true })))
  console.log(
    `${examples.length === 0 ? "same     " : "DIFFERENT"} ${what}: ${count} values${examples.length === 0 ? "" : `, ${examples.length} apart, such as ${examples[0]}`}`,
  );
const apart = [...found.values()].reduce((total, { examples }) => total + examples.length, 0);
console.log(`${sample.length} rows, ${compared} values computed again, ${apart} differ`);
process.exitCode = apart === 0 && compared > 0 ? 0 : 1;

function compareFeatures(row, { values, labels }) {
  for (const [index, value] of values.entries()) {
    compare(`f${index} ${row.feature_names[index]}`, row, Number(row.features[index]), value);
    compare(`label of f${index}`, row, row.feature_sources[index], labels[index]);
  }
  const ofPhase4 = labels.filter((label) => label === "phase4").length;
  compare("feature_quality_score", row, Number(row.feature_quality_score), qualityOf(labels));
  compare("data_source", row, row.data_source, ofPhase4 >= 14.4 ? "phase4" : ofPhase4 === 0 ? "phase3" : "mixed");
  compare("data_hash", row, row.data_hash, hashOf(row, values));
}

/** The Phase 4 rows that the features were taken from: what a zone means is not seen in every feature. */
async function comparePhase4(row, { own, zones, gaps, composite }) {
  const key = `player_lookup = '${row.player_lookup}'`;
  const [shot] = await rows(
    `SELECT paint_rate_last_10 AS paint, mid_range_rate_last_10 AS mid, three_pt_rate_last_10 AS three, primary_scoring_zone AS primary
     FROM nba_precompute.player_shot_zone_analysis WHERE analysis_date = '${row.day}' AND ${key}`,
  );
  for (const name of ["paint", "mid", "three", "primary"])
    if (shot !== undefined) compare(`shot zones: ${name}`, row, numeric(shot[name]), zones[name]);
  const [defence] = await rows(
    `SELECT paint_defense_vs_league_avg AS paint, mid_range_defense_vs_league_avg AS mid, three_pt_defense_vs_league_avg AS three
     FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = '${row.day}' AND team_abbr = '${row.opponent_team_abbr}'`,
  );
  for (const name of ["paint", "mid", "three"])
    if (defence !== undefined) compare(`zone defence: ${name}`, row, numeric(defence[name]), gaps[name]);
  const [factors] = await rows(
    `SELECT fatigue_score AS fatigue, shot_zone_mismatch_score AS mismatch, pace_score AS pace, usage_spike_score AS usage,
       total_composite_adjustment AS total FROM nba_precompute.player_composite_factors WHERE game_date = '${row.day}' AND ${key}`,
  );
  const { fatigue, mismatch, pace, usage } = composite;
  const total = roundTo((fatigue - 100) / 20 + mismatch + pace + usage, 2);
  for (const [name, value] of Object.entries({ ...composite, total }))
    compare(`composite factors: ${name}`, row, numeric(factors?.[name]), value);
  const [cache] = await rows(
    `SELECT minutes_avg_last_10 AS minutes, games_played_season AS games FROM nba_precompute.player_daily_cache
     WHERE cache_date = '${row.day}' AND ${key}`,
  );
  compare("daily cache: games", row, numeric(cache?.games), own.recent.length >= 5 ? own.recent.length : undefined);
  compare("daily cache: minutes", row, numeric(cache?.minutes), own.recent.length >= 5 ? own.minutesOfTen : undefined);
}

async function comparePredictions(row, { values, labels, own }) {
  const stored = await rows(
    `SELECT system_id, predicted_points, confidence_score, ml_model_id, current_points_line, line_margin
     FROM nba_predictions.player_prop_predictions
     WHERE is_active AND player_lookup = '${row.player_lookup}' AND game_date = '${row.day}'`,
  );
  if (stored.length === 0) return;
  const model = modelOf(row.day);
  const [quality, records] = [qualityOf(labels), recordsOf(row.day)];
  const made = predictionsOf({ raw, row, values, daysRest: own.daysRest, quality, model, records });
  compare(
    "systems that predicted",
    row,
    stored
      .map((one) => one.system_id)
      .sort()
      .join(),
    Object.keys(made).sort().join(),
  );
  for (const one of stored) {
    const expected = made[one.system_id];
    if (expected === undefined) continue;
    const points = roundTo(expected.points, 1);
    compare(`${one.system_id}: points`, row, Number(one.predicted_points), points);
    compare(`${one.system_id}: confidence`, row, Number(one.confidence_score), roundTo(expected.confidence, 2));
    if (one.system_id === "xgboost_v1") compare("model of the day", row, one.ml_model_id, model?.id ?? "scorecard_v1");
    if (one.current_points_line !== null)
      compare("line_margin", row, Number(one.line_margin), roundTo(points - Number(one.current_points_line), 2));
  }
}

/** The night as a whole; one that stands on Phase 3 alone, or of which nothing is known, has another score. */
async function compareNight(day) {
  const store = await rows(
    `SELECT data_source, features, feature_sources, feature_quality_score, source_data_date::VARCHAR AS newest
     FROM nba_predictions.ml_feature_store_v2 WHERE game_date = '${day}'`,
  );
  const dates = {
    team_defense_zone_analysis: "analysis_date",
    player_shot_zone_analysis: "analysis_date",
    player_composite_factors: "game_date",
    player_daily_cache: "cache_date",
  };
  const [{ tables }] = await rows(
    `SELECT ${Object.entries(dates)
      .map(([table, date]) => `(SELECT count(*) > 0 FROM nba_precompute.${table} WHERE ${date} = '${day}')::INTEGER`)
      .join(" + ")} AS tables`,
  );
  const [stored] = await rows(
    `SELECT * FROM nba_predictions.ml_feature_store_v2_quality_metrics WHERE analysis_date = '${day}' AND quality_score = component_score`,
  );
  if (stored === undefined) return;
  for (const [name, value] of Object.entries(nightOf(day, store, tables)))
    compare(`night: ${name}`, { player_lookup: "night", day }, numeric(stored[name]), value);
}

function compare(what, { player_lookup, day }, stored, expected) {
  const entry = found.get(what) ?? { count: 0, examples: [] };
  found.set(what, entry);
  entry.count += 1;
  compared += 1;
  const same = typeof stored === "number" ? Math.abs(stored - expected) < 1e-9 : stored === expected;
  if (!same) entry.examples.push(`${player_lookup} ${day}: ${stored}, expected ${expected}`);
}

/** A stored value: numbers as such, NULL as undefined. */
function numeric(value) {
  return value === null || value === undefined ? undefined : Number.isNaN(Number(value)) ? value : Number(value);
}
