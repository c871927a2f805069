import { afterEach, beforeEach, expect, it } from "vitest";
import { type Files, FixtureDirectory } from "./files/fixture.js";
import { MemoryStore } from "./testing.js";

let directory: FixtureDirectory;
let store: MemoryStore;
beforeEach(() => {
  directory = new FixtureDirectory();
  store = new MemoryStore();
});
afterEach(() => directory.remove());

/** The score after loads one after the other, each of some files. */
async function scoreOf(...loads: readonly Files[]): Promise<unknown> {
  store = await directory.storeOf(...loads);
  const game = store.rows("nbac_schedule").find((row) => row.nba_game_id === "0022100001");
  const { game_status, away_team_score, home_team_score, winning_team_tricode } = game ?? {};
  return [game_status, away_team_score, home_team_score, winning_team_tricode].join(" ");
}

const schedule = (status: number, home = 0, away = 0) => ({
  "schedule.csv": [
    "gid,gcode,etdate,ettime,ac,st,stt,h.tid,v.tid,h.ta,v.ta,h.s,v.s,seas",
    `0022100001,x,2021-10-19,19:30:00,Milwaukee,${status},,1610612749,1610612751,MIL,BKN,${home},${away},21-22`,
    "0022100002,x,2021-10-21,19:30:00,Milwaukee,1,,1610612749,1610612751,MIL,BKN,0,0,21-22",
  ],
});
const PLANNED = schedule(1);

const STATISTICS = "MIN,PTS,FGM,FGA,FG3M,FG3A,FTM,FTA,OREB,DREB,REB,AST,STL,BLK,TOV,PF,PLUS_MINUS";
const REST = "7,17,2,5,4,4,1,3,4,5,0,0,2,2,9";
const PLAYER_HEADER = `PLAYER_ID,PLAYER_NAME,TEAM_ABBREVIATION,GAME_ID,GAME_DATE,MATCHUP,${STATISTICS}`;

/** Six players of a side, who scored as many points each, the first of them some more. */
function side(team: "BKN" | "MIL", each: number, more = 0): string[] {
  const matchup = team === "BKN" ? "BKN @ MIL" : "MIL vs. BKN";
  return [..."abcdef"].map(
    (letter, index) =>
      `${index + (team === "BKN" ? 1 : 11)},${team} ${letter},${team},0022100001,2021-10-19,${matchup},30,` +
      `${each + (index === 0 ? more : 0)},${REST}`,
  );
}
const box = (...rows: string[][]) => [PLAYER_HEADER, ...rows.flat()];
const teamBox = (...points: (readonly [string, number | ""])[]) => [
  `team_id,team_abbreviation,game_id,game_date,matchup,${STATISTICS.toLowerCase()}`,
  ...points.map(([team, pts]) => {
    const [id, matchup] = team === "BKN" ? [1610612751, "BKN @ MIL"] : [1610612749, "MIL vs. BKN"];
    return `${id},${team},0022100001,2021-10-19,${matchup},240,${pts},${REST}`;
  }),
];

const NETS = side("BKN", 15);
const BUCKS = side("MIL", 18);
const FINAL_BOX = { "box.csv": box(NETS, BUCKS) };

it("a row that stands in two files counts once", async () => {
  expect(await scoreOf({ ...PLANNED, "night.csv": box(NETS, BUCKS), "nets.csv": box(NETS) })).toBe("3 90 108 MIL");
  const teams = teamBox(["BKN", 90], ["MIL", 108]);
  expect(await scoreOf({ ...PLANNED, "teams.csv": teams, "nets.csv": teamBox(["BKN", 90]) })).toBe("3 90 108 MIL");
  const final = { ...schedule(3, 108, 90), "night.csv": box(NETS, BUCKS), "nets.csv": box(NETS) };
  expect(await scoreOf(final)).toBe("3 90 108 MIL");
  expect(store.rows("load_conflicts")).toEqual([]);
});

