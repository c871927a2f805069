import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "../files.js";
import { MemoryStore } from "../testing.js";

/** Files of one load: lines by name. */
export type Files = Readonly<Record<string, readonly string[]>>;

const LEAGUE_LOG_STATISTICS = "MIN,PTS,FGM,FGA,FG3M,FG3A,FTM,FTA,OREB,DREB,REB,AST,STL,BLK,TOV,PF,PLUS_MINUS";

/** Two games of three days in every CSV layout, by file name: for tests, which damage one of them. */
export const FIXTURE = {
  "schedule.csv": [
    "gid,gcode,etdate,ettime,seri,an,ac,st,stt,h.tid,v.tid,h.ta,v.ta,h.s,v.s,seas",
    "0012100001,20211003/BKNLAL,2021-10-03,15:30:00,,STAPLES Center,Los Angeles,3,Final,1610612747,1610612751,LAL,BKN,97,123,21-22",
    "0022100001,20211019/BKNMIL,2021-10-19,19:30:00,,Fiserv Forum,Milwaukee,3,Final,1610612749,1610612751,MIL,BKN,127,104,21-22",
    "0022100003,20211021/DALMIL,2021-10-21,20:00:00,,Arena de la Ciudad,Mexico City,1,,1610612749,1610612742,MIL,DAL,0,0,21-22",
    "0052100101,20220412/CLEBKN,2022-04-12,19:00:00,,Barclays Center,Brooklyn,3,Final,1610612751,1610612739,BKN,CLE,115,108,21-22",
    "0032100001,20220220/DRTLBN,2022-02-20,20:00:00,,Rocket Mortgage FieldHouse,Cleveland,3,Final,1,2,LBN,DRT,163,160,21-22",
  ],
  "player_box.csv": [
    `PLAYER_ID,PLAYER_NAME,TEAM_ABBREVIATION,GAME_ID,GAME_DATE,${LEAGUE_LOG_STATISTICS}`,
    "201942,Dennis Schröder,BKN,0022100001,2021-10-19,31,20,7,17,2,5,4,4,1,3,4,5,0,0,2,2,-23",
    '203507,"Antetokounmpo Jr., Giannis",MIL,0022100001,2021-10-19,0,32,12,25,1,4,7,9,5,9,14,7,1,2,3,2,23',
  ],
  "team_box.csv": [
    `team_id,team_abbreviation,game_id,game_date,matchup,${LEAGUE_LOG_STATISTICS.toLowerCase()}`,
    "1610612751,BKN,0022100001,2021-10-19,BKN @ MIL,240,104,37,84,17,32,13,23,5,39,44,19,3,9,13,17,-23",
    "1610612749,MIL,0022100001,2021-10-19,MIL vs. BKN,240,127,48,105,17,45,14,18,13,41,54,25,8,9,8,19,23",
  ],
  "shots.csv": [
    "GAME_ID,GAME_EVENT_ID,PLAYER_ID,PLAYER_NAME,TEAM_ID,PERIOD,MINUTES_REMAINING,SECONDS_REMAINING,EVENT_TYPE,SHOT_TYPE,SHOT_DISTANCE,SHOT_MADE_FLAG,assisted",
    "22100001,7,201942,Dennis Schroder,1610612751,1,11,42,Made Shot,3PT Field Goal,26,1,1",
    "22100001,9,203507,G. Antetokounmpo,1610612749,1,11,20,Missed Shot,2PT Field Goal,3,0,0",
  ],
  "game_lines.csv": [
    "season,date,away,home,whos_favored,spread,total,moneyline_away",
    "2022,2021-10-19,bkn,mil,home,1.5,233.5,105",
    "2022,2021-10-21,dal,mil,away,,230,",
  ],
  "injury_transactions.csv": [
    ",Date,Team,Acquired,Relinquished,Notes",
    "1,2021-10-18,Nets,, Dennis Schr?der,placed on IL with sore left ankle",
    "2,2021-10-18,Nets, Dennis Schröder / D. Schroder (Guard),,activated from IL",
    "3,2021-10-20,Bucks,, Ersan Ilyasova,NBA health and safety protocols",
    "4,2022-05-01,Bucks,, Ersan Ilyasova,placed on IL with sore left ankle",
    "5,2021-10-20,Bucks, placed on IL with left knee injury,,activated from IL",
  ],
  "player_props.csv": [
    "player,market,bookmaker,side,line,price,home_team,away_team,game_id,commence_time,source_file",
    "Luka Dončić,player_points,Prize Picks,Over,28.5,-137,Los Angeles Clippers,Dallas Mavericks,abc,2024-10-23T02:00:00Z,10_22_2024",
    "Luka Dončić,player_points,Prize Picks,Under,28.5,-120,Los Angeles Clippers,Dallas Mavericks,abc,2024-10-23T02:00:00Z,10_22_2024",
    "Luka Dončić,player_points,Prize Picks,Over,0.5,-137,Los Angeles Clippers,Dallas Mavericks,abc,2024-10-23T02:00:00Z,10_22_2024",
    "Luka Dončić,player_points,Prize Picks,Over,29.5,-137,Los Angeles Clippers,Dallas Mavericks,abc,2024-10-23T02:00:00Z,10_23_2024",
    "Luka Dončić,player_points,Prize Picks,Under,29.5,-137,Los Angeles Clippers,Dallas Mavericks,abc,2024-10-23T02:00:00Z,10_23_2024",
    "Luka Dončić,player_assists,Prize Picks,Over,8.5,-137,Los Angeles Clippers,Dallas Mavericks,abc,2024-10-23T02:00:00Z,10_22_2024",
  ],
} as const;

export type FixtureFile = keyof typeof FIXTURE;

/** A directory with the named files; a list of lines is joined, undefined leaves a file out. */
export class FixtureDirectory {
  readonly path = mkdtempSync(join(tmpdir(), "fastbreak-files-"));

  write(files: Readonly<Record<string, readonly string[] | Uint8Array | undefined>>): this {
    for (const [name, content] of Object.entries(files)) {
      if (content === undefined) continue;
      const isBytes = content instanceof Uint8Array;
      writeFileSync(join(this.path, name), isBytes ? content : `${content.join("\n")}\n`);
    }
    return this;
  }

  /** Writes some files and loads them into a store. */
  async load(files: Files, store: MemoryStore): Promise<void> {
    this.write(files);
    const paths = Object.keys(files).map((name) => join(this.path, name));
    await store.load(await load(paths, {}));
  }

  /** What is stored after loads one after the other. */
  async storeOf(...loads: readonly Files[]): Promise<MemoryStore> {
    const store = new MemoryStore();
    for (const files of loads) await this.load(files, store);
    return store;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
