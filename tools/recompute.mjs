#!/usr/bin/env node
// Computes sampled rows of the feature store and of the predictions again, in JavaScript and from the raw rows, by the rules of
// docs/features.md and docs/prediction-systems.md, and compares. Nothing of includes/ or definitions/ is used.
// node tools/recompute.mjs WAREHOUSE [ROWS; default 200]
import { createHash } from "node:crypto";
import { DuckDBInstance } from "@duckdb/node-api";

const [warehouse, wanted = "200"] = process.argv.slice(2);
if (warehouse === undefined) throw new Error("node tools/recompute.mjs WAREHOUSE [ROWS]");
const connection = await (await DuckDBInstance.create(warehouse, { access_mode: "READ_ONLY" })).connect();
const DAY = 86_400_000;

/** Every so many rows of the store in the order of a digest, so that all dates and players have their turn. */
const sample = await rows(
  `SELECT *, game_date::VARCHAR AS day FROM nba_predictions.ml_feature_store_v2 WHERE NOT early_season_flag
   ORDER BY md5(game_date || player_lookup) LIMIT ${Number(wanted)}`,
);
const games = new Map();
for (const game of await rows(
  `SELECT game_id, game_date::VARCHAR AS day, season_year, home_team_tricode AS home, away_team_tricode AS away, winning_team_tricode AS winner
   FROM nba_raw.nbac_schedule WHERE game_status = 3 AND (is_regular_season OR is_playoffs) AND NOT coalesce(is_all_star, FALSE)`,
))
  games.set(game.game_id, game);

const withShots = new Set(
  (
    await rows(
      "SELECT DISTINCT game_id FROM nba_raw.nbac_play_by_play UNION SELECT DISTINCT game_id FROM nba_raw.bigdataball_play_by_play",
    )
  ).map(({ game_id }) => game_id),
);
const found = new Map();
let compared = 0;
for (const row of sample) {
  const own = await history(row);
  const features = row.features.map(Number);
  for (const [index, value] of Object.entries(featuresOf(row, own, await teamGames(row.team_abbr, row)))) {
    const label = row.feature_sources[index];
    if (label === "default" || value === undefined) continue;
    compare(`f${index} ${row.feature_names[index]}`, row, features[index], value);
  }
  compare("feature_quality_score", row, Number(row.feature_quality_score), qualityOf(row.feature_sources));
  compare("data_hash", row, row.data_hash, hashOf(row, features));
  for (const prediction of await predictionsOf(row)) {
    const expected = pointsOf(prediction.system_id, features, Number(row.feature_quality_score));
    if (expected === undefined || prediction.ml_model_id?.startsWith("xgboost")) continue;
    compare(`${prediction.system_id} points`, row, Number(prediction.predicted_points), roundTo(expected.points, 1));
    compare(
      `${prediction.system_id} confidence`,
      row,
      Number(prediction.confidence_score),
      roundTo(expected.confidence, 2),
    );
  }
}
for (const [what, { count, examples }] of [...found].sort())
  console.log(
    `${examples.length === 0 ? "same     " : "DIFFERENT"} ${what}: ${count} values${examples.length === 0 ? "" : `, ${examples.length} apart, such as ${examples[0]}`}`,
  );
const apart = [...found.values()].reduce((sum, { examples }) => sum + examples.length, 0);
console.log(`${sample.length} rows, ${compared} values computed again, ${apart} differ`);
process.exitCode = apart === 0 && compared > 0 ? 0 : 1;

/** The player's games of the season in the 180 days before, latest first, with his shots by zone. */
async function history({ player_lookup, day }) {
  const box = await rows(
    `SELECT game_id, points, free_throws_made AS free_throws, minutes FROM nba_raw.nbac_gamebook_player_stats
     WHERE player_lookup = '${player_lookup}' AND player_status = 'active' AND game_date < '${day}'
     UNION ALL SELECT game_id, points, free_throws_made, minutes FROM nba_raw.bdl_player_boxscores
     WHERE player_lookup = '${player_lookup}' AND game_date < '${day}' AND minutes IS NOT NULL AND minutes NOT IN ('0:00', '00:00')
       AND game_id NOT IN (SELECT game_id FROM nba_raw.nbac_gamebook_player_stats)`,
  );
  const shots = await rows(
    `SELECT game_id, count(*) FILTER (shot_type = '3PT') AS three, count(*) FILTER (shot_type = '2PT' AND shot_distance <= 8) AS paint,
       count(*) FILTER (shot_type = '2PT' AND shot_distance > 8) AS mid
     FROM (SELECT * FROM nba_raw.bigdataball_play_by_play UNION ALL SELECT * FROM nba_raw.nbac_play_by_play
           WHERE game_id NOT IN (SELECT game_id FROM nba_raw.bigdataball_play_by_play))
     WHERE player_1_lookup = '${player_lookup}' AND shot_made IS NOT NULL AND game_date < '${day}' GROUP BY game_id`,
  );
  const zones = new Map(shots.map((one) => [one.game_id, one]));
  return box
    .map((one) => ({ ...one, game: games.get(one.game_id), zones: zones.get(one.game_id) }))
    .filter(({ game }) => game !== undefined && isRecent(game, day, 180))
    .sort(latestFirst)
    .map((one) => ({ ...one, points: Number(one.points), seconds: secondsOf(one.minutes) }));
}

