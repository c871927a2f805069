import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EXAMPLE, type GameRow, PredictionsRig } from "./predictions-rig.js";
import { runWithin } from "./rig.js";

runWithin();

const DATE = "2021-12-01";
const RUN = ["--date", DATE];

/** Active predictions of a player as `system points confidence recommendation version`. */
const active = (rig: PredictionsRig, player = "star") =>
  rig.lines(
    `SELECT system_id, round(predicted_points, 1)::DECIMAL(5,1), round(confidence_score, 2)::DECIMAL(5,2), recommendation, prediction_version
     FROM nba_predictions.player_prop_predictions WHERE player_lookup = '${player}' AND is_active ORDER BY 1`,
  );
/** Outcomes of a player, oldest first, as `retry success rows skip failed`. */
const outcomes = (rig: PredictionsRig, player = "star") =>
  rig.lines(
    `SELECT retry_attempt, success, predictions_generated, coalesce(skip_reason, '-'), array_to_string(systems_failed, ',')
     FROM nba_predictions.prediction_worker_runs WHERE player_lookup = '${player}' ORDER BY 1`,
  );

describe("the worked example of docs/prediction-systems.md", () => {
  let rig: PredictionsRig;
  beforeAll(async () => {
    rig = await PredictionsRig.create();
    await rig.gate(true, DATE);
    await rig.addFeatures({ player: "star", date: DATE, features: EXAMPLE, hash: "00000000000000aa" });
    await rig.addContext({ player: "star", date: DATE, line: 20.5 });
    expect((await rig.run(RUN)).totals.failed).toBe(0);
  });
  afterAll(() => rig.remove());

  it("gives its points, confidences and recommendations", async () => {
    expect(await active(rig)).toEqual([
      "ensemble_v1 24.2 73.67 OVER 1",
      "moving_average_v1 23.4 52.00 OVER 1",
      "xgboost_v1 24.2 87.00 OVER 1",
      "zone_matchup_v1 24.8 52.00 OVER 1",
    ]);
    expect(
      await rig.lines(
        `SELECT round(predicted_points, 4)::DECIMAL(9,4), round(prediction_variance, 4)::DECIMAL(9,4), system_agreement_score::INT
         FROM nba_predictions.ensemble_v1`,
      ),
    ).toEqual(["24.1635 0.5838 95"]);
    expect(await rig.lines("SELECT predicted_points::DOUBLE FROM nba_predictions.zone_matchup_v1")).toEqual(["24.824"]);
    expect(await rig.lines("SELECT predicted_points::DOUBLE FROM nba_predictions.xgboost_v1")).toEqual(["24.225"]);
    expect(await rig.lines("SELECT no_prediction_reason FROM nba_predictions.similarity_balanced_v1")).toEqual([
      "insufficient similar games",
    ]);
  });

  it("says which model predicted: without a trained one the scorecard", async () => {
    expect(
      await rig.lines(
        "SELECT DISTINCT system_id, ml_model_id FROM nba_predictions.player_prop_predictions WHERE ml_model_id IS NOT NULL",
      ),
    ).toEqual(["xgboost_v1 scorecard_v1"]);
  });

  it("has nothing to do the second time", async () => {
    expect((await rig.run(RUN)).totals).toMatchObject({ run: 0, rows_written: 0 });
  });

  it("computes nothing when only the line moves, and writes a new version against the new line", async () => {
    await rig.sql("UPDATE nba_analytics.upcoming_player_game_context SET current_points_line = 24.5");
    const run = await rig.run(RUN);
    const ran = run.actions.filter(({ type, status }) => type === "incremental" && status === "success");
    expect(ran.map(({ name }) => name).sort()).toEqual([
      "nba_predictions.player_prop_predictions",
      "nba_predictions.prediction_worker_runs",
    ]);
    expect(await active(rig)).toEqual([
      "ensemble_v1 24.2 73.67 PASS 2",
      "moving_average_v1 23.4 52.00 PASS 2",
      "xgboost_v1 24.2 87.00 PASS 2",
      "zone_matchup_v1 24.8 52.00 PASS 2",
    ]);
    expect(await outcomes(rig)).toEqual(["0 true 4 - ", "1 true 4 features_unchanged "]);
    expect(
      await rig.lines(
        `SELECT count(*), count(DISTINCT old.prediction_id) FROM nba_predictions.player_prop_predictions old
         JOIN nba_predictions.player_prop_predictions new ON new.prediction_id = old.superseded_by
         WHERE NOT old.is_active AND new.is_active AND new.prediction_version = old.prediction_version + 1`,
      ),
    ).toEqual(["4 4"]);
  });

  it("predicts again when the features change", async () => {
    await rig.setFeatures("star", [10, 10, ...EXAMPLE.slice(2)], "00000000000000bb");
    await rig.run(RUN);
    expect((await active(rig)).map((row) => row.split(" ").at(-1))).toEqual(["3", "3", "3", "3"]);
    expect((await outcomes(rig)).at(-1)).toBe("2 true 4 - ");
    expect(
      await rig.lines(
        "SELECT DISTINCT source_ml_features_hash FROM nba_predictions.player_prop_predictions WHERE is_active",
      ),
    ).toEqual(["00000000000000bb"]);
  });

  it("tells the present source of features that have not changed, in the version that there is", async () => {
    await rig.sql("UPDATE nba_predictions.ml_feature_store_v2 SET data_source = 'mixed'");
    await rig.run(RUN);
    const told =
      "SELECT feature_data_source, prediction_version, count(*), count(*) FILTER (updated_at > created_at) FROM " +
      "nba_predictions.player_prop_predictions WHERE is_active GROUP BY ALL";
    expect(await rig.lines(told)).toEqual(["mixed 3 4 4"]);
    const written = "SELECT max(updated_at) FROM nba_predictions.player_prop_predictions";
    const before = await rig.lines(written);
    await rig.run([...RUN, "--full-refresh"]);
    expect(await rig.lines(written)).toEqual(before);
    await rig.sql("UPDATE nba_predictions.ml_feature_store_v2 SET data_source = 'phase4'");
    await rig.run(RUN);
    expect(await rig.lines(told)).toEqual(["phase4 3 4 4"]);
  });

  it("withdraws the predictions of a player who is ruled out", async () => {
    await rig.sql("UPDATE nba_analytics.upcoming_player_game_context SET player_status = 'out'");
    await rig.run(RUN);
    expect(await active(rig)).toEqual([]);
    expect((await outcomes(rig)).at(-1)).toBe("3 true 0 player_inactive ");
    await rig.sql("UPDATE nba_analytics.upcoming_player_game_context SET player_status = NULL");
    await rig.run(RUN);
    expect((await active(rig)).map((row) => row.split(" ").at(-1))).toEqual(["4", "4", "4", "4"]);
  });

  it("keeps every version through a full refresh", async () => {
    const count = () =>
      rig.lines("SELECT count(*), max(prediction_version) FROM nba_predictions.player_prop_predictions");
    const before = await count();
    expect(before).toEqual(["16 4"]);
    await rig.run([...RUN, "--full-refresh"]);
    expect(await count()).toEqual(before);
  });

  it("closes what it told of a player whom a correction takes from the slate, once, until he is back", async () => {
    const context = "nba_analytics.upcoming_player_game_context";
    await rig.sql(`CREATE TABLE main.kept AS FROM ${context}`);
    const told = (await outcomes(rig)).length;
    await rig.sql(`DELETE FROM ${context}`);
    await rig.run(RUN);
    await rig.run([...RUN, "--full-refresh"]);
    expect(await active(rig)).toEqual([]);
    expect((await outcomes(rig)).slice(told)).toEqual([`${told} true 0 not_on_slate `]);
    await rig.sql(`INSERT INTO ${context} FROM main.kept; DROP TABLE main.kept`);
    await rig.run(RUN);
    expect((await outcomes(rig)).slice(told + 1)).toEqual([`${told + 1} true 4 - `]);
  });
});

