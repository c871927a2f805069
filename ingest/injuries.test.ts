import { afterEach, beforeEach, expect, it } from "vitest";
import { type Files, FixtureDirectory } from "./files/fixture.js";

let directory: FixtureDirectory;
beforeEach(() => {
  directory = new FixtureDirectory();
});
afterEach(() => directory.remove());

/** Every order of loads, each load alone, and all of them at once, leave the same. @returns the reports by day and order */
function inEveryOrder(...loads: readonly Files[]): Promise<unknown[][]> {
  return inEveryOrderBehind({}, ...loads);
}

/** The same behind a first load, which the others need. */
async function inEveryOrderBehind(first: Files, ...loads: readonly Files[]): Promise<unknown[][]> {
  const begin = Object.keys(first).length === 0 ? [] : [first];
  const atOnce = await directory.storeOf(Object.assign({}, first, ...loads));
  for (const order of orders(loads)) {
    expect((await directory.storeOf(...begin, ...order)).snapshot()).toEqual(atOnce.snapshot());
  }
  return atOnce
    .rows("nbac_injury_report")
    .sort((a, b) => Number(a.report_hour) - Number(b.report_hour))
    .map((row) => [row.report_date, row.game_id, row.player_lookup, row.injury_status]);
}

function orders<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) =>
    orders(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
  );
}

const GAMES = {
  1: "0022100001,x,2021-10-19,19:30:00,Milwaukee,1,,1610612749,1610612751,MIL,BKN,0,0,21-22",
  2: "0022100002,x,2021-10-24,19:30:00,Brooklyn,1,,1610612751,1610612766,BKN,CHA,0,0,21-22",
  3: "0022100003,x,2021-11-25,19:30:00,Brooklyn,1,,1610612751,1610612748,BKN,MIA,0,0,21-22",
  4: "0022100004,x,2021-11-27,19:30:00,Brooklyn,1,,1610612751,1610612756,BKN,PHX,0,0,21-22",
  5: "0022200005,x,2022-10-20,19:30:00,Brooklyn,1,,1610612751,1610612740,BKN,NOP,0,0,22-23",
} as const;

const schedule = (name: string, ...games: (keyof typeof GAMES)[]): Files => ({
  [name]: ["gid,gcode,etdate,ettime,ac,st,stt,h.tid,v.tid,h.ta,v.ta,h.s,v.s,seas", ...games.map((game) => GAMES[game])],
});
const report = (time: string, ...rows: (readonly [player: string, status: string])[]): Files => ({
  [`Injury-Report_2021-10-19_${time}.csv`]: [
    "Game Date,Game Time,Matchup,Team,Player Name,Current Status,Reason",
    ...rows.map(([player, status]) => `10/19/2021,07:30 (ET),BKN@MIL,Brooklyn Nets,"${player}",${status},Left Ankle`),
  ],
});

const list = (name: string, ...entries: string[]): Files => ({
  [name]: [",Date,Team,Acquired,Relinquished,Notes", ...entries],
});
const box = (gameId: string, date: string, minutes: number | undefined): Files => ({
  [`box-${date}.csv`]: [
    "PLAYER_ID,PLAYER_NAME,TEAM_ABBREVIATION,GAME_ID,GAME_DATE,MIN,PTS,FGM,FGA,FG3M,FG3A,FTM,FTA,OREB,DREB,REB,AST,STL,BLK,TOV,PF,PLUS_MINUS",
    `202681,Kyrie Irving,BKN,${gameId},${date},${minutes ?? ""}${",0".repeat(16)}`,
    `201935,James Harden,BKN,${gameId},${date},30,20${",2".repeat(15)}`,
  ],
});
const statuses = (rows: readonly unknown[][]) => rows.map(([date, gameId, , status]) => [date, gameId, status]);

