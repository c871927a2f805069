import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Rig, runWithin } from "./rig.js";
import { describeRealSeason } from "./season.js";

runWithin();

const NIGHT = "2021-11-09";
const RESULTS = [
  "nbac_gamebook_player_stats",
  "bdl_player_boxscores",
  "nbac_team_boxscore",
  "bigdataball_play_by_play",
  "nbac_play_by_play",
];
const COMPARED: Readonly<Record<string, string>> = {
  "nba_analytics.upcoming_player_game_context": "game_id, player_lookup, data_hash",
  "nba_predictions.ml_feature_store_v2": "game_id, player_lookup, data_hash",
  "nba_predictions.player_prop_predictions": "game_id, player_lookup, system_id, predicted_points",
};

describe.each([
  { title: "with rosters, down to its predictions", hasRosters: true, tables: Object.keys(COMPARED), select: [] },
  {
    title: "without rosters",
    hasRosters: false,
    tables: ["nba_analytics.upcoming_player_game_context"],
    select: ["--select", "+upcoming_player_game_context"],
  },
])("a night that is not played yet, $title", ({ hasRosters, tables, select }) => {
  let rig: Rig;
  beforeAll(() => {
    rig = Rig.warehouseProject();
  });
  afterAll(() => rig.remove());

  const loadSeason = async () => {
    await rig.load("sample", "--games", "170");
    if (!hasRosters) await rig.sql("DELETE FROM nba_raw.espn_team_rosters");
  };
  const rowsOfNight = async (from: string) => {
    await rig.run(["--from", from, "--to", NIGHT, ...select]);
    const found: [string, string[][]][] = [];
    for (const table of tables) {
      const query = `SELECT ${COMPARED[table]} FROM ${table} WHERE game_date = '${NIGHT}' ORDER BY ALL`;
      found.push([table, await rig.sql(query)]);
    }
    return found;
  };

  it("has the rows that it has once it is played", async () => {
    await loadSeason();
    for (const table of RESULTS) await rig.sql(`DELETE FROM nba_raw.${table} WHERE game_date >= '${NIGHT}'`);
    await rig.sql(
      `UPDATE nba_raw.nbac_schedule SET game_status = 1, home_team_score = NULL, away_team_score = NULL, winning_team_tricode = NULL, data_hash = md5(game_id) WHERE game_date >= '${NIGHT}'`,
    );
    const before = await rowsOfNight("2021-10-19");
    for (const [table, rows] of before) expect([table, rows.length > 50]).toEqual([table, true]);
    await loadSeason();
    expect(await rowsOfNight(NIGHT)).toEqual(before);
  }, 300_000);
});

describeRealSeason("the slates of the real season", (season) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = Rig.warehouseProject();
    await rig.load("files", season);
    await rig.run(["--date", "2021-12-15", "--select", "+stg_listed_players", "--select", "+stg_injury_status"]);
  }, 300_000);
  afterAll(() => rig.remove());

  it("name who plays 95 % of the minutes, and not many who do not", async () => {
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
