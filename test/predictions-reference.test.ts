import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DATES, MODEL, predictionCases } from "../tools/reference/prediction-cases.mjs";
import { PredictionsRig } from "./predictions-rig.js";
import { ROOT, runWithin } from "./rig.js";

runWithin();

/** What GoogleSQL's reference implementation makes of the same models and rows (tools/reference). */
const recorded = JSON.parse(readFileSync(join(ROOT, "test/goldens/predictions.golden.json"), "utf8")) as string[];

let rig: PredictionsRig;
const window = ["--from", DATES[0] as string, "--to", DATES[1] as string];

/** A line with its two JSON values in one spelling: members in order, numbers as JavaScript prints them. */
function canonical(line: string): string {
  const [, front, warnings = "", factors = ""] = /^(.*?) (\[.*?\]) (\{.*\})$/.exec(line) ?? [];
  const members = Object.entries(JSON.parse(factors) as Record<string, number | null>).sort();
  return JSON.stringify([front, JSON.parse(warnings), members]);
}

const literal = (value: string | number | null | undefined) => (typeof value === "number" ? value : (value ?? "NULL"));

beforeAll(async () => {
  rig = await PredictionsRig.create();
  const { features, context, games } = predictionCases();
  await rig.gate(true, ...DATES);
  await rig.addFeatures(...features);
  await rig.addContext(...context);
  await rig.addGames(...games);
  await rig.run(["--select", "ml_models", "--select", "ml_model_trees"]);
  const [last5, last10, season] = MODEL.weights;
  await rig.sql(
    `INSERT INTO nba_predictions.ml_models BY NAME SELECT '${MODEL.model_id}' AS model_id, 'xgboost_v1' AS system_id,
       'v1_baseline_25' AS feature_version, DATE '2021-10-20' AS training_from, DATE '2021-11-20' AS training_to,
       DATE '2021-11-21' AS validation_from, DATE '${MODEL.data_through}' AS validation_to, DATE '${MODEL.data_through}' AS data_through,
       42 AS seed, 2 AS tree_count, '0123456789abcdef' AS data_hash, TIMESTAMPTZ '2021-12-02 12:00:00+00' AS trained_at,
       ${MODEL.base_score} AS base_score, ${last5} AS last_5_weight, ${last10} AS last_10_weight, ${season} AS season_weight`,
  );
  const nodes = MODEL.nodes.map(
    ([tree, node, feature, threshold, left, right, leaf]) =>
      `('${MODEL.model_id}', ${[tree, node, feature, threshold, left, right, leaf].map(literal).join(", ")}, NULL, 1)`,
  );
  await rig.sql(`INSERT INTO nba_predictions.ml_model_trees VALUES ${nodes.join(", ")}`);
  await rig.run(window);
});
afterAll(() => rig.remove());

it("predicts what the reference implementation of GoogleSQL predicts, in every system and to the last digit", async () => {
  const lines = await rig.lines(
    `SELECT game_date, player_lookup, system_id, predicted_points::DECIMAL(9,1), confidence_score::DECIMAL(9,2), recommendation,
       coalesce(ml_model_id, '-'), prediction_id, warnings, key_factors FROM nba_predictions.player_prop_predictions`,
  );
  expect(lines.map(canonical).sort()).toEqual(recorded.map(canonical).sort());
  const parts = recorded.map((line) => line.split(" "));
  expect(new Set(parts.map(([, , system]) => system))).toHaveLength(5);
  expect(new Set(parts.map(([, , , , , side]) => side))).toEqual(new Set(["OVER", "UNDER", "PASS"]));
  expect(new Set(parts.map(([, , , , , , model]) => model))).toEqual(new Set(["-", "scorecard_v1", MODEL.model_id]));
});
