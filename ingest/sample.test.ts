import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RowObject } from "../runner/api/loader.js";
import { LoadError } from "../runner/api/loader.js";
import { RAW_TABLES } from "./raw-tables/index.js";
import { load } from "./sample.js";
import { collect, faults, groupBy, type Loaded, sum } from "./testing.js";

const sample = async (options: Record<string, string>) => collect(await load([], options));

/** Compares a player box score with the team's, column by column. */
const PAIRS: Readonly<Record<string, string>> = {
  points: "points",
  assists: "assists",
  offensive_rebounds: "offensive_rebounds",
  defensive_rebounds: "defensive_rebounds",
  steals: "steals",
  blocks: "blocks",
  turnovers: "turnovers",
  personal_fouls: "personal_fouls",
  field_goals_made: "fg_made",
  field_goals_attempted: "fg_attempted",
  three_pointers_made: "three_pt_made",
  three_pointers_attempted: "three_pt_attempted",
  free_throws_made: "ft_made",
  free_throws_attempted: "ft_attempted",
};

function seconds(clock: unknown): number {
  const [minutes, rest] = String(clock).split(":").map(Number);
  return minutes! * 60 + rest!;
}

function checkPlayersAgainstTeams(loaded: Loaded, players: readonly RowObject[]): void {
  const teams = groupBy(loaded.rows("nbac_team_boxscore"), "game_id", "team_abbr");
  for (const [key, lines] of groupBy(players, "game_id", "team_abbr")) {
    const [team] = teams.get(key)!;
    for (const [own, teams] of Object.entries(PAIRS))
      expect([key, own, sum(lines, own)]).toEqual([key, own, team![teams]]);
    const active = lines.filter((line) => line.minutes !== null);
    const played = active.reduce((total, line) => total + seconds(line.minutes), 0);
    expect([key, played]).toEqual([key, seconds(team!.minutes)]);
    for (const line of active) {
      expect(line.points).toBe(
        2 * Number(line.field_goals_made) + Number(line.three_pointers_made) + Number(line.free_throws_made),
      );
      expect(seconds(line.minutes)).toBeGreaterThan(0);
      expect(line.personal_fouls).toBeLessThanOrEqual(6);
    }
  }
}

function checkEventsAgainstPlayers(loaded: Loaded, events: readonly RowObject[]): void {
  const lines = [...loaded.rows("nbac_gamebook_player_stats"), ...loaded.rows("bdl_player_boxscores")];
  const lineOf = new Map(lines.map((line) => [`${line.game_id} ${line.player_lookup}`, line]));
  const final = new Map(loaded.rows("nbac_schedule").map((game) => [game.game_id, game]));
  for (const [key, shots] of groupBy(events, "game_id", "player_1_lookup")) {
    const count = (type: string, made?: boolean) =>
      shots.filter((shot) => shot.shot_type === type && (made === undefined || shot.shot_made === made)).length;
    expect([
      key,
      count("2PT") + count("3PT"),
      count("2PT", true) + count("3PT", true),
      count("3PT"),
      count("FT", true),
    ]).toEqual([
      key,
      ...["field_goals_attempted", "field_goals_made", "three_pointers_attempted", "free_throws_made"].map(
        (column) => lineOf.get(key)?.[column],
      ),
    ]);
  }
  const seconds = events.filter((event) => event.player_2_lookup !== null);
  for (const [key, plays] of groupBy(seconds, "game_id", "player_2_lookup")) {
    const assists = plays.filter((play) => play.shot_made === true);
    const blocks = plays.filter((play) => play.shot_made === false);
    expect([key, assists.length, blocks.length]).toEqual([key, lineOf.get(key)?.assists, lineOf.get(key)?.blocks]);
    for (const play of assists) {
      expect([play.player_2_team_abbr, play.player_2_lookup === play.player_1_lookup]).toEqual([
        play.player_1_team_abbr,
        false,
      ]);
    }
    for (const play of blocks) expect(play.player_2_team_abbr).not.toBe(play.player_1_team_abbr);
  }
  for (const event of events) {
    const [low, high] = event.shot_type === "2PT" ? [0, 21] : [22, 29];
    if (event.shot_type === "FT") expect(event.shot_distance).toBeNull();
    else expect(event.shot_distance).toSatisfy((feet: number) => feet >= low! && feet <= high!);
  }
  for (const plays of groupBy(events, "game_id").values()) {
    const last = plays.at(-1)!;
    const game = final.get(last.game_id!)!;
    expect([last.score_home, last.score_away]).toEqual([game.home_team_score, game.away_team_score]);
  }
}

