import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { REAL_SEASON, Rig, type RunDocument } from "./rig.js";

describe.skipIf(REAL_SEASON === undefined)("the real 2021-22 season", () => {
  let rig: Rig;
  let run: RunDocument;
  const WINDOW = ["--from", "2021-10-19", "--to", "2021-11-15"];

  beforeAll(async () => {
    rig = Rig.warehouseProject();
    const loaded = await rig.fastbreak("load", "files", REAL_SEASON as string);
    expect(loaded).toMatchObject({ code: 0, stderr: "" });
    run = await rig.run(WINDOW);
  });
  afterAll(() => rig.remove());

  it("builds all five Phase 3 tables", () => {
    expect(run.totals.failed).toBe(0);
    const built = run.actions.filter(({ type, status }) => type === "incremental" && status === "success");
    expect(built.filter(({ name }) => name.startsWith("nba_analytics."))).toHaveLength(5);
  });

  it("has nothing to do the second time", async () => {
    const again = await rig.run(WINDOW);
    expect(again.compiled).toBe(false);
    expect(again.actions.flatMap(({ partitions }) => partitions).every(({ reason }) => reason === "unchanged")).toBe(
      true,
    );
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
    expect(await counts("upcoming_player_game_context")).toEqual(["241", "241", "241"]);
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