describe("similar games", () => {
  let rig: PredictionsRig;
  beforeAll(async () => {
    rig = await PredictionsRig.create();
    await rig.gate(true, DATE);
    await rig.addFeatures({ player: "star", date: DATE, features: EXAMPLE, daysRest: 1 });
    await rig.addContext({ player: "star", date: DATE, line: 20.5 });
    const game = (date: string, points: number, rest: Partial<GameRow>) => ({ player: "star", date, points, ...rest });
    await rig.addGames(
      game("2021-08-30", 23, { opponent: "NYK" }), // more than 90 days before
      game("2021-11-01", 20, { rating: 120 }), // defence unknown: average 20, rest 30, venue 15, form 15 = 80
      game("2021-11-03", 24, { rating: 116 }), // weak (120) 40 + 30 + 15 + 15 = 100
      game("2021-11-05", 18, { rating: 100, home: false }), // weak (118) 40 + 30 + 0 + 15 = 85
      game("2021-11-07", 30, { rating: 100, daysRest: 2 }), // average (112) 20 + 15 + 15 + 15 = 65
      game("2021-11-09", 22, { daysRest: 0 }), // elite (109) 0 + 15 + 15 + 15 = 45
      game("2021-11-11", 26, { opponent: "MIA" }), // 80
      game("2021-11-13", 16, { opponent: "CHI" }), // 80
      game(DATE, 60, { opponent: "BOS" }), // the game itself must not count
    );
    await rig.run(RUN);
  });
  afterAll(() => rig.remove());

  it("weighs the points of the games that are alike, by hand", async () => {
    // (20 x 80 + 24 x 100 + 18 x 85 + 26 x 80 + 16 x 80) / 425 = 20.917647; adjustments 0.225 + 0.8 + 0.8 + 0.4 + 0.8 = 3.025.
    // Confidence 50 - 15 (5 games) + 20 (mean 85) + 15 (deviation 3.71).
    expect(
      await rig.lines(
        `SELECT round(predicted_points, 6)::DECIMAL(9,6), confidence_score::INT, round(similarity_baseline, 6)::DECIMAL(9,6), similar_games_count,
           avg_similarity_score::INT, min_similarity_score::INT, historical_games_count FROM nba_predictions.similarity_balanced_v1`,
      ),
    ).toEqual(["23.942647 70 20.917647 5 85 80 7"]);
    expect(await active(rig)).toContain("similarity_balanced_v1 23.9 70.00 OVER 1");
  });

  it("gives the ensemble its fourth system and five points of confidence", async () => {
    // (23.4 x 52 + 24.824 x 52 + 23.942647 x 70 + 24.225 x 87) / 261; mean confidence 65.25 + 10 + 5.
    expect(await active(rig)).toContain("ensemble_v1 24.1 80.25 OVER 1");
  });

  it("grades every system, the averages and the line by what happened", async () => {
    const sql = `SELECT system_id, predictions, mean_absolute_error, picks, hits FROM nba_predictions.prediction_accuracy ORDER BY system_id`;
    expect((await rig.rig.fastbreak("query", "--csv", sql)).stdout.trim().split("\n").slice(1)).toEqual([
      "ensemble_v1,1,35.9,1,1",
      "last_ten_average,1,39,0,0",
      "line,1,39.5,0,0",
      "moving_average_v1,1,36.6,1,1",
      "season_average,1,40,0,0",
      "similarity_balanced_v1,1,36.1,1,1",
      "xgboost_v1,1,35.8,1,1",
      "zone_matchup_v1,1,35.2,1,1",
    ]);
  });

  it("says what a stake at the quoted price won, and how each system did against the naive forecasts", async () => {
    await rig.sql(`INSERT INTO nba_analytics.stg_prop_lines VALUES (DATE '${DATE}', 'star', 20.5, -125, 105)`);
    await rig.run(RUN);
    const sql = `SELECT price, unit_profit, season_average_error, last_ten_error, line_error
      FROM nba_predictions.prediction_grades WHERE system_id = 'ensemble_v1'`;
    expect((await rig.rig.fastbreak("query", "--csv", sql)).stdout.trim().split("\n").slice(1)).toEqual([
      "-125,0.8,40,39,39.5",
    ]);
  });
});

