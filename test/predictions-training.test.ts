import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../ingest/sample/random.js";
import { addDays } from "../runner/plan/dates.js";
import { boost, DEFAULT_OPTIONS } from "../training/boost.js";
import { predict, toMicros } from "../training/model.js";
import { datasetOf, type PlayerGame } from "../training/player-games.js";
import { EXAMPLE, PredictionsRig } from "./predictions-rig.js";
import { ROOT, runProcess, runWithin } from "./rig.js";

runWithin();

const FROM = "2021-11-01";
const TRAINED_TO = "2021-12-10";
const LAST = "2021-12-14";
const DATES = Array.from({ length: 44 }, (_, day) => addDays(FROM, day));
const PLAYERS = Array.from({ length: 16 }, (_, number) => `player${String(number).padStart(2, "0")}`);

/** A season in which points follow the season average, the opponent's defence and chance. */
function season(): (PlayerGame & { readonly player: string; readonly vector: readonly number[] })[] {
  const random = new Random(11, "training test");
  return DATES.flatMap((date) =>
    PLAYERS.map((player) => {
      const level = random.int(40, 300) / 10;
      const rating = random.int(1000, 1250) / 10;
      const vector = EXAMPLE.map((value, index) => ({ 0: level + 1, 1: level, 2: level, 13: rating })[index] ?? value);
      const points = Math.max(0, Math.round(level + (rating > 115 ? 6 : 0) + random.normal(0, 2)));
      return { player, date, vector, points, features: vector.map(toMicros) };
    }),
  );
}

