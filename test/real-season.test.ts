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
    // Who is listed for the night, not who then played.
    expect(await counts("upcoming_player_game_context")).toEqual(["312", "312", "312"]);
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
});
