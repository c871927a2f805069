import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FIXTURE, FixtureDirectory, type FixtureFile } from "./files/fixture.js";
import { load } from "./files.js";
import { collect, faults, type Loaded } from "./testing.js";

let directory: FixtureDirectory;
beforeEach(() => {
  directory = new FixtureDirectory();
});
afterEach(() => directory.remove());

const box = FIXTURE["player_box.csv"];
const schedule = FIXTURE["schedule.csv"];
const shots = FIXTURE["shots.csv"];

/** The fixture with rows added to one file. */
function withRows(file: FixtureFile, ...rows: string[]): Record<string, readonly string[]> {
  return { ...FIXTURE, [file]: [...FIXTURE[file], ...rows] };
}

async function loadFiles(files: Record<string, readonly string[] | undefined>): Promise<Loaded> {
  directory.write(files);
  const loaded = await collect(await load([directory.path], {}));
  expect(faults(loaded)).toEqual([]);
  return loaded;
}

describe("one odd row is skipped, counted and named, and the rest is taken:", () => {
  it.each<[string, FixtureFile, string, string, string]>([
    [
      "letters in a number",
      "player_box.csv",
      box[1].replace(",31,20,", ",31,2O,"),
      "malformed pts",
      'player_box.csv:4:53: pts must be an integer, found "2O"',
    ],
    [
      "a count below zero",
      "player_box.csv",
      box[2].replace(",0,32,", ",0,-3,"),
      "malformed pts",
      "player_box.csv:4:65: pts must not be negative",
    ],
    [
      "an unknown team",
      "player_box.csv",
      box[1].replace("BKN", "ZZZ"),
      "unknown team",
      'player_box.csv:4:24: unknown team "ZZZ"',
    ],
    [
      "a team of another game",
      "player_box.csv",
      box[1].replace("BKN", "DAL"),
      "team that does not play in the game",
      "player_box.csv:4:24: team DAL does not play in game 0022100001",
    ],
    [
      "a game that nobody knows",
      "player_box.csv",
      box[1].replace("0022100001", "0022100999"),
      "game not in the schedule",
      "player_box.csv:4:28: game 0022100999 is not in the schedule",
    ],
    [
      "a date that is none",
      "player_box.csv",
      box[1].replace("2021-10-19", "2021-02-30"),
      "malformed game_date",
      'player_box.csv:4:39: game_date must be a date YYYY-MM-DD, found "2021-02-30"',
    ],
    [
      "a name without letters",
      "player_box.csv",
      box[1].replace("Dennis Schröder", "..."),
      "malformed player_name",
      'player_box.csv:4:8: no letters in player name "..."',
    ],
    [
      "a player twice in a game",
      "player_box.csv",
      box[1],
      "exact duplicate",
      "player_box.csv:4:1: duplicate row for 20211019_BKN_MIL dennisschroder; the first is at",
    ],
    [
      "a team row twice",
      "team_box.csv",
      FIXTURE["team_box.csv"][1],
      "exact duplicate",
      "team_box.csv:4:16: duplicate row for 20211019_BKN_MIL BKN",
    ],
    ["a game twice", "schedule.csv", schedule[1], "exact duplicate", "schedule.csv:7:1: duplicate game 0012100001"],
    [
      "an unknown team in the schedule",
      "schedule.csv",
      schedule[2].replace("0022100001", "0022100009").replace("1610612751,MIL,BKN", "77,MIL,ZZZ"),
      "unknown team",
      'schedule.csv:7:98: unknown team "ZZZ"',
    ],
    [
      "a shot twice",
      "shots.csv",
      shots[1],
      "exact duplicate",
      "shots.csv:4:10: event 7 of game 0022100001 is a duplicate",
    ],
    [
      "two shots of one number",
      "shots.csv",
      shots[1].replace(",26,", ",27,"),
      "another shot has the event's number",
      "shots.csv:4:10: event 7 of game 0022100001",
    ],
    [
      "a shot for a team that does not play",
      "shots.csv",
      shots[1].replace(",7,", ",8,").replace("1610612751", "1610612742"),
      "team that does not play in the game",
      "shots.csv:4:35: team 1610612742 does not play in game 0022100001",
    ],
    [
      "a line for an unknown team",
      "game_lines.csv",
      FIXTURE["game_lines.csv"][1].replace("bkn", "zzz"),
      "unknown team",
      'game_lines.csv:4:17: unknown team "zzz"',
    ],
    [
      "an injury of an unknown team",
      "injury_transactions.csv",
      "6,2021-10-18,Sonics,, A B,note",
      "unknown team",
      'injury_transactions.csv:7:14: unknown team "Sonics"',
    ],
    [
      "an injury of nobody",
      "injury_transactions.csv",
      "6,2021-10-18,Nets,,,note",
      "entry that does not name one player",
      "injury_transactions.csv:7:20: one of acquired and relinquished must name a player",
    ],
    [
      "a quote twice",
      "player_props.csv",
      FIXTURE["player_props.csv"][1],
      "side quoted twice, the better price taken",
      "player_props.csv:8:1",
    ],
  ])("%s", async (_, file, row, reason, first) => {
    const before = (await loadFiles(FIXTURE)).rows;
    const counts = (rows: Loaded["rows"]) => TABLES.map((table) => rows(table).length);
    const loaded = await loadFiles(withRows(file, row));
    const skipped = loaded.skipped.filter((one) => one.reason === reason && one.file === file);
    expect(skipped.reduce((sum, { rows }) => sum + rows, 0)).toBeGreaterThan(0);
    expect(skipped.map((one) => one.first).join("\n")).toContain(first);
    expect(counts(loaded.rows)).toEqual(counts(before));
  });

  it("one team row of a game", async () => {
    const loaded = await loadFiles({ ...FIXTURE, "team_box.csv": FIXTURE["team_box.csv"].slice(0, 2) });
    expect(loaded.rows("nbac_team_boxscore")).toEqual([]);
    expect(loaded.skipped.map(({ first }) => first).join("\n")).toContain(
      "team_box.csv:2:16: game 20211019_BKN_MIL has one team row",
    );
  });
});