describe("a trained model", () => {
  let rig: PredictionsRig;
  const games = season();
  const train = (...args: string[]) =>
    runProcess(process.execPath, [join(ROOT, "dist/training/train.js"), "--json", ...args], rig.rig.dir);
  const window = ["--from", FROM, "--to", LAST];
  const trainArgs = ["--from", FROM, "--to", TRAINED_TO, "--validation-days", "14"];
  let trained: Record<string, unknown>;

  beforeAll(async () => {
    rig = await PredictionsRig.create();
    await rig.gate(true, ...DATES);
    await rig.addFeatures(...games.map(({ player, date, vector }) => ({ player, date, features: vector })));
    await rig.addContext(...games.map(({ player, date }) => ({ player, date })));
    await rig.addGames(...games.map(({ player, date, points }) => ({ player, date, points })));
    await rig.run(window);
    const finished = await train(...trainArgs);
    expect(finished.stderr).toBe("");
    trained = JSON.parse(finished.stdout) as Record<string, unknown>;
  });
  afterAll(() => rig.remove());

  it("records window, features, seed, errors and hash, and learns more than the season average", () => {
    expect(trained).toMatchObject({
      system_id: "xgboost_v1",
      training_from: FROM,
      training_to: "2021-11-26",
      validation_from: "2021-11-27",
      validation_to: TRAINED_TO,
      data_through: TRAINED_TO,
      training_rows: 26 * 16,
      validation_rows: 14 * 16,
      seed: 42,
      objective: "absolute_error",
      is_new: true,
    });
    expect(trained.model_id).toBe(`xgboost_v1_20211210_${String(trained.data_hash).slice(0, 8)}`);
    expect(Number(trained.validation_mae)).toBeLessThan(Number(trained.baseline_validation_mae));
  });

  it("predicts in SQL what the trainer predicts, row by row, for dates it never saw; the scorecard predicts the others", async () => {
    await rig.run(window);
    const within = (from: string, to: string) => games.filter(({ date }) => date >= from && date <= to);
    const { model } = boost(
      datasetOf(within(FROM, "2021-11-26")),
      datasetOf(within("2021-11-27", TRAINED_TO)),
      DEFAULT_OPTIONS,
    );
    expect(model.trees.length).toBeGreaterThan(10);
    const clamped = (micros: number) => Math.min(Math.max(micros, 0), 60_000_000);
    const expected = within("2021-12-11", LAST).map(
      ({ player, date, features }) => `${date} ${player} ${clamped(predict(model, features))}`,
    );
    expect(
      await rig.lines(
        `SELECT game_date, player_lookup, (predicted_points * 1000000)::BIGINT FROM nba_predictions.xgboost_v1
         WHERE ml_model_id = '${trained.model_id}' ORDER BY 1, 2`,
      ),
    ).toEqual(expected);
    expect(
      await rig.lines(
        "SELECT ml_model_id, min(game_date), max(game_date) FROM nba_predictions.xgboost_v1 GROUP BY 1 ORDER BY 1",
      ),
    ).toEqual([`scorecard_v1 ${FROM} ${TRAINED_TO}`, `${trained.model_id} 2021-12-11 ${LAST}`]);
  });

  it("is the same model when it is trained again", async () => {
    const again = JSON.parse((await train(...trainArgs)).stdout) as Record<string, unknown>;
    expect(again).toMatchObject({ model_id: trained.model_id, data_hash: trained.data_hash, is_new: false });
    expect(await rig.lines("SELECT count(*) FROM nba_predictions.ml_models")).toEqual(["1"]);
    expect((await rig.run(window)).totals).toMatchObject({ run: 0, rows_written: 0 });
  });

  it("weighs the members of the ensemble by how far each was off in the 30 days before", async () => {
    const members = ["moving_average_v1", "zone_matchup_v1", "similarity_balanced_v1", "xgboost_v1"];
    const results = members
      .map(
        (id) =>
          `SELECT game_date AS d, player_lookup AS p, system_id AS s, predicted_points AS x, confidence_score AS c FROM nba_predictions.${id}`,
      )
      .join(" UNION ALL ");
    const [[players, far, moved] = []] = await rig.sql(`
      WITH results AS (SELECT r.*, g.points AS y FROM (${results}) r JOIN nba_analytics.player_game_summary g ON g.game_date = r.d AND g.player_lookup = r.p WHERE x IS NOT NULL),
      whole AS (SELECT *, count(*) OVER (PARTITION BY d, p) AS n FROM results),
      past AS (
        SELECT s, avg(abs(x - y)) AS error FROM whole
        WHERE n = 4 AND d BETWEEN DATE '${LAST}' - 30 AND DATE '${LAST}' - 1 GROUP BY s HAVING count(*) >= 400
      ),
      weights AS (SELECT s, pow(min(error) OVER () / error, 32) AS w FROM past),
      expected AS (
        SELECT p, sum(x * c * coalesce(w, 1)) / sum(c * coalesce(w, 1)) AS weighed, sum(x * c) / sum(c) AS unweighed
        FROM results LEFT JOIN weights USING (s) WHERE d = DATE '${LAST}' GROUP BY p
      )
      SELECT count(*), max(abs(weighed - predicted_points)), max(abs(unweighed - predicted_points))
      FROM expected JOIN nba_predictions.ensemble_v1 ON player_lookup = p AND game_date = DATE '${LAST}'`);
    expect(Number(players)).toBe(PLAYERS.length);
    expect(Number(far)).toBeLessThan(0.01);
    expect(Number(moved)).toBeGreaterThan(0.1);
  });

  it("walks forward by itself: a model for each half month that has enough games, none that saw what it serves", async () => {
    const finished = await train();
    const report = JSON.parse(finished.stdout) as { models: Record<string, string>[]; skipped: { to: string }[] };
    expect(report.models.map(({ data_through }) => data_through)).toEqual(["2021-12-14"]);
    expect(report.skipped.map(({ to }) => to)).toEqual(["2021-11-15", "2021-11-30"]);
    const again = JSON.parse((await train()).stdout) as typeof report;
    expect(again.models.map(({ is_new, model_id }) => [is_new, model_id])).toEqual(
      report.models.map(({ model_id }) => [false, model_id]),
    );
  });

  it("survives a full refresh", async () => {
    const count = () => rig.lines("SELECT count(*) FROM nba_predictions.ml_model_trees");
    const before = await count();
    expect(Number(before[0])).toBeGreaterThan(100);
    await rig.run([...window, "--full-refresh"]);
    expect(await count()).toEqual(before);
  });

  it("refuses what cannot work, in one line", async () => {
    expect(await train("--from", FROM, "--to", "2021-11-05", "--validation-days", "2")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^fastbreak: \d+ played games .* at least 200 are needed\n$/),
    });
    expect(await train("--from", FROM, "--to", "2021-11-05", "--validation-days", "28")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^fastbreak: --from 2021-11-01 leaves no days .*\n$/),
    });
    expect(await train("--from", "soon", "--to", LAST)).toMatchObject({
      code: 2,
      stderr: "fastbreak: --from soon is not a calendar date; write it as YYYY-MM-DD\n",
    });
    expect((await train("--from", FROM, "--until", LAST)).code).toBe(2);
  });
});