function checkGames(loaded: Loaded): void {
  const teams = groupBy(loaded.rows("nbac_team_boxscore"), "game_id");
  for (const game of loaded.rows("nbac_schedule")) {
    const rows = teams.get(String(game.game_id))!;
    const home = rows.find((row) => row.is_home === true)!;
    const away = rows.find((row) => row.is_home === false)!;
    expect([rows.length, home.points, away.points]).toEqual([2, game.home_team_score, game.away_team_score]);
    expect(home.points).not.toBe(away.points);
    expect(game.winning_team_tricode).toBe(Number(home.points) > Number(away.points) ? home.team_abbr : away.team_abbr);
    expect(home.plus_minus).toBe(Number(home.points) - Number(away.points));
  }
  for (const [key, lines] of groupBy(loaded.rows("nbac_gamebook_player_stats"), "game_id", "team_abbr")) {
    const [gameId, abbr] = key.split(" ");
    const team = teams.get(gameId!)!.find((row) => row.team_abbr === abbr)!;
    expect(sum(lines, "plus_minus")).toBe(5 * Number(team.plus_minus));
  }
}

describe("synthetic season", () => {
  it("reconciles whatever the seed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 31 - 1 }), async (seed) => {
        const loaded = await sample({ seed: String(seed), games: "25" });
        expect(faults(loaded)).toEqual([]);
        checkGames(loaded);
        checkPlayersAgainstTeams(loaded, loaded.rows("nbac_gamebook_player_stats"));
        checkPlayersAgainstTeams(loaded, loaded.rows("bdl_player_boxscores"));
        checkEventsAgainstPlayers(loaded, loaded.rows("bigdataball_play_by_play"));
        checkEventsAgainstPlayers(loaded, loaded.rows("nbac_play_by_play"));
      }),
      { numRuns: 4 },
    );
  });

  it("fills every table and leaves the gaps a pipeline must bridge", async () => {
    const loaded = await sample({ games: "120" });
    expect(RAW_TABLES.map((table) => table.id.name).filter((name) => loaded.rows(name).length === 0)).toEqual([]);
    const ids = (table: string) => new Set(loaded.rows(table).map((row) => row.game_id));
    const games = [...ids("nbac_schedule")];
    const only = (one: string, other: string) => games.filter((id) => ids(one).has(id) && !ids(other).has(id)).length;
    expect(only("bdl_player_boxscores", "nbac_gamebook_player_stats")).toBeGreaterThan(0);
    expect(only("nbac_play_by_play", "bigdataball_play_by_play")).toBeGreaterThan(0);
    const events = new Set([...ids("nbac_play_by_play"), ...ids("bigdataball_play_by_play")]);
    expect(games.filter((id) => !events.has(id)).length).toBeGreaterThan(0);
    const backupDays = new Set(loaded.rows("bettingpros_player_points_props").map((row) => row.game_date));
    expect(loaded.rows("odds_api_player_points_props").filter((row) => backupDays.has(row.game_date!))).toEqual([]);
    const statuses = new Set(loaded.rows("nbac_injury_report").map((row) => row.injury_status));
    expect([...statuses].sort()).toEqual(["available", "doubtful", "out", "probable", "questionable"]);
    const played = new Set(loaded.rows("nbac_gamebook_player_stats").map((row) => row.player_status));
    expect([...played].sort()).toEqual(["active", "dnp", "inactive"]);
  });

  it("is the same for the same seed, row by row, and another for another", async () => {
    const text = async (seed: string) => {
      const loaded = await sample({ seed, games: "12" });
      return JSON.stringify(RAW_TABLES.map((table) => loaded.rows(table.id.name)));
    };
    expect(await text("7")).toBe(await text("7"));
    expect(await text("7")).not.toBe(await text("8"));
  });

  it("begins alike however many games are asked for", async () => {
    const [few, more] = [await sample({ games: "5" }), await sample({ games: "20" })];
    for (const table of ["nbac_schedule", "nbac_team_boxscore", "nbac_gamebook_player_stats"]) {
      expect(more.rows(table).slice(0, few.rows(table).length)).toEqual(few.rows(table));
    }
  });

  it("looks like basketball", async () => {
    const loaded = await sample({ games: "400" });
    const teams = loaded.rows("nbac_team_boxscore");
    const mean = (rows: readonly RowObject[], column: string) => sum(rows, column) / rows.length;
    expect(mean(teams, "points")).toBeGreaterThan(105);
    expect(mean(teams, "points")).toBeLessThan(116);
    expect(mean(teams, "fg_attempted")).toSatisfy((n: number) => n > 83 && n < 92);
    expect(mean(teams, "total_rebounds")).toSatisfy((n: number) => n > 41 && n < 48);
    expect(mean(teams, "assists")).toSatisfy((n: number) => n > 21 && n < 27);
    const lines = loaded.rows("nbac_gamebook_player_stats").filter((row) => row.player_status === "active");
    const averages = [...groupBy(lines, "player_lookup").values()].map((rows) => mean(rows, "points"));
    expect(Math.max(...averages)).toSatisfy((n: number) => n > 23 && n < 36);
    const pointsOf = new Map(lines.map((row) => [`${row.game_id} ${row.player_lookup}`, Number(row.points)]));
    const misses = loaded
      .rows("odds_api_player_points_props")
      .map((row) => Number(pointsOf.get(`${row.game_id} ${row.player_lookup}`)) - Number(row.points_line))
      .filter((miss) => !Number.isNaN(miss));
    expect(Math.abs(misses.reduce((a, b) => a + b, 0) / misses.length)).toBeLessThan(1.5);
    const totals = loaded.rows("odds_api_game_lines").filter((row) => row.outcome_name === "Over");
    expect(Math.abs(mean(totals, "outcome_point") - 2 * mean(teams, "points"))).toBeLessThan(8);
  });

  it("goes on with the same players in later seasons", async () => {
    const loaded = await sample({ games: "3", seasons: "2" });
    expect(faults(loaded)).toEqual([]);
    const seasons = groupBy(loaded.rows("nbac_player_list_current"), "season_year");
    expect([...seasons].map(([year, rows]) => [year, rows.length])).toEqual([
      ["2021", 450],
      ["2022", 450],
    ]);
    const [first, second] = [...seasons.values()].map(
      (rows) => new Map(rows.map((row) => [row.player_lookup, row.team_abbr])),
    );
    expect([...second!.keys()].sort()).toEqual([...first!.keys()].sort());
    expect([...second!].filter(([player, team]) => first!.get(player) !== team).length).toBeGreaterThan(20);
  });

  it.each([
    [["x"], {}, /takes no argument, found "x"/],
    [[], { games: "0" }, /--games must be a whole number from 1 to 1230, found "0"/],
    [[], { seed: "-1" }, /--seed/],
    [[], { seasons: "1.5" }, /--seasons/],
    [[], { gmaes: "3" }, /unknown option --gmaes/],
  ] as const)("refuses %j %j", async (args, options, message) => {
    await expect(load(args, options)).rejects.toThrow(LoadError);
    await expect(load(args, options)).rejects.toThrow(message);
  });
});
