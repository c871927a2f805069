import { afterEach, beforeEach, expect, it } from "vitest";
import { type Files, FixtureDirectory } from "./files/fixture.js";
import type { MemoryStore } from "./testing.js";

let directory: FixtureDirectory;
beforeEach(() => {
  directory = new FixtureDirectory();
});
afterEach(() => directory.remove());

const SCHEDULE = {
  "schedule.csv": [
    "gid,gcode,etdate,ettime,ac,st,stt,h.tid,v.tid,h.ta,v.ta,h.s,v.s,seas",
    "0022100001,x,2021-10-19,19:30:00,Milwaukee,1,,1610612749,1610612751,MIL,BKN,0,0,21-22",
  ],
};
const HEADER = "player,market,book,line,side,odds,updated,game_date,team,active";

/** Both sides of a bookmaker's line. */
const offer = (book: string, line: number, updated = "2021-10-19 12:00:00", active = "true") =>
  ["over", "under"].map((side) => `Al Moe,points,${book},${line},${side},-110,${updated},2021-10-19,BKN,${active}`);
const file = (name: string, ...rows: string[][]): Files => ({ [name]: [HEADER, ...rows.flat()] });

/** The lines of every order of loads after the schedule, which must be those of all at once. */
async function linesInEveryOrder(...files: readonly [Files, Files]): Promise<string[]> {
  const atOnce = await directory.storeOf(Object.assign({}, SCHEDULE, ...files));
  for (const order of [files, [...files].reverse()]) {
    expect((await directory.storeOf(SCHEDULE, ...order)).snapshot()).toEqual(atOnce.snapshot());
  }
  return linesOf(atOnce);
}

function linesOf(store: MemoryStore): string[] {
  return store
    .rows("bettingpros_player_points_props")
    .map((row) => [row.bookmaker, row.bet_side, row.points_line, row.is_best_line].join(" "))
    .sort();
}

it("the best line is that of all bookmakers, though each has a file and a load of its own", async () => {
  const lines = await linesInEveryOrder(
    file("fd.csv", offer("FanDuel", 18.5)),
    file("dk.csv", offer("DraftKings", 20.5)),
  );
  expect(lines).toEqual([
    "draftkings over 20.5 false",
    "draftkings under 20.5 true",
    "fanduel over 18.5 true",
    "fanduel under 18.5 false",
  ]);
});

it("a best line that goes leaves another the best", async () => {
  const both = [file("fd.csv", offer("FanDuel", 18.5)), file("dk.csv", offer("DraftKings", 20.5))] as const;
  const moved = await directory.storeOf(
    SCHEDULE,
    ...both,
    file("fd.csv", offer("FanDuel", 21.5, "2021-10-19 15:00:00")),
  );
  expect(linesOf(moved)).toContain("draftkings over 20.5 true");
  const withdrawn = offer("FanDuel", 18.5).filter((row) => row.includes(",under,"));
  expect(linesOf(await directory.storeOf(SCHEDULE, ...both, file("fd.csv", withdrawn)))).toEqual([
    "draftkings over 20.5 true",
    "draftkings under 20.5 true",
    "fanduel under 18.5 false",
  ]);
});

it("where a source tells which line is best, none is compared", async () => {
  const told: Files = { "told.csv": [`${HEADER},best`, ...offer("FanDuel", 18.5).map((row) => `${row},false`)] };
  const lines = await linesInEveryOrder(told, file("dk.csv", offer("DraftKings", 20.5)));
  expect(lines).toEqual([
    "draftkings over 20.5 ",
    "draftkings under 20.5 ",
    "fanduel over 18.5 false",
    "fanduel under 18.5 false",
  ]);
});

it("of two offers of a bookmaker the later one is taken, whichever was loaded first; one still offered goes before", async () => {
  const morning = file("am.csv", offer("FanDuel", 18.5, "2021-10-19 09:00:00"));
  expect(await linesInEveryOrder(morning, file("pm.csv", offer("FanDuel", 20.5, "2021-10-19 18:00:00")))).toEqual([
    "fanduel over 20.5 true",
    "fanduel under 20.5 true",
  ]);
  const closed = file("pm.csv", offer("FanDuel", 20.5, "2021-10-19 18:00:00", "false"));
  expect((await linesInEveryOrder(morning, closed))[0]).toBe("fanduel over 18.5 true");
});

it("an offer that is still the same later in the day goes before one in between, whichever was loaded first", async () => {
  const morning = file("am.csv", offer("FanDuel", 18.5, "2021-10-19 09:00:00"));
  const noon = file("noon.csv", offer("FanDuel", 20.5, "2021-10-19 12:00:00"));
  const evening = file("pm.csv", offer("FanDuel", 18.5, "2021-10-19 18:00:00"));
  expect(linesOf(await directory.storeOf(SCHEDULE, morning, evening, noon))[0]).toBe("fanduel over 18.5 true");
});

it("an offer without a time is that of the file that is loaded last", async () => {
  const [high, low] = [file("fd.csv", offer("FanDuel", 20.5, "")), file("fd.csv", offer("FanDuel", 18.5, ""))];
  expect(linesOf(await directory.storeOf(SCHEDULE, high, low))[0]).toBe("fanduel over 18.5 true");
});