it("a box score replaces the score that an earlier one gave", async () => {
  const live = { "box.csv": box(side("BKN", 5), side("MIL", 4)) };
  expect(await scoreOf(PLANNED, live)).toBe("3 30 24 BKN");
  expect(await scoreOf(PLANNED, live, FINAL_BOX)).toBe("3 90 108 MIL");
  expect(await scoreOf(live, PLANNED, FINAL_BOX)).toBe("3 90 108 MIL");
  const corrected = { "box.csv": box(side("BKN", 15, 20), BUCKS) };
  expect(await scoreOf(PLANNED, FINAL_BOX, corrected)).toBe("3 110 108 BKN");
  expect(await scoreOf(FINAL_BOX, corrected)).toBe("3 110 108 BKN");
  expect(await scoreOf(FINAL_BOX, corrected, PLANNED)).toBe("3 110 108 BKN");
  const ofTeams = { "teams.csv": teamBox(["BKN", 91], ["MIL", 108]) };
  expect(await scoreOf(PLANNED, FINAL_BOX, ofTeams)).toBe("3 91 108 MIL");
  expect(await scoreOf(PLANNED, ofTeams, FINAL_BOX)).toBe("3 91 108 MIL");
});

it("a game's sides may come in one file each, one load each", async () => {
  const [nets, bucks] = [{ "nets.csv": box(NETS) }, { "bucks.csv": box(BUCKS) }];
  for (const loads of [
    [PLANNED, nets, bucks],
    [PLANNED, bucks, nets],
    [nets, PLANNED, bucks],
    [nets, bucks, PLANNED],
    [{ ...nets, ...bucks }, PLANNED],
  ]) {
    expect(await scoreOf(...loads)).toBe("3 90 108 MIL");
  }
  expect(await scoreOf(PLANNED, nets)).toBe("3   ");
});

it("what a schedule said of the score stays, whichever came first, and the difference is told", async () => {
  const final = schedule(3, 109, 90);
  for (const loads of [
    [final, FINAL_BOX],
    [FINAL_BOX, final],
    [PLANNED, FINAL_BOX, final],
    [PLANNED, FINAL_BOX, final, FINAL_BOX],
    [{ ...final, ...FINAL_BOX }],
  ]) {
    expect(await scoreOf(...loads)).toBe("3 90 109 MIL");
    expect(store.rows("load_conflicts")).toMatchObject([{ taken_value: "109", other_value: "108" }]);
  }
  // A schedule that says what the box score had given is the source from then on.
  const corrected = { "box.csv": box(side("BKN", 15, 20), BUCKS) };
  expect(await scoreOf(PLANNED, FINAL_BOX, schedule(3, 108, 90), corrected)).toBe("3 90 108 MIL");
  expect(await scoreOf(PLANNED, FINAL_BOX, schedule(3, 109, 90), schedule(3, 108, 90))).toBe("3 90 108 MIL");
  expect(store.rows("load_conflicts")).toEqual([]);
});

it("points that are not told are not zero: the players' sum stands in for the team's, else nobody knows the score", async () => {
  const teams = { "teams.csv": teamBox(["BKN", ""], ["MIL", 108]) };
  expect(await scoreOf(teams)).toBe("3   ");
  expect(await scoreOf({ ...teams, ...FINAL_BOX })).toBe("3 90 108 MIL");
  expect(await scoreOf(teams, FINAL_BOX)).toBe("3 90 108 MIL");
  const untold = NETS.map((row, index) => (index === 0 ? row.replace(",30,15,", ",30,,") : row));
  expect(await scoreOf({ "box.csv": box(untold, BUCKS) })).toBe("3   ");
});

it("a game that a box score moved to another day keeps the score that the next one gives", async () => {
  const moved = (files: Files) =>
    Object.fromEntries(
      Object.entries(files).map(([name, rows]) => [name, rows.map((row) => row.replace("2021-10-19", "2021-10-25"))]),
    );
  const live = { "box.csv": box(side("BKN", 5), side("MIL", 4)) };
  expect(await scoreOf(PLANNED, moved(live), moved(FINAL_BOX))).toBe("3 90 108 MIL");
  expect(store.rows("nbac_schedule").map((row) => row.game_id)).toContain("20211025_BKN_MIL");
  expect(await scoreOf(PLANNED, moved(live), PLANNED, moved(FINAL_BOX))).toBe("3 90 108 MIL");
  expect(store.rows("nbac_schedule").map((row) => row.game_id)).toContain("20211025_BKN_MIL");
  expect(store.rows("load_conflicts")).toMatchObject([{ field_name: "game_date", other_value: "2021-10-19" }]);
  // A box score without dates says nothing of the day.
  const undated = { "box.csv": box(NETS, BUCKS).map((row) => row.replace("GAME_DATE", "DAY")) };
  expect(await scoreOf(PLANNED, moved(live), { ...PLANNED, ...undated })).toBe("3 90 108 MIL");
  expect(store.rows("nbac_schedule").map((row) => row.game_id)).toContain("20211025_BKN_MIL");
});
