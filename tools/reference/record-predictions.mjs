#!/usr/bin/env node
// node tools/reference/record-predictions.mjs GRAPH.json OUTPUT.golden.json: lets the reference implementation evaluate the
// compiled Phase 5 models on the cases of prediction-cases.mjs (README.md).

import { readFileSync, writeFileSync } from "node:fs";
import { MODEL, predictionCases, RESULT_QUERY } from "./prediction-cases.mjs";
import { startReference } from "./server.mjs";

const [graphFile, outputFile] = process.argv.slice(2);
if (outputFile === undefined) {
  console.error("usage: node tools/reference/record-predictions.mjs GRAPH.json OUTPUT.golden.json");
  process.exit(2);
}

const text = (value) => (value === null || value === undefined ? "CAST(NULL AS STRING)" : `'${value}'`);
const numeric = (value) => (value === null || value === undefined ? "CAST(NULL AS NUMERIC)" : `NUMERIC '${value}'`);
const whole = (value) => (value === null || value === undefined ? "CAST(NULL AS INT64)" : String(value));
const gameId = (date) => `'${date.replaceAll("-", "")}_CHI_LAL'`;
const rows = (list, columns) =>
  list
    .map(
      (row) =>
        `SELECT ${Object.entries(columns(row))
          .map(([name, value]) => `${value} AS ${name}`)
          .join(", ")}`,
    )
    .join("\nUNION ALL\n");

const { features, context, games } = predictionCases();
const STUBS = {
  ml_feature_store_v2: rows(features, ({ player, date, features, quality, daysRest, hash }) => ({
    player_lookup: text(player),
    universal_player_id: text(`${player}_001`),
    game_date: `DATE '${date}'`,
    game_id: gameId(date),
    features: `[${features.map((value) => `CAST('${value}' AS FLOAT64)`).join(", ")}]`,
    feature_version: "'v1_baseline_25'",
    feature_quality_score: numeric(quality),
    days_rest: whole(daysRest),
    data_source: "'phase4'",
    phase3_fallback_used: "FALSE",
    early_season_flag: "FALSE",
    data_hash: text(hash),
  })),
  ml_feature_store_v2_quality_metrics: rows([...new Set(features.map(({ date }) => date))], (date) => ({
    analysis_date: `DATE '${date}'`,
    gate_passed: "TRUE",
  })),
  upcoming_player_game_context: rows(context, ({ player, date, line, average }) => ({
    player_lookup: text(player),
    universal_player_id: text(`${player}_001`),
    game_date: `DATE '${date}'`,
    game_id: gameId(date),
    avg_minutes_per_game_last_7: numeric(30),
    player_status: text(null),
    current_points_line: numeric(line),
    points_avg_last_5: numeric(average),
    points_avg_last_10: numeric(null),
  })),
  player_game_summary: rows(games, ({ player, date, points, opponent, home, daysRest }) => ({
    player_lookup: text(player),
    game_id: gameId(date),
    game_date: `DATE '${date}'`,
    season_year: "2021",
    opponent_team_abbr: text(opponent),
    home_game: home ? "TRUE" : "FALSE",
    days_rest: whole(daysRest),
    points: whole(points),
  })),
  team_defense_game_summary: [
    ...new Set(
      games.map(({ date, opponent, rating }) =>
        rows([rating], () => ({
          defending_team_abbr: text(opponent),
          game_id: gameId(date),
          game_date: `DATE '${date}'`,
          season_year: "2021",
          defensive_rating: numeric(rating),
        })),
      ),
    ),
  ].join("\nUNION ALL\n"),
  ml_models: rows([MODEL], ({ model_id, data_through, base_score, weights }) => ({
    model_id: text(model_id),
    system_id: "'xgboost_v1'",
    feature_version: "'v1_baseline_25'",
    data_through: `DATE '${data_through}'`,
    trained_at: "TIMESTAMP '2021-12-02 12:00:00+00'",
    base_score: numeric(base_score),
    last_5_weight: numeric(weights[0]),
    last_10_weight: numeric(weights[1]),
    season_weight: numeric(weights[2]),
  })),
  ml_model_trees: rows(MODEL.nodes, ([tree, node, feature, threshold, left, right, leaf]) => ({
    model_id: text(MODEL.model_id),
    tree_index: whole(tree),
    node_id: whole(node),
    feature_index: whole(feature),
    threshold: numeric(threshold),
    left_node: whole(left),
    right_node: whole(right),
    leaf_value: numeric(leaf),
  })),
};

const graph = JSON.parse(readFileSync(graphFile, "utf8"));
const queries = new Map(graph.tables.map((table) => [table.target.name, table.query]));

/** Every relation that the model reads as a WITH member, each after what it reads itself. */
function withMembers(name, members = new Map()) {
  if (members.has(name)) return members;
  const query = STUBS[name] ?? queries.get(name);
  const reads = [...query.matchAll(/`[^`]+\.([^.`]+)`/g)].map(([, read]) => read);
  for (const read of reads) withMembers(read, members);
  members.set(name, query.replace(/`[^`]+\.([^.`]+)`/g, "$1"));
  return members;
}

const members = [...withMembers("player_prop_predictions")].map(([name, query]) => `${name} AS (\n${query}\n)`);
const reference = await startReference();
try {
  const { rows } = await reference.evaluate(`WITH ${members.join(",\n")}\n${RESULT_QUERY}`);
  writeFileSync(outputFile, `[\n${rows.map(([line]) => JSON.stringify(line)).join(",\n")}\n]\n`);
  console.log(`${rows.length} predictions`);
} finally {
  reference.stop();
}
