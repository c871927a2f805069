import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FixtureDirectory } from "./files/fixture.js";
import { SEASON_SLICE } from "./files/season-slice.js";
import { load } from "./files.js";
import { collect, faults, type Loaded } from "./testing.js";

let directory: FixtureDirectory;
beforeEach(() => {
  directory = new FixtureDirectory();
});
afterEach(() => directory.remove());

const text = (lines: readonly string[] = []) => `${lines.join("\n")}\n`;
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
const schedule = SEASON_SLICE["schedule.csv"] ?? [];
const box = SEASON_SLICE["player_box_november.csv"] ?? [];
const BASE = { "schedule.csv": schedule, "player_box.csv": box };

async function loadFiles(files: Record<string, readonly string[] | Uint8Array>): Promise<Loaded> {
  directory.write(files);
  const loaded = await collect(await load([directory.path], {}));
  expect(faults(loaded)).toEqual([]);
  return loaded;
}

/** A table as stats.nba.com answers it. */
function resultSet(name: string, [header = "", ...rows]: readonly string[]): Uint8Array {
  const rowSet = rows.map((row) => row.split(","));
  return bytes({ resource: name.toLowerCase(), resultSets: [{ name, headers: header.split(","), rowSet }] });
}

describe("containers:", () => {
  it("capitals, semicolons, tabs, links and members of a zip file are read", async () => {
    const expected = (await loadFiles(BASE)).rows("nbac_gamebook_player_stats").map((row) => row.data_hash);
    const other = new FixtureDirectory();
    const elsewhere = new FixtureDirectory().write({ data: box.map((line) => line.replaceAll(",", "\t")) });
    other.write({
      "lines.xlsx": ["PK"],
      "SCHEDULE.CSV": schedule.map((line) => line.replaceAll(",", ";")),
      "Team.Zip": zipSync({
        "deep/TEAM_BOX.csv": strToU8(text(SEASON_SLICE["team_box.csv"])),
        "__MACOSX/._x.csv": strToU8("x"),
        "shots.parquet": strToU8("PAR1"),
      }),
    });
    symlinkSync(join(elsewhere.path, "data"), join(other.path, "player_box.tsv"));
    symlinkSync(join(elsewhere.path, "gone"), join(other.path, "shots.csv"));
    symlinkSync(elsewhere.path, join(other.path, "more"));
    const loaded = await collect(await load([other.path], {}));
    expect(loaded.rows("nbac_gamebook_player_stats").map((row) => row.data_hash)).toEqual(expected);
    expect(loaded.rows("nbac_team_boxscore")).toHaveLength(4);
    expect(loaded.notes).toEqual(
      expect.arrayContaining([
        "shots.csv: a link that leads nowhere; not read",
        "Team.Zip!shots.parquet: in an archive only CSV and JSON are read; unpack it",
        "lines.xlsx: neither CSV, JSON nor Parquet, plain, gz or zip; not read",
        "more: a folder in the folder; name it too to load it",
      ]),
    );
    other.remove();
    elsewhere.remove();
  });

  it("a file that is reached twice is read once", async () => {
    directory.write(BASE);
    symlinkSync(directory.path, `${directory.path}/again`);
    const loaded = await collect(
      await load([directory.path, join(directory.path, "again"), join(directory.path, "player_box.csv")], {}),
    );
    expect(loaded.skipped).toEqual([]);
  });
});