describe("several dates", () => {
  const dates = ["2021-12-01", "2021-12-02", "2021-12-04"];
  const build = async (windows: readonly (readonly string[])[]) => {
    const rig = await PredictionsRig.create();
    await rig.gate(true, ...dates);
    for (const [index, date] of dates.entries()) {
      const features = EXAMPLE.map((value, at) => (at < 3 ? value + index : value));
      await rig.addFeatures({ player: "star", date, features }, { player: "other", date, features: EXAMPLE });
      await rig.addContext({ player: "star", date, line: 20.5 }, { player: "other", date });
    }
    for (const window of windows) await rig.run(window);
    const rows = await rig.lines(
      `SELECT COLUMNS(c -> c NOT IN ('created_at', 'updated_at')) FROM nba_predictions.player_prop_predictions ORDER BY prediction_id`,
    );
    const workers = await rig.lines(
      `SELECT COLUMNS(c -> c NOT IN ('created_at', 'run_date')) FROM nba_predictions.prediction_worker_runs ORDER BY request_id`,
    );
    rig.remove();
    return [...rows, ...workers];
  };

  it("give the same rows in one run as night by night", async () => {
    const together = await build([["--from", "2021-12-01", "--to", "2021-12-04"]]);
    expect(together).toHaveLength(3 * 2 * 4 + 3 * 2);
    expect(await build(dates.map((date) => ["--date", date]))).toEqual(together);
  });
});