const TABLES = [
  "nbac_schedule",
  "nbac_gamebook_player_stats",
  "nbac_team_boxscore",
  "nbac_play_by_play",
  "odds_api_game_lines",
  "odds_api_player_points_props",
  "nbac_injury_report",
];

describe("an odd row is taken where it can be told:", () => {
  it("a kind of game of its own, such as the cup final, counts for nothing", async () => {
    const final =
      "0062100001,20211209/DALMIL,2021-12-09,20:30:00,,T-Mobile Arena,Las Vegas,3,Final,1610612749,1610612742,MIL,DAL,97,81,21-22";
    const rows = (await loadFiles(withRows("schedule.csv", final))).rows("nbac_schedule");
    expect(rows.find((row) => row.nba_game_id === "0062100001")).toMatchObject({
      is_regular_season: false,
      is_playoffs: false,
      is_all_star: false,
      winning_team_tricode: "MIL",
    });
  });

  it("teams under the codes of their former names and towns, known by their id", async () => {
    const files = {
      "schedule.csv": [schedule[0], schedule[2].replace("1610612751,MIL,BKN", "1610612751,MIL,NJN")],
      "player_box.csv": [box[0], box[1].replace("BKN", "NJN")],
    };
    expect((await loadFiles(files)).rows("nbac_gamebook_player_stats")).toMatchObject([
      { game_id: "20211019_BKN_MIL", team_abbr: "BKN" },
    ]);
  });

  it("a game without a time has no tip-off; one called off at 0 to 0 has no winner and no score", async () => {
    const tbd = schedule[2].replace("0022100001", "0022100010").replace("10-19,19:30:00", "12-01,TBD");
    const off = schedule[2].replace("0022100001", "0022100011").replace("10-19", "12-02").replace("127,104", "0,0");
    const rows = (await loadFiles(withRows("schedule.csv", tbd, off))).rows("nbac_schedule");
    expect(rows.find((row) => row.nba_game_id === "0022100010")).toMatchObject({ game_date_est: null });
    expect(rows.find((row) => row.nba_game_id === "0022100011")).toMatchObject({
      winning_team_tricode: null,
      home_team_score: null,
      away_team_score: null,
    });
  });

  it("a row without minutes and counts is of somebody who did not play; counts without minutes have been played", async () => {
    const loaded = await loadFiles(
      withRows(
        "player_box.csv",
        `10,Coachs Decision,BKN,0022100001,2021-10-19,DNP - Rest${",".repeat(16)}`,
        `9,Nobody There,BKN,0022100001,2021-10-19${",".repeat(17)}`,
        box[1].replace("201942,Dennis Schröder", "8,No Clock").replace(",31,20,", ",,20,"),
      ),
    );
    const rows = new Map(loaded.rows("nbac_gamebook_player_stats").map((row) => [row.player_lookup, row]));
    expect(rows.get("coachsdecision")).toMatchObject({ player_status: "dnp", dnp_reason: "DNP - Rest", minutes: null });
    expect(rows.get("nobodythere")).toMatchObject({ player_status: "dnp", minutes: null, points: null });
    expect(rows.get("noclock")).toMatchObject({ player_status: "active", minutes: null, points: 20 });
  });

  it("a shot without a type by its zone", async () => {
    const zones = ["Above the Break 3", "Backcourt", "Mid-Range"];
    const loaded = await loadFiles({
      ...FIXTURE,
      "shots.csv": [
        `${shots[0]},SHOT_ZONE_BASIC`,
        ...zones.map((zone, index) => `${shots[1].replace(",7,", `,${index},`).replace("3PT Field Goal", "")},${zone}`),
      ],
    });
    expect(loaded.rows("nbac_play_by_play").map((row) => row.shot_type)).toEqual(["3PT", "3PT", "2PT"]);
  });

  it("minutes in every form of public box scores", async () => {
    const line = (id: number, minutes: string) =>
      box[1].replace("201942,Dennis Schröder", `${id},Player ${"abc"[id]}`).replace(",31,20,", `,${minutes},20,`);
    const loaded = await loadFiles(
      withRows("player_box.csv", line(0, "31:25"), line(1, "31.5"), line(2, "PT09M05.00S")),
    );
    const minutes = new Map(loaded.rows("nbac_gamebook_player_stats").map((row) => [row.player_lookup, row.minutes]));
    expect([minutes.get("playera"), minutes.get("playerb"), minutes.get("playerc")]).toEqual([
      "31:25",
      "31:30",
      "09:05",
    ]);
  });

  it("a game that was played and that the schedule lacks, from its box score", async () => {
    const header = `${box[0]},MATCHUP`;
    const line = `${box[1].replace("0022100001", "0022100500").replace("2021-10-19", "2021-12-25")},BKN @ MIL`;
    const loaded = await loadFiles({
      ...FIXTURE,
      "player_box.csv": [header, ...box.slice(1).map((row) => `${row},`), line],
    });
    expect(loaded.rows("nbac_schedule").find((row) => row.nba_game_id === "0022100500")).toMatchObject({
      game_id: "20211225_BKN_MIL",
      game_status: 3,
      is_regular_season: true,
      game_date_est: null,
      home_team_score: null,
      source_file_path: "box score: player_box.csv",
    });
    expect(loaded.rows("nbac_gamebook_player_stats").some((row) => row.game_id === "20211225_BKN_MIL")).toBe(true);
  });

  it("a game that was played on another day than the schedule says, on the day it was played, as a conflict", async () => {
    const moved = (rows: readonly string[]) => rows.map((row) => row.replace("2021-10-19", "2021-10-25"));
    const files = { ...FIXTURE, "player_box.csv": moved(box), "team_box.csv": moved(FIXTURE["team_box.csv"]) };
    const loaded = await loadFiles(files);
    expect(loaded.rows("nbac_schedule").find((row) => row.nba_game_id === "0022100001")).toMatchObject({
      game_id: "20211025_BKN_MIL",
      game_date: "2021-10-25",
      game_date_est: null,
    });
    expect(loaded.rows("load_conflicts")).toMatchObject([
      { identifier: "0022100001", field_name: "game_date", taken_value: "2021-10-25", other_value: "2021-10-19" },
    ]);
  });

  it("two rows that contradict each other: the one that tells more, whatever their order, as a conflict", async () => {
    const [, line = "", other = ""] = box;
    const vague = line.replace(",31,20,", ",,20,");
    const minutes = async (...rows: string[]) => {
      const loaded = await loadFiles({ ...FIXTURE, "player_box.csv": [box[0], ...rows, other] });
      expect(loaded.rows("load_conflicts").map((row) => row.field_name)).toEqual(["minutes", "minutes_decimal"]);
      return loaded.rows("nbac_gamebook_player_stats").map((row) => row.minutes);
    };
    expect(await minutes(line, vague)).toEqual(await minutes(vague, line));
  });

  it("namesakes are two, of whom the lower id has the bare lookup; a renamed player is one", async () => {
    const line = (id: number, name: string) => box[1].replace("201942,Dennis Schröder", `${id},${name}`);
    const later = box[1]
      .replace("0022100001,2021-10-19", "0052100101,2022-04-12")
      .replace("201942,Dennis Schröder", "7,New Name");
    const loaded = await loadFiles(
      withRows("player_box.csv", later, line(9, "Ana Doe"), line(5, "Ana Doe"), line(7, "Old Name")),
    );
    const rows = loaded.rows("nbac_gamebook_player_stats");
    expect(rows.filter((row) => row.player_name === "Ana Doe").map((row) => row.player_lookup)).toEqual([
      "anadoe",
      "anadoe9",
    ]);
    expect(rows.filter((row) => row.player_lookup === "oldname").map((row) => row.player_name)).toEqual([
      "Old Name",
      "New Name",
    ]);
  });
});