describe("layouts:", () => {
  it("the league's schedule as ScheduleLeagueV2, in JSON and as a flat table", async () => {
    const game = {
      gameId: "0022300101",
      gameStatus: 3,
      gameDateEst: "2023-11-08T00:00:00Z",
      gameTimeEst: "1900-01-01T22:30:00Z",
      gameDateTimeUTC: "2023-11-09T03:30:00Z",
      arenaCity: "Los Angeles",
      isNeutral: false,
      homeTeam: { teamId: 1610612747, teamTricode: "LAL", score: 110 },
      awayTeam: { teamId: 1610612754, teamTricode: "IND", score: 101 },
    };
    const nested = { leagueSchedule: { gameDates: [{ gameDate: "11/08/2023 00:00:00", games: [game] }] } };
    const flat = [
      "gameDate,gameId,gameStatus,gameDateEst,gameTimeEst,gameDateTimeUTC,arenaCity,isNeutral,homeTeam_teamId,homeTeam_teamTricode,homeTeam_score,awayTeam_teamId,awayTeam_teamTricode,awayTeam_score",
      "11/08/2023 00:00:00,0022300101,3.0,2023-11-08T00:00:00Z,1900-01-01T22:30:00Z,2023-11-09T03:30:00Z,Los Angeles,False,1610612747,LAL,110,1610612754,IND,101",
    ];
    const expected = {
      game_id: "20231108_IND_LAL",
      game_date_est: "2023-11-09 03:30:00+00:00",
      home_team_score: 110,
      neutral_site_flag: false,
      arena_timezone: "America/Los_Angeles",
    };
    expect((await loadFiles({ "scheduleLeagueV2.json": bytes(nested) })).rows("nbac_schedule")).toMatchObject([
      expected,
    ]);
    directory.remove();
    directory = new FixtureDirectory();
    expect((await loadFiles({ "games.csv": flat })).rows("nbac_schedule")).toMatchObject([expected]);
  });

  it("stats.nba.com's answers as they are: LeagueGameLog, ShotChartDetail, PlayByPlayV2, CommonTeamRoster", async () => {
    const csv = await loadFiles({ ...SEASON_SLICE });
    directory.remove();
    directory = new FixtureDirectory();
    const json = await loadFiles({
      "schedule.csv": schedule,
      "a.json": resultSet("LeagueGameLog", box),
      "b.json": resultSet("LeagueGameLog", SEASON_SLICE["team_box.csv"] ?? []),
      "c.json": resultSet("Shot_Chart_Detail", SEASON_SLICE["shots.csv"] ?? []),
      "d.json": resultSet("PlayByPlay", SEASON_SLICE["play_by_play_v2.csv"] ?? []),
    });
    for (const table of ["nbac_team_boxscore", "nbac_play_by_play"]) {
      const hashes = (loaded: Loaded) =>
        loaded
          .rows(table)
          .filter((row) => String(row.game_date) < "2023-12-01")
          .map((row) => row.data_hash);
      expect([table, hashes(json)]).toEqual([table, hashes(csv)]);
    }
  });

  it("PlayByPlayV3 and the live feed", async () => {
    const v3 = [
      "gameId,actionNumber,clock,period,teamId,teamTricode,personId,playerName,shotDistance,shotResult,isFieldGoal,scoreHome,scoreAway,description,actionType,subType,shotValue,actionId",
      "0022300101,7,PT11M42.00S,1,1610612747,LAL,9000001,Doe,26,Made,1,3,0,Doe 26' 3PT Jump Shot (3 PTS) (Roe 1 AST),Made Shot,Jump Shot,3,2",
      "0022300101,9,PT11M20.00S,1,1610612754,IND,9000077,Doe,3,Missed,1,3,0,MISS Doe Layup,Missed Shot,Layup,2,3",
      "0022300101,9,PT11M20.00S,1,1610612747,LAL,9000001,Doe,0,,0,,,Doe BLOCK (1 BLK),,,0,4",
    ];
    const rows = (await loadFiles({ ...BASE, "pbp.csv": v3 })).rows("nbac_play_by_play");
    expect(rows).toMatchObject([
      {
        event_id: "7",
        shot_type: "3PT",
        shot_made: true,
        player_1_lookup: "anadoe",
        player_2_role: "assist",
        game_clock_seconds: 702,
      },
      { event_id: "9", shot_type: "2PT", shot_made: false, player_1_lookup: "anadoe9000077" },
      { event_id: "9.4", shot_type: null, shot_made: null },
    ]);
    directory.remove();
    directory = new FixtureDirectory();
    const shot = { actionNumber: 9, clock: "PT11M20.00S", period: 1, teamTricode: "IND", personId: 9000077 };
    const live = {
      game: {
        gameId: "0022300101",
        actions: [
          {
            ...shot,
            actionType: "2pt",
            shotResult: "Missed",
            shotDistance: 3.1,
            blockPersonId: 9000001,
            scoreHome: "3",
            scoreAway: "0",
          },
        ],
      },
    };
    expect((await loadFiles({ ...BASE, "live.json": bytes(live) })).rows("nbac_play_by_play")).toMatchObject([
      {
        shot_type: "2PT",
        shot_made: false,
        player_2_lookup: "anadoe",
        player_2_role: "block",
        player_2_team_abbr: "LAL",
        shot_distance: 3.1,
      },
    ]);
  });

  it("The Odds API: current events, historical snapshots and flat tables, with game lines and player points", async () => {
    const outcome = (name: string, point: number, description?: string) => ({ name, price: -110, point, description });
    const event = {
      id: "e1",
      sport_key: "basketball_nba",
      commence_time: "2023-11-09T03:40:00Z",
      home_team: "Los Angeles Lakers",
      away_team: "Indiana Pacers",
      bookmakers: [
        {
          key: "draftkings",
          title: "DraftKings",
          markets: [
            {
              key: "player_points",
              last_update: "2023-11-09T03:36:10Z",
              outcomes: [outcome("Over", 12.5, "Bo Roe"), outcome("Under", 12.5, "Bo Roe")],
            },
            {
              key: "spreads",
              last_update: "2023-11-09T03:36:10Z",
              outcomes: [outcome("Indiana Pacers", 5.5), outcome("Los Angeles Lakers", -5.5)],
            },
            {
              key: "totals",
              last_update: "2023-11-09T03:36:10Z",
              outcomes: [outcome("Over", 233.5), outcome("Under", 233.5)],
            },
            { key: "h2h", last_update: "2023-11-09T03:36:10Z", outcomes: [{ name: "Indiana Pacers", price: 170 }] },
          ],
        },
      ],
    };
    const loaded = await loadFiles({
      ...BASE,
      "now.json": bytes([event]),
      "then.json": bytes({ timestamp: "2023-11-08T18:00:00Z", data: event }),
    });
    expect(loaded.rows("odds_api_player_points_props")).toMatchObject([
      {
        game_id: "20231108_IND_LAL",
        player_lookup: "boroejr",
        snapshot_timestamp: "2023-11-08 18:00:00+00:00",
        minutes_before_tipoff: 580,
      },
      {
        game_id: "20231108_IND_LAL",
        player_lookup: "boroejr",
        snapshot_timestamp: "2023-11-09 03:36:10+00:00",
        minutes_before_tipoff: 3,
      },
    ]);
    expect(loaded.rows("odds_api_game_lines")).toHaveLength(8);
    expect(loaded.skipped.map(({ reason, rows }) => [reason, rows])).toEqual([
      ["other market than player_points, spreads, totals", 1],
      ["other market than player_points, spreads, totals", 1],
    ]);
  });

  it("decimal odds become American ones, of several lines the even one is taken, quotes of a running game are left", async () => {
    const quote = (side: string, line: number, price: number, snapshot: string) =>
      `player_points,FanDuel,${side},${line},${price},Los Angeles Lakers,Indiana Pacers,2023-11-09T03:40:00Z,Bo Roe Jr.,${snapshot}`;
    const at = "2023-11-09T01:00:00Z";
    const rows = [
      quote("Over", 12.5, 1.91, at),
      quote("Under", 12.5, 1.91, at),
      quote("Over", 14.5, 2.5, at),
      quote("Under", 14.5, 1.5, at),
    ];
    const live = [
      quote("Over", 16.5, 1.91, "2023-11-09T04:00:00Z"),
      quote("Under", 16.5, 1.91, "2023-11-09T04:00:00Z"),
    ];
    const loaded = await loadFiles({
      ...BASE,
      "odds.csv": [(SEASON_SLICE["odds.csv"] ?? [])[0] ?? "", ...rows.reverse(), ...live],
    });
    expect(loaded.rows("odds_api_player_points_props")).toMatchObject([
      { points_line: 12.5, over_price_american: -110 },
    ]);
    expect(loaded.skipped.map(({ reason, rows: count }) => [reason, count])).toContainEqual([
      "quote of a running game",
      2,
    ]);
  });

  it("BettingPros: offers in JSON and a row with both prices", async () => {
    const line = (value: number, best: boolean) => ({
      line: value,
      cost: -115,
      best,
      active: true,
      updated: "2023-11-08 20:00:00",
    });
    const selection = (side: string) => ({
      selection: side,
      opening_line: { line: 11.5 },
      books: [{ id: 12, lines: [line(12.5, true)] }],
    });
    const offers = {
      offers: [
        {
          event_id: 5,
          market_id: 156,
          participants: [{ name: "Bo Roe", player: { team: "IND" } }],
          selections: [selection("over"), selection("under")],
        },
        {
          event_id: 5,
          market_id: 157,
          participants: [{ name: "Bo Roe", player: { team: "IND" } }],
          selections: [selection("over")],
        },
      ],
      events: [{ id: 5, scheduled: "2023-11-08 22:30:00" }],
      books: [{ id: 12, name: "DraftKings" }],
    };
    const flat = [
      "plyr,team,game_date,mkt,line,o_odds,u_odds,book",
      "Nic Poe,IND,2023-11-09,PTS,4.5,-110,-120,fd",
      "Nic Poe,IND,2023-11-09,PTS,5.5,-110,-120,mgm",
    ];
    const rows = (await loadFiles({ ...BASE, "offers.json": bytes(offers), "bp.csv": flat })).rows(
      "bettingpros_player_points_props",
    );
    const facts = rows.map((row) => [
      row.game_date,
      row.player_lookup,
      row.bookmaker,
      row.bet_side,
      row.points_line,
      row.opening_line,
      row.is_best_line,
    ]);
    expect(facts).toEqual([
      ["2023-11-08", "boroejr", "draftkings", "over", 12.5, 11.5, true],
      ["2023-11-08", "boroejr", "draftkings", "under", 12.5, 11.5, true],
      ["2023-11-08", "nicolaspoe", "fd", "over", 4.5, null, true],
      ["2023-11-08", "nicolaspoe", "fd", "under", 4.5, null, false],
      ["2023-11-08", "nicolaspoe", "mgm", "over", 5.5, null, false],
      ["2023-11-08", "nicolaspoe", "mgm", "under", 5.5, null, true],
    ]);
  });

  it("the official injury report, dated by its name", async () => {
    const name = "injury_report_2023-11-08_05PM.csv";
    const loaded = await loadFiles({ ...BASE, [name]: SEASON_SLICE[name] ?? [] });
    expect(loaded.rows("nbac_injury_report")).toMatchObject([
      {
        player_lookup: "boroejr",
        report_date: "2023-11-08",
        report_hour: 17,
        game_id: "20231108_IND_LAL",
        injury_status: "questionable",
        reason_category: "injury",
      },
      { player_lookup: "nicolaspoe", injury_status: "out", reason_category: "g_league" },
    ]);
    expect(loaded.skipped).toMatchObject([{ reason: "report not yet submitted", rows: 1 }]);
  });

  it("rosters, which give players their position and date of birth", async () => {
    const name = "rosters_2023-11-01.csv";
    const loaded = await loadFiles({ ...BASE, [name]: SEASON_SLICE[name] ?? [] });
    expect(loaded.rows("espn_team_rosters")).toMatchObject([
      { roster_date: "2023-11-01", team_abbr: "BKN", player_lookup: "jakobpoeltl", birth_date: "1995-10-15", age: 28 },
      { team_abbr: "IND", player_lookup: "nicolaspoe", position_abbr: "F-C" },
      { team_abbr: "LAL", player_lookup: "anadoe", birth_date: "1995-11-15" },
    ]);
    const list = new Map(loaded.rows("nbac_player_list_current").map((row) => [row.player_lookup, row]));
    expect(list.get("anadoe")).toMatchObject({ position: "G", birth_date: "1995-11-15" });
    expect(list.get("jakobpoeltl")).toMatchObject({ team_abbr: "BKN", player_id: 9000005 });
  });
});

