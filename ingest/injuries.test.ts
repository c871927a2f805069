import { afterEach, beforeEach, expect, it } from "vitest";
import { type Files, FixtureDirectory } from "./files/fixture.js";

let directory: FixtureDirectory;
beforeEach(() => {
  directory = new FixtureDirectory();
});
afterEach(() => directory.remove());

/** Every order of loads, each load alone, and all of them at once, leave the same. @returns the reports by day and order */
async function inEveryOrder(...loads: readonly Files[]): Promise<unknown[][]> {
  const atOnce = await directory.storeOf(Object.assign({}, ...loads));
  for (const order of orders(loads)) expect((await directory.storeOf(...order)).snapshot()).toEqual(atOnce.snapshot());
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