async function teamGames(team, { day }) {
  return [...games.values()].filter((game) => (game.home === team || game.away === team) && isRecent(game, day, 400));
}

function isRecent(game, day, days) {
  const age = (Date.parse(day) - Date.parse(game.day)) / DAY;
  return age >= 1 && age <= days && Number(game.season_year) === seasonOf(day);
}

function seasonOf(day) {
  return Number(day.slice(0, 4)) - (Number(day.slice(5, 7)) >= 10 ? 0 : 1);
}

function latestFirst(a, b) {
  return b.game.day.localeCompare(a.game.day) || (b.game_id > a.game_id ? 1 : -1);
}

/** "MM:SS" as seconds; undefined without playing time told. */
function secondsOf(minutes) {
  const [, whole, rest] = /^(\d+)(?::(\d+))?/.exec(minutes ?? "") ?? [];
  return whole === undefined ? undefined : Number(whole) * 60 + Number(rest ?? 0);
}

/** The features that the raw rows of the player and his team tell, by index. */
function featuresOf(row, own, team) {
  const points = own.map((one) => one.points);
  const last = (count) => points.slice(0, count);
  const minutes = own
    .map(({ seconds }) => (seconds === undefined ? undefined : roundTo(seconds / 60, 1)))
    .filter((one) => one !== undefined);
  const recent = mean(
    own.slice(0, 10).flatMap(({ seconds }) => (seconds === undefined ? [] : [roundTo(seconds / 60, 1)])),
    1,
  );
  const season = mean(minutes, 1);
  const [free, scored] = [sum(own.slice(0, 10).map(({ free_throws }) => Number(free_throws))), sum(last(10))];
  const shots = own.filter(({ seconds }) => (seconds ?? 0) > 0).slice(0, 10);
  const knowsZones = shots.every(({ game_id }) => withShots.has(game_id));
  const zone = (name) => sum(shots.map(({ zones }) => Number(zones?.[name] ?? 0)));
  const all = zone("paint") + zone("mid") + zone("three");
  const share = (name) =>
    shots.length >= 7 && knowsZones && all > 0 ? roundTo(roundTo((100 * zone(name)) / all, 2) / 100, 6) : undefined;
  const trend =
    points.length < 5 ? 0 : step((points[0] + points[1]) / 2 - (points[2] + points[3] + points[4]) / 3, 2, 5);
  const more = recent === undefined || season === undefined || season === 0 || recent === 0 ? 0 : recent / season - 1;
  const wins = team.filter(({ winner }) => winner === row.team_abbr).length;
  return {
    0: points.length >= 5 ? mean(last(5), 1) : undefined,
    1: mean(last(10), 1),
    2: mean(points, 1),
    3: clamp(deviation(last(10)), 0, 20),
    11: trend,
    12: step(roundTo(more, 9), 0.1, 0.2),
    15: row.is_home ? 1 : 0,
    18: share("paint"),
    19: share("mid"),
    20: share("three"),
    21: points.length >= 5 && scored > 0 ? clamp(roundTo(free / scored, 6), 0, 0.5) : 0.15,
    24: team.length >= 5 ? roundTo(wins / team.length, 6) : 0.5,
  };
}

/** Two steps up and two down. */
function step(value, small, large) {
  const size = Math.abs(value) >= large ? 2 : Math.abs(value) >= small ? 1 : 0;
  return size === 0 ? 0 : Math.sign(value) * size;
}

function qualityOf(labels) {
  const weight = { phase4: 100, native: 100, calculated: 100, phase3: 75, default: 40 };
  const found = sum(labels.map((label) => weight[label])) / labels.length;
  return roundTo(labels.includes("phase4") ? found : Math.min(75, found), 2);
}