describe("who is predicted", () => {
  let rig: PredictionsRig;
  beforeAll(async () => {
    rig = await PredictionsRig.create();
    await rig.gate(true, DATE);
    await rig.gate(false, "2021-12-02");
    const players = ["noline", "benched", "doubtful", "poor", "early", "short", "gone", "edge"];
    for (const player of players) {
      const features = { early: [], short: EXAMPLE.slice(1) }[player] ?? EXAMPLE;
      const quality = { poor: 74.99, edge: 75, early: 0 }[player] ?? 100;
      if (player !== "gone")
        await rig.addFeatures({ player, date: DATE, features, quality, earlySeason: player === "early" });
      await rig.addContext({
        player,
        date: DATE,
        average: 17.3,
        minutes: player === "benched" ? 14.9 : 15,
        ...(player === "noline" ? {} : { line: 20.5 }),
        ...(player === "doubtful" ? { status: "doubtful" } : {}),
      });
    }
    await rig.addFeatures({ player: "late", date: "2021-12-02", features: EXAMPLE });
    await rig.addContext({ player: "late", date: "2021-12-02", line: 20.5 });
    await rig.run(["--from", DATE, "--to", "2021-12-02"]);
  });
  afterAll(() => rig.remove());

  it.each([
    ["noline", "0 true 4 - "],
    ["edge", "0 true 4 - "],
    ["benched", "0 true 0 player_inactive "],
    ["doubtful", "0 true 0 player_inactive "],
    ["poor", "0 false 0 low_quality_features "],
    ["early", "0 false 0 low_quality_features "],
    ["short", "0 false 0 invalid_features "],
    ["gone", "0 false 0 no_features "],
    ["late", "0 false 0 gate_failed "],
  ])("%s: %s", async (player, outcome) => {
    expect(await outcomes(rig, player)).toEqual([outcome]);
    expect(await active(rig, player)).toHaveLength(outcome.includes(" 4 ") ? 4 : 0);
  });

  it("passes without an actual line, and estimates one rounded to a half", async () => {
    expect(
      await rig.lines(
        `SELECT DISTINCT recommendation, has_prop_line, coalesce(line_margin::VARCHAR, '-'), line_source, estimated_line_value::DOUBLE, estimation_method
         FROM nba_predictions.player_prop_predictions WHERE player_lookup = 'noline'`,
      ),
    ).toEqual(["PASS false - ESTIMATED_AVG 17.5 points_avg_last_5"]);
  });

  it("scales confidence with quality and warns of a poor row", async () => {
    expect(await active(rig, "edge")).toContain("moving_average_v1 23.4 39.00 PASS 1");
    expect(
      await rig.lines(
        "SELECT DISTINCT warnings FROM nba_predictions.player_prop_predictions WHERE player_lookup = 'edge'",
      ),
    ).toEqual(['["low_quality_features"]']);
  });

  it("reports per date and system", async () => {
    const [seconds] = await rig.lines(
      "SELECT arg_max(duration_ms, finished_at) / 1000 FROM nba_orchestration.model_runs WHERE model = 'nba_predictions.zone_matchup_v1' AND status = 'success'",
    );
    const reliability = await rig.rig.fastbreak(
      ...["query", "--csv"],
      "SELECT * FROM nba_predictions.prediction_system_reliability WHERE system_id = 'zone_matchup_v1'",
    );
    const told = reliability.stdout.trim().split("\n").at(-1)?.split(",") ?? [];
    expect([reliability.stderr, ...told.slice(0, -1)]).toEqual(["", DATE, "zone_matchup_v1", "2", "2", "0", "100"]);
    expect([Number(told.at(-1))]).toEqual([Number(seconds)]);
    expect(
      await rig.lines(
        `SELECT prediction_date, players, predictions, mean_confidence::DOUBLE, unchanged_pct::DOUBLE FROM nba_predictions.prediction_impact ORDER BY 1`,
      ),
    ).toEqual([`${DATE} 2 8 68.5 0`, "2021-12-02 0 0 null null"]);
    expect(
      await rig.lines(
        "SELECT quality_bucket, players, predicted_players FROM nba_predictions.prediction_quality_buckets ORDER BY ALL",
      ),
    ).toEqual(["50 to 80 2 1", "80 and above 1 0", "80 and above 4 1", "below 50 1 0", "none 1 0"]);
    expect(
      await rig.lines(
        "SELECT runs, failed_runs, predictions FROM nba_predictions.prediction_worker_performance WHERE player_lookup = 'gone'",
      ),
    ).toEqual(["1 1 0"]);
    await rig.sql("INSERT INTO nba_raw.nbac_player_list_current VALUES ('edge', 77, 'Ed Ge', 2021)");
    expect(
      await rig.lines(
        "SELECT DISTINCT player_lookup, player_id, player_name FROM nba_predictions.v_player_prop_predictions ORDER BY 1",
      ),
    ).toEqual(["edge 77 Ed Ge", "noline null null"]);
  });

  it("says why there is no prediction", async () => {
    expect(
      await rig.lines(
        "SELECT error_type, error_message FROM nba_predictions.prediction_worker_runs WHERE player_lookup IN ('gone', 'late') ORDER BY player_lookup",
      ),
    ).toEqual([
      "FeatureLoadError the feature store has no row of the player and date",
      "FeatureLoadError the gate is closed: quality too low",
    ]);
  });
});

