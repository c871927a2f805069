import { beforeAll, expect, it } from "vitest";
import { load } from "../ingest/files.js";
import { load as loadSample } from "../ingest/sample.js";
import { collect, faults, groupBy, type Loaded, sum } from "../ingest/testing.js";
import { describeRealProps, describeRealSeason } from "./season.js";

describeRealSeason("the public 2021-22 season", (season) => {
  let loaded: Loaded;
  beforeAll(async () => {
    loaded = await collect(await load([season], {}));
  });

  it("has the rows that its README counts", () => {
    const count = (table: string) => loaded.rows(table).length;
    expect(count("nbac_schedule")).toBe(1393);
    expect(count("nbac_gamebook_player_stats")).toBe(26_039);
    expect(count("nbac_team_boxscore")).toBe(2460);
    expect(count("nbac_play_by_play")).toBe(216_722);
    expect(count("odds_api_game_lines")).toBe(1228 * 2 + 1230 * 2);
    const entries = loaded
      .rows("nbac_injury_report")
      .filter((row) => /; entry \d+$/.test(String(row.source_file_path)));
    expect(entries.length).toBe(2879 - 4 - 1);
    // The games that were missed behind them.
    expect(count("nbac_injury_report")).toBe(9692);
    expect(count("nbac_player_list_current")).toBe(605);
    const flags = groupBy(loaded.rows("nbac_schedule"), "is_regular_season", "is_playoffs", "is_all_star");
    expect(Object.fromEntries([...flags].map(([key, rows]) => [key, rows.length]))).toEqual({
      "true false false": 1230,
      "false true false": 87 + 6,
      "false false true": 4,
      "false false false": 66,
    });
  });

  it("has 11 games, 22 team rows, 241 player rows and 1,904 shots on 2021-11-15", () => {
    const onDay = (table: string) => loaded.rows(table).filter((row) => row.game_date === "2021-11-15").length;
    expect(
      ["nbac_schedule", "nbac_team_boxscore", "nbac_gamebook_player_stats", "nbac_play_by_play"].map(onDay),
    ).toEqual([11, 22, 241, 1904]);
  });

  it("fits the table definitions, with hashes unique wherever the whole key is hashed", () => {
    expect(faults(loaded)).toEqual([]);
    for (const table of ["nbac_gamebook_player_stats", "nbac_team_boxscore", "nbac_play_by_play", "nbac_schedule"]) {
      const rows = loaded.rows(table);
      expect(new Set(rows.map((row) => row.data_hash)).size).toBe(rows.length);
    }
  });

  it("reconciles players, teams and shots in every game", () => {
    const teams = groupBy(loaded.rows("nbac_team_boxscore"), "game_id", "team_abbr");
    const players = groupBy(loaded.rows("nbac_gamebook_player_stats"), "game_id", "team_abbr");
    expect(players.size).toBe(2460);
    for (const [key, lines] of players) expect([key, sum(lines, "points")]).toEqual([key, teams.get(key)![0]!.points]);
    const shots = groupBy(loaded.rows("nbac_play_by_play"), "game_id", "player_1_lookup");
    for (const line of loaded.rows("nbac_gamebook_player_stats")) {
      const own = shots.get(`${line.game_id} ${line.player_lookup}`) ?? [];
      expect([own.length, own.filter((shot) => shot.shot_made === true).length]).toEqual([
        line.field_goals_attempted,
        line.field_goals_made,
      ]);
    }
    const assisted = loaded.rows("nbac_play_by_play").filter((shot) => shot.player_2_role === "assist").length;
    expect(assisted).toBe(60_636);
  });

  it("shares no player with the synthetic season", async () => {
    const real = new Set(loaded.rows("nbac_player_list_current").map((row) => row.player_lookup));
    const synthetic = (await collect(await loadSample([], { games: "1" }))).rows("nbac_player_list_current");
    expect(synthetic.filter((row) => real.has(row.player_lookup!))).toEqual([]);
  });
});

describeRealProps("the public sample of prop lines", (props) => {
  it("has one line per player, bookmaker and collection day", async () => {
    const loaded = await collect(await load([props], {}));
    expect(loaded.rows("odds_api_player_points_props")).toHaveLength(706);
    expect(faults(loaded)).toEqual([]);
  });
});