/** The first 16 digits of SHA-256 over the canonical text of docs/hashes.md. */
function hashOf(row, features) {
  const text =
    `{"early_season_flag": false, "feature_count": ${row.feature_count}, "feature_version": "${row.feature_version}", ` +
    `"features": [${features.map((value) => `"${roundTo(value, 6).toFixed(6)}"`).join(", ")}], "game_date": "${row.day}", ` +
    `"game_id": "${row.game_id}", "player_lookup": "${row.player_lookup}"}`;
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** Points and confidence of the systems that are rules over the vector. */
function pointsOf(system, f, quality) {
  const rule =
    100 *
    clamp(
      ((0.5 + (f[3] > 6 ? -0.15 : f[3] > 4 ? -0.08 : 0) + (f[4] >= 3 ? 0.1 : f[4] === 2 ? 0.05 : -0.1)) * quality) /
        100,
      0.2,
      0.8,
    );
  const tired = (most, some) => (f[5] < 50 ? most : f[5] < 70 ? some : 0);
  const home = f[15] === 1;
  if (system === "moving_average_v1") {
    const rest = f[16] === 1 ? -1.5 : 0.5 * f[9];
    const base = 0.5 * f[0] + 0.3 * f[1] + 0.2 * f[2];
    const points = base + tired(-2.5, -1) + 0.3 * f[6] + rest + 0.3 * f[7] + (home ? 0.5 : -0.5) + 0.4 * f[8];
    return { points: clamp(points, 0, 60), confidence: rule };
  }
  if (system === "zone_matchup_v1") {
    const zones = [
      [f[18], 1.2],
      [f[19], 1],
      [f[20], 1.1],
      [f[21], 0.8],
    ].map(([use, factor]) => clamp((f[13] - 112) * 0.3 * factor, -3, 3) * (use >= 0.4 ? 1 : use >= 0.2 ? 0.7 : 0.4));
    return {
      points: clamp(f[2] + sum(zones) + 0.4 * f[7] + (home ? 0.8 : -0.8) + tired(-1.5, -0.8), 0, 60),
      confidence: rule,
    };
  }
  if (system !== "xgboost_v1") return undefined;
  const terms = [
    f[5] < 50 ? -2.5 : f[5] < 70 ? -1 : f[5] > 85 ? 0.5 : 0,
    0.35 * f[6] + 0.1 * f[7] + 0.25 * f[8],
    f[13] < 108 ? -1.5 : f[13] > 118 ? 1 : 0,
    (f[16] === 1 ? -2.2 : 0) + (home ? 1 : -0.6),
    { 2: 0.8, 1: 0.4, [-1]: -0.6, [-2]: -1.2 }[f[12]] ?? 0,
    f[18] > 0.45 && f[13] > 115 ? 0.8 : f[20] > 0.4 && f[13] < 110 ? -0.5 : 0,
  ];
  const trust = quality >= 90 ? 10 : quality >= 80 ? 7 : quality >= 70 ? 5 : quality >= 60 ? 2 : 0;
  const steady = f[3] < 4 ? 10 : f[3] < 6 ? 7 : f[3] < 8 ? 5 : 2;
  return { points: clamp(0.35 * f[0] + 0.4 * f[1] + 0.25 * f[2] + sum(terms), 0, 60), confidence: 70 + trust + steady };
}

async function predictionsOf({ player_lookup, day }) {
  return rows(
    `SELECT system_id, predicted_points, confidence_score, ml_model_id FROM nba_predictions.player_prop_predictions
     WHERE is_active AND player_lookup = '${player_lookup}' AND game_date = '${day}'`,
  );
}

function compare(what, { player_lookup, day }, stored, expected) {
  const entry = found.get(what) ?? { count: 0, examples: [] };
  found.set(what, entry);
  entry.count += 1;
  compared += 1;
  const same = typeof stored === "number" ? Math.abs(stored - expected) < 1e-9 : stored === expected;
  if (!same) entry.examples.push(`${player_lookup} ${day}: ${stored}, expected ${expected}`);
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values, decimals) {
  return values.length === 0 ? undefined : roundTo(sum(values) / values.length, decimals);
}

/** Sample deviation, two decimals. */
function deviation(values) {
  if (values.length < 2) return undefined;
  const center = sum(values) / values.length;
  return roundTo(Math.sqrt(sum(values.map((value) => (value - center) ** 2)) / (values.length - 1)), 2);
}

function clamp(value, low, high) {
  return value === undefined ? undefined : Math.min(high, Math.max(low, value));
}

/** Half away from zero; a double a hair below a half counts as the half that was meant. */
function roundTo(value, decimals) {
  const scale = 10 ** decimals;
  return (Math.sign(value) * Math.round(Math.abs(value) * scale * (1 + 4e-15) + 1e-9)) / scale || 0;
}

async function rows(sql) {
  return (await connection.runAndReadAll(sql)).getRowObjectsJson();
}