describe("a failing system", () => {
  let rig: PredictionsRig;
  const file = "definitions/predictions/xgboost_v1.sqlx";
  beforeAll(async () => {
    rig = await PredictionsRig.create();
    await rig.gate(true, DATE);
    await rig.addFeatures({ player: "star", date: DATE, features: EXAMPLE });
    await rig.addContext({ player: "star", date: DATE, line: 20.5 });
  });
  afterAll(() => rig.remove());

  const breakSystem = () => rig.rig.edit(file, "\nFROM scored\n", "\nFROM scored\nWHERE 1 / (f16 * 0) > 0\n");
  const mendSystem = () => rig.rig.edit(file, "\nWHERE 1 / (f16 * 0) > 0\n", "\n");

  it("takes no other with it, even on the first night", async () => {
    breakSystem();
    const run = await rig.run(RUN, 1);
    expect(run.actions.filter(({ status }) => status === "failed").map(({ name }) => name)).toEqual([
      "nba_predictions.xgboost_v1",
    ]);
    expect(await active(rig)).toEqual([
      "ensemble_v1 24.1 62.00 PASS 1",
      "moving_average_v1 23.4 52.00 OVER 1",
      "zone_matchup_v1 24.8 52.00 OVER 1",
    ]);
    expect(await outcomes(rig)).toEqual(["0 true 3 - xgboost_v1"]);
  });

  it("is back after its recovery, and the ensemble takes it in", async () => {
    mendSystem();
    await rig.run(RUN);
    expect(await active(rig)).toEqual([
      "ensemble_v1 24.2 73.67 OVER 2",
      "moving_average_v1 23.4 52.00 OVER 1",
      "xgboost_v1 24.2 87.00 OVER 1",
      "zone_matchup_v1 24.8 52.00 OVER 1",
    ]);
    expect((await outcomes(rig)).at(-1)).toBe("1 true 4 - ");
  });

  it("leaves no prediction of features that have changed since", async () => {
    breakSystem();
    await rig.setFeatures("star", [30, ...EXAMPLE.slice(1)], "00000000000000cc");
    await rig.run(RUN, 1);
    expect((await active(rig)).map((row) => row.split(" ")[0])).toEqual([
      "ensemble_v1",
      "moving_average_v1",
      "zone_matchup_v1",
    ]);
    expect((await outcomes(rig)).at(-1)).toBe("2 true 3 - xgboost_v1");
  });
});

