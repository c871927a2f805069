import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Rig } from "./rig.js";

const STATISTICS = "MIN,PTS,FGM,FGA,FG3M,FG3A,FTM,FTA,OREB,DREB,REB,AST,STL,BLK,TOV,PF,PLUS_MINUS";
const quotes = (book: string, line: number, snapshot: string, player = "Cam Poe") =>
  ["Over", "Under"].map(
    (side) =>
      `player_points,${book},${side},${line},-110,Indiana Pacers,Los Angeles Lakers,2023-11-09T03:42:00Z,${player},${snapshot}`,
  );

const FILES: Readonly<Record<string, readonly string[]>> = {
  // The schedule's minute is twelve minutes before the start that bookmakers name, and at a neutral site they turn the teams.
  "schedule.csv": [
    "gid,etdate,ettime,ac,st,h.tid,v.tid,h.ta,v.ta,h.s,v.s",
    "0022300101,2023-11-08,22:30:00,Mexico City,3,1610612747,1610612754,LAL,IND,110,101",
  ],
  "player_box.csv": [
    `PLAYER_ID,PLAYER_NAME,TEAM_ABBREVIATION,GAME_ID,GAME_DATE,${STATISTICS}`,
    "1,Cameron Poe Jr.,LAL,0022300101,2023-11-08,31,20,7,17,2,5,4,4,1,3,4,5,0,0,2,2,9",
    "2,Bo Roe,IND,0022300101,2023-11-08,31,20,7,17,2,5,4,4,1,3,4,5,0,0,2,2,9",
  ],
  "odds.csv": [
    "market,bookmaker,side,line,price,home_team,away_team,commence_time,player,snapshot",
    ...quotes("DraftKings", 18.5, "2023-11-08T16:00:00Z"),
    ...quotes("DraftKings", 19.5, "2023-11-09T01:00:00Z"),
    ...quotes("DraftKings", 21.5, "2023-11-09T03:38:00Z"),
    ...quotes("DraftKings", 30.5, "2023-11-09T04:10:00Z"),
    ...quotes("FanDuel", 20.5, "2023-11-09T01:00:00Z"),
    ...quotes("BetMGM", 19.5, "2023-11-09T01:00:00Z"),
    "spreads,DraftKings,Los Angeles Lakers,-4.5,-110,Indiana Pacers,Los Angeles Lakers,2023-11-09T03:42:00Z,,2023-11-09T01:00:00Z",
    "spreads,DraftKings,Los Angeles Lakers,-6.5,-110,Indiana Pacers,Los Angeles Lakers,2023-11-09T03:42:00Z,,2023-11-09T03:38:00Z",
  ],
};

let rig: Rig;
beforeAll(async () => {
  rig = Rig.warehouseProject();
  mkdirSync(join(rig.dir, "in"));
  for (const [name, lines] of Object.entries(FILES)) rig.write(`in/${name}`, `${lines.join("\n")}\n`);
  await rig.load("files", join(rig.dir, "in"));
  const models = ["player_game_summary", "upcoming_team_game_context", "+stg_prop_lines"];
  await rig.run(["--date", "2023-11-08", ...models.flatMap((model) => ["--select", model])]);
});
afterAll(() => rig.remove());

it("a quote finds the game of its event and the player of its name, and opens, moves and closes by time", async () => {
  expect(
    await rig.sql(
      "SELECT player_lookup, opening_line, points_line, line_movement, points_line_source, over_under_result FROM nba_analytics.player_game_summary WHERE points_line IS NOT NULL",
    ),
  ).toEqual([["cameronpoejr", "18.500000000", "21.500000000", "3.000000000", "draftkings", "UNDER"]]);
});

it("the consensus is the median of the bookmakers' latest lines", async () => {
  const { stdout } = await rig.fastbreak(
    "query",
    "--json",
    "SELECT consensus_line, consensus_bookmakers FROM nba_analytics.stg_prop_lines",
  );
  expect(JSON.parse(stdout)).toMatchObject([{ consensus_line: "20.5", consensus_bookmakers: 3 }]);
});

it("a neutral-site game keeps its spread, each team its own sign", async () => {
  expect(
    await rig.sql(
      "SELECT team_abbr, game_spread, spread_movement FROM nba_analytics.upcoming_team_game_context ORDER BY 1",
    ),
  ).toEqual([
    ["IND", "null", "null"],
    ["LAL", "-6.500000000", "-2.000000000"],
  ]);
});
