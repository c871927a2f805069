import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Rig, runWithin } from "./rig.js";

runWithin();

/** A proof goes down to the predictions, for which players need more games. */
const IS_WHOLE = process.env.FASTBREAK_WHOLE_PROJECT !== undefined;
const NIGHT = IS_WHOLE ? "2021-11-09" : "2021-10-28";
const GAMES = IS_WHOLE ? "170" : "75";
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
  {
    title: "with rosters",
    hasRosters: true,
    tables: Object.keys(COMPARED).slice(0, IS_WHOLE ? 3 : 2),
    select: IS_WHOLE ? [] : ["--select", "+ml_feature_store_v2"],
  },
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
    await rig.load("sample", "--games", GAMES);
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
