import { afterAll, beforeAll, expect, it } from "vitest";
import { Rig, type RunDocument, runWithin } from "./rig.js";
import { describeRealSeason } from "./season.js";

runWithin();

describeRealSeason("the real 2021-22 season", (season) => {
  let rig: Rig;
  let run: RunDocument;
  const WINDOW = ["--from", "2021-10-19", "--to", "2021-11-15"];

  beforeAll(async () => {
    rig = Rig.warehouseProject();
    await rig.load("files", season);
    run = await rig.run(WINDOW);
  });
  afterAll(() => rig.remove());

  it("builds every table, the five of Phase 3 among them", () => {
    expect(run.totals).toMatchObject({ failed: 0 });
    const built = run.actions.filter(({ type, status }) => type === "incremental" && status === "success");
    expect(built.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        "nba_analytics.player_game_summary",
        "nba_analytics.team_defense_game_summary",
        "nba_analytics.team_offense_game_summary",
        "nba_analytics.upcoming_player_game_context",
        "nba_analytics.upcoming_team_game_context",
      ]),
    );
  });

  it("has nothing to do the second time", async () => {
    const again = await rig.run(WINDOW);
    expect(again.compiled).toBe(false);
    const reasons = new Set(again.actions.flatMap(({ partitions }) => partitions.map(({ reason }) => reason)));
    reasons.delete("disabled");
    expect([...reasons]).toEqual(["unchanged"]);
    expect(again.totals).toMatchObject({ run: 0, rows_written: 0 });
  });

  it("has 11 games, 22 team rows and 241 player rows on 2021-11-15, each with a hash of its own", async () => {
    const on = "WHERE game_date = DATE '2021-11-15'";
    const counts = async (table: string) =>
      (
        await rig.sql(`SELECT count(*), count(data_hash), count(DISTINCT data_hash) FROM nba_analytics.${table} ${on}`)
      )[0];
    expect(await rig.sql(`SELECT count(DISTINCT game_id) FROM nba_analytics.team_offense_game_summary ${on}`)).toEqual([
      ["11"],
    ]);
    expect(await counts("team_offense_game_summary")).toEqual(["22", "22", "22"]);
    expect(await counts("team_defense_game_summary")).toEqual(["22", "22", "22"]);
    expect(await counts("player_game_summary")).toEqual(["241", "241", "241"]);
    expect(await counts("upcoming_team_game_context")).toEqual(["22", "22", "22"]);
    // Who is listed for the night, whoever then played, the players who are out included.
    expect(await counts("upcoming_player_game_context")).toEqual(["343", "343", "343"]);
  });

  it("has player points that add up to team points in every raw game, and in every game built", async () => {
    const differing = (players: string, teams: string, points: string) =>
      `SELECT count(*) FROM (SELECT game_id, team_abbr, sum(points) AS p FROM ${players} GROUP BY ALL) JOIN (SELECT game_id, team_abbr, ${points} AS t FROM ${teams}) USING (game_id, team_abbr) WHERE p <> t`;
    expect(
      await rig.sql(differing("nba_raw.nbac_gamebook_player_stats", "nba_raw.nbac_team_boxscore", "points")),
    ).toEqual([["0"]]);
    expect(
      await rig.sql(
        differing("nba_analytics.player_game_summary", "nba_analytics.team_offense_game_summary", "points_scored"),
      ),
    ).toEqual([["0"]]);
    expect(await rig.sql("SELECT count(*), count(DISTINCT game_id) FROM nba_raw.nbac_team_boxscore")).toEqual([
      ["2460", "1230"],
    ]);
  });

  it("has 30 / 337 / 343 / 272 / 318 rows on 2021-11-15, with quality above 95 and an open gate", async () => {
    const counts = await rig.sql(
      `SELECT row_count FROM nba_precompute.phase4_status WHERE analysis_date = '2021-11-15'
        ORDER BY list_position(['team_defense', 'player_shot_zone', 'player_composite', 'player_daily_cache', 'ml_feature_store'], processor)`,
    );
    expect(counts.flat()).toEqual(["30", "337", "343", "272", "318"]);
    const metrics = await rig.sql(
      `SELECT quality_score > 95, gate_passed, status FROM nba_predictions.ml_feature_store_v2_quality_metrics WHERE analysis_date = '2021-11-15'`,
    );
    expect(metrics).toEqual([["true", "true", "Excellent"]]);
  });

  it("gives at least 85 % of the players a quality of 85 on every date after the first three weeks", async () => {
    const rows = await rig.sql(
      `SELECT game_date FROM nba_predictions.ml_feature_store_v2 WHERE game_date > '2021-11-09' GROUP BY 1
        HAVING count(*) FILTER (feature_quality_score >= 85) < 0.85 * count(*)`,
    );
    expect(rows).toEqual([]);
  });

  it("lists for its nights who plays 95 % of the minutes, and not many who do not", async () => {
    await rig.run(["--date", "2021-12-15", "--select", "+stg_listed_players", "--select", "+stg_injury_status"]);
    const [row] = await rig.sql(`
      WITH slate AS (
        SELECT listed.game_id, listed.player_lookup
        FROM nba_analytics.stg_listed_players listed
        JOIN nba_raw.nbac_schedule games USING (game_id)
        LEFT JOIN nba_analytics.stg_injury_status injury USING (game_id, player_lookup)
        WHERE games.is_regular_season AND coalesce(injury.injury_status, 'available') <> 'out'
      ),
      played AS (SELECT game_id, player_lookup, minutes_decimal AS minutes FROM nba_raw.nbac_gamebook_player_stats)
      SELECT
        sum(minutes) FILTER (slate.game_id IS NOT NULL) / sum(minutes) AS minutes_covered,
        count(*) FILTER (played.game_id IS NOT NULL AND slate.game_id IS NOT NULL) / count(*) FILTER (played.game_id IS NOT NULL) AS recall,
        count(*) FILTER (played.game_id IS NOT NULL AND slate.game_id IS NOT NULL) / count(*) FILTER (slate.game_id IS NOT NULL) AS precision
      FROM played FULL JOIN slate ON slate.game_id = played.game_id AND slate.player_lookup = played.player_lookup`);
    const [covered, recall, precision] = (row ?? []).map(Number);
    expect(covered).toBeGreaterThan(0.95);
    expect(recall).toBeGreaterThan(0.93);
    expect(precision).toBeGreaterThan(0.7);
  });
});