describe("names that sources spell in their own way mean one player:", () => {
  const named = async (player: string) => {
    const quotes = ["Over", "Under"].map(
      (side) =>
        `player_points,FanDuel,${side},12.5,-110,Los Angeles Lakers,Indiana Pacers,2023-11-09T03:40:00Z,${player},2023-11-08T20:00:00Z`,
    );
    const extra = (id: number, name: string) => (box[1] ?? "").replace("9000001,Ana Doe", `${id},${name}`);
    const players = [
      extra(1, "Nikola Jokić"),
      extra(2, "Kelly Oubre Jr."),
      extra(3, "Cameron Thomas"),
      extra(4, "Jakob Pöltl"),
      extra(5, "Patrick Mills"),
      extra(6, "P.J. Tucker"),
      extra(7, "Gary Payton"),
    ];
    const payton = (box[1] ?? "").replace(
      "9000001,Ana Doe,LAL,0022300101,2023-11-08,LAL vs. IND",
      "8,Gary Payton II,BKN,0022300105,2023-12-01,BKN vs. IND",
    );
    const loaded = await loadFiles({
      "schedule.csv": schedule,
      "player_box.csv": [...box, ...players, payton],
      "odds.csv": [(SEASON_SLICE["odds.csv"] ?? [])[0] ?? "", ...quotes],
    });
    return loaded.rows("odds_api_player_points_props").map((row) => row.player_lookup);
  };

  it.each([
    ["Nikola Jokic", "nikolajokic"],
    ["Kelly Oubre", "kellyoubrejr"],
    ["Cam Thomas", "cameronthomas"],
    ["Jakob Poeltl", "jakobpoltl"],
    ["Patty Mills", "patrickmills"],
    ["PJ Tucker", "pjtucker"],
    ["Gary Payton", "garypayton"],
    ["Some Body Else", "somebodyelse"],
  ])("%s", async (name, lookup) => {
    expect(await named(name)).toEqual([lookup]);
  });
});