describe("the circuit of a system", () => {
  let rig: PredictionsRig;
  const file = "definitions/predictions/xgboost_v1.sqlx";
  beforeAll(async () => {
    rig = await PredictionsRig.create();
    await rig.gate(true, DATE);
    await rig.addFeatures({ player: "star", date: DATE, features: EXAMPLE });
    await rig.addContext({ player: "star", date: DATE, line: 20.5 });
  });
  afterAll(() => rig.remove());

  const breaker = () =>
    rig.lines(
      `SELECT processor_name, state, failure_count, success_count, len(failure_history)
       FROM nba_orchestration.circuit_breaker_state ORDER BY 1`,
    );
  const circuits = () =>
    rig.lines(
      `SELECT circuit_breaker_triggered, array_to_string(circuits_opened, ','), system_errors, coalesce(error_type, '-')
       FROM nba_predictions.prediction_worker_runs ORDER BY retry_attempt DESC LIMIT 1`,
    );
  const halfAnHourLater = () =>
    rig.sql("UPDATE nba_orchestration.circuit_breaker_state SET opened_at = opened_at - INTERVAL 31 MINUTES");
  const statusOf = (run: Awaited<ReturnType<PredictionsRig["run"]>>) =>
    run.actions.find(({ name }) => name === "nba_predictions.xgboost_v1");

  it("opens after five failures, of SQL that was never right too, while the other systems predict", async () => {
    rig.rig.edit(file, "\nFROM scored\n", "\nFROM scored\nWHERE no_such_column > 0\n");
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      expect(statusOf(await rig.run(RUN, 1))?.status).toBe("failed");
      expect(await breaker()).toEqual([
        `nba_predictions.xgboost_v1 ${attempt < 5 ? "CLOSED" : "OPEN"} ${attempt} 0 ${attempt}`,
      ]);
    }
    expect((await active(rig)).map((row) => row.split(" ")[0])).toEqual([
      "ensemble_v1",
      "moving_average_v1",
      "zone_matchup_v1",
    ]);
  });

  it("refuses from then on, says so, and takes no other with it", async () => {
    await rig.setFeatures("star", [30, ...EXAMPLE.slice(1)], "00000000000000dd");
    const run = await rig.run(RUN, 3);
    expect(statusOf(run)).toMatchObject({
      status: "blocked",
      // The ensemble wants the record of the 30 days before, too.
      partitions: [{ partition: `2021-11-01..${DATE}`, decision: "skip", reason: "breaker_open" }],
      error: expect.stringMatching(
        /circuit open after 5 failures in a row, next attempt after .*breaker reset nba_predictions\.xgboost_v1/,
      ),
    });
    expect(run.totals.failed).toBe(0);
    expect(await outcomes(rig)).toContain("1 true 3 - xgboost_v1");
    expect(await circuits()).toEqual(['true xgboost_v1 {"xgboost_v1":"circuit open"} CircuitOpen']);
    expect(
      await rig.lines(
        "SELECT system_id, state, date_diff('second', opened_at, tried_again_at) FROM nba_predictions.prediction_open_circuits",
      ),
    ).toEqual(["xgboost_v1 OPEN 1800"]);
    const listed = await rig.rig.fastbreak("breaker", "list", "--json");
    expect(JSON.parse(listed.stdout)).toMatchObject([
      { name: "nba_predictions.xgboost_v1", state: "OPEN", failure_count: 5 },
    ]);
  });

  it("opens again when it fails half open", async () => {
    await halfAnHourLater();
    expect(statusOf(await rig.run(RUN, 1))?.status).toBe("failed");
    expect(await breaker()).toEqual(["nba_predictions.xgboost_v1 OPEN 6 0 6"]);
  });

  it("is half open after one success, closed after two, and five systems predict again", async () => {
    rig.rig.edit(file, "\nWHERE no_such_column > 0\n", "\n");
    await rig.run(RUN, 3);
    await halfAnHourLater();
    await rig.run(RUN);
    expect(await breaker()).toEqual(["nba_predictions.xgboost_v1 HALF_OPEN 6 1 6"]);
    expect((await active(rig)).map((row) => row.split(" ")[0])).toContain("xgboost_v1");
    await rig.setFeatures("star", EXAMPLE, "00000000000000ee");
    await rig.run(RUN);
    expect(await breaker()).toEqual(["nba_predictions.xgboost_v1 CLOSED 0 0 6"]);
    expect(await circuits()).toEqual(["false  null -"]);
    expect((await rig.run(RUN)).totals).toMatchObject({ run: 0, rows_written: 0 });
  });

  it("is closed by hand, and says circuit_open when no system is left", async () => {
    await rig.sql(
      `INSERT INTO nba_orchestration.circuit_breaker_state BY NAME
       SELECT 'nba_predictions.' || name AS processor_name, 'OPEN' AS state, 5 AS failure_count, 0 AS success_count, current_timestamp AS opened_at,
         current_timestamp AS updated_at
       FROM (VALUES ('moving_average_v1'), ('zone_matchup_v1'), ('similarity_balanced_v1'), ('ensemble_v1')) AS systems(name);
       UPDATE nba_orchestration.circuit_breaker_state SET state = 'OPEN', opened_at = current_timestamp`,
    );
    await rig.setFeatures("star", [12, ...EXAMPLE.slice(1)], "00000000000000ff");
    await rig.run(RUN, 3);
    expect((await outcomes(rig)).at(-1)).toMatch(/ false 0 circuit_open moving_average_v1,.*ensemble_v1$/);
    expect(await rig.rig.fastbreak("breaker", "reset")).toMatchObject({ code: 0, stderr: "" });
    await rig.run(RUN);
    expect((await outcomes(rig)).at(-1)).toMatch(/ true 4 - $/);
  });
});