it("whoever goes out is out for every game of the season until he comes back, in every order of loads", async () => {
  const october = list("october.csv", "7,2021-10-18,Nets,, Kyrie Irving,placed on IL");
  const rows = await inEveryOrderBehind(
    schedule("schedule.csv", 1, 2, 3, 4, 5),
    october,
    list("november.csv", "9,2021-11-26,Nets, Kyrie Irving,,activated from IL"),
  );
  expect(statuses(rows).sort()).toEqual([
    ["2021-10-18", "20211019_BKN_MIL", "out"],
    ["2021-10-18", "20211024_CHA_BKN", "out"],
    // Two weeks before the game: a report of the game itself goes before.
    ["2021-11-11", "20211125_MIA_BKN", "out"],
    ["2021-11-26", "20211127_PHX_BKN", "available"],
  ]);
  await inEveryOrderBehind(schedule("schedule.csv", 1, 2), october, schedule("later.csv", 3, 4, 5));
});

it("an absence ends with the game that a box score has the player in, as was known before each game", async () => {
  const games = schedule("schedule.csv", 1, 2, 3, 4);
  const october = list("october.csv", "7,2021-10-18,Nets,, Kyrie Irving,placed on IL");
  const played = await inEveryOrderBehind(games, october, box("0022100002", "2021-10-24", 12));
  expect(statuses(played).sort()).toEqual([
    ["2021-10-18", "20211019_BKN_MIL", "out"],
    ["2021-10-18", "20211024_CHA_BKN", "out"],
  ]);
  const benched = await inEveryOrderBehind(games, october, box("0022100002", "2021-10-24", undefined));
  expect(benched).toHaveLength(4);
});

it("two lists of one day are read as one, by the running numbers of their entries", async () => {
  const rows = await inEveryOrderBehind(
    schedule("schedule.csv", 1, 2),
    list("evening.csv", "10,2021-10-18,Nets, Kyrie Irving,,activated from IL"),
    list("morning.csv", "9,2021-10-18,Nets,, Kyrie Irving,placed on IL"),
  );
  expect(statuses(rows)).toEqual([
    ["2021-10-18", "20211019_BKN_MIL", "out"],
    ["2021-10-18", "20211019_BKN_MIL", "available"],
  ]);
});

it("a list that comes again without an entry takes the games missed since along", async () => {
  const irving = "9,2021-10-18,Nets,, Kyrie Irving,placed on IL";
  const harden = "8,2021-10-18,Nets,, James Harden,placed on IL";
  const store = await directory.storeOf(
    schedule("schedule.csv", 1, 2),
    list("list.csv", irving, harden),
    list("list.csv", harden),
  );
  const rows = store.rows("nbac_injury_report");
  expect(rows.map((row) => [row.player_lookup, row.game_id])).toEqual([
    ["jamesharden", "20211019_BKN_MIL"],
    ["jamesharden", "20211024_CHA_BKN"],
  ]);
});

it("a list that was loaded when its rows did not say what they are says so when it comes again", async () => {
  const october = list("october.csv", "9,2021-10-18,Nets,, Kyrie Irving,placed on IL");
  const store = await directory.storeOf(schedule("schedule.csv", 1), october);
  for (const row of store.rows("nbac_injury_report")) Object.assign(row, { source_file_path: "october.csv" });
  await directory.load(october, store);
  await directory.load(schedule("later.csv", 2), store);
  expect(store.rows("nbac_injury_report").map((row) => [row.game_id, row.source_file_path])).toEqual([
    ["20211019_BKN_MIL", "october.csv; entry 9"],
    ["20211024_CHA_BKN", "october.csv; listed out since 2021-10-18"],
  ]);
});

it("of the league's reports of one hour the latest is taken as a whole, whichever comes first", async () => {
  const rows = await inEveryOrder(
    schedule("schedule.csv", 1),
    report("05_00PM", ["Irving, Kyrie", "Out"], ["Harden, James", "Out"]),
    report("05_30PM", ["Irving, Kyrie", "Out"]),
    report("05_45PM", ["Irving, Kyrie", "Available"]),
  );
  expect(rows).toEqual([["2021-10-19", "20211019_BKN_MIL", "kyrieirving", "available"]]);
  const same = await inEveryOrder(
    schedule("schedule.csv", 1),
    report("05_00PM", ["Irving, Kyrie", "Out"]),
    report("05_30PM", ["Irving, Kyrie", "Available"]),
    report("05_45PM", ["Irving, Kyrie", "Out"]),
    report("06_15PM", ["Irving, Kyrie", "Questionable"]),
  );
  expect(same.map(([, , , status]) => status)).toEqual(["out", "questionable"]);
});
