// The trained models of a warehouse, and how far each system was off lately.
import { roundTo, sum } from "./numbers.mjs";
import { daysBetween } from "./raw.mjs";

const RECORD_DAYS = 30;
const RECORD_GAMES = 400;

/** @returns gives the newest model that has seen nothing of a day or of what comes after it */
export async function readModels(rows) {
  const trees = new Map();
  for (const row of await rows("SELECT * FROM nba_predictions.ml_model_trees ORDER BY model_id, tree_index")) {
    const ofModel = trees.get(row.model_id) ?? [];
    trees.set(row.model_id, ofModel);
    const nodes = ofModel[Number(row.tree_index)] ?? new Map();
    ofModel[Number(row.tree_index)] = nodes;
    const number = (value) => (value === null ? undefined : Number(value));
    nodes.set(Number(row.node_id), {
      feature: number(row.feature_index),
      threshold: number(row.threshold),
      left: number(row.left_node),
      right: number(row.right_node),
      leaf: number(row.leaf_value),
    });
  }
  const models = await rows(
    `SELECT model_id, data_through::VARCHAR AS through, base_score, last_5_weight, last_10_weight, season_weight
     FROM nba_predictions.ml_models WHERE system_id = 'xgboost_v1' ORDER BY data_through DESC, trained_at DESC, model_id DESC`,
  );
  return (day) => {
    const model = models.find(({ through }) => through < day);
    if (model === undefined) return undefined;
    const weights = [model.last_5_weight, model.last_10_weight, model.season_weight].map(Number);
    return { id: model.model_id, base: Number(model.base_score), weights, trees: trees.get(model.model_id) ?? [] };
  };
}

/** @returns gives the mean absolute errors of the base systems over the 30 days before a day, by system */
export async function readRecords(rows, { byPlayer }, systems) {
  const scored = new Map(
    [...byPlayer].flatMap(([player, games]) => games.map(({ game, points }) => [`${game.id} ${player}`, points])),
  );
  const results = await rows(
    systems
      .map(
        (system) =>
          `SELECT '${system}' AS system, game_date::VARCHAR AS day, game_id || ' ' || player_lookup AS key, predicted_points AS points
           FROM nba_predictions.${system} WHERE predicted_points IS NOT NULL`,
      )
      .join(" UNION ALL "),
  );
  const byKey = new Map();
  for (const { system, day, key, points } of results) {
    if (!scored.has(key)) continue;
    const of = byKey.get(key) ?? { day, errors: {} };
    of.errors[system] = Math.abs(Number(points) - scored.get(key));
    byKey.set(key, of);
  }
  const complete = [...byKey.values()].filter(({ errors }) => Object.keys(errors).length === systems.length);
  const told = new Map();
  return (day) => {
    if (!told.has(day)) {
      const recent = complete.filter((one) => one.day < day && daysBetween(one.day, day) <= RECORD_DAYS);
      const mean = (system) => roundTo(sum(recent.map(({ errors }) => errors[system])) / recent.length, 3);
      told.set(
        day,
        recent.length < RECORD_GAMES ? {} : Object.fromEntries(systems.map((system) => [system, mean(system)])),
      );
    }
    return told.get(day);
  };
}
