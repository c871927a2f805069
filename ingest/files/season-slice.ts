const STATISTICS = "MIN,PTS,FGM,FGA,FG3M,FG3A,FTM,FTA,OREB,DREB,REB,AST,STL,BLK,TOV,PF,PLUS_MINUS";
const LINE = "20,7,17,2,5,4,4,1,3,4,5,0,0,2,2";

/**
 * A slice of a season as collectors leave it, by file name: games that move, are called off, are missing in the schedule or
 * of an odd kind, namesakes, a new name, names that sources spell differently, play-by-play beside a shot chart, and lines
 * from three sources. For tests.
 */
export const SEASON_SLICE: Readonly<Record<string, readonly string[]>> = {
  "schedule.csv": [
    "gid,gcode,etdate,ettime,ac,st,stt,h.tid,v.tid,h.ta,v.ta,h.s,v.s,seas",
    "0022300101,20231108/INDLAL,2023-11-08,22:30:00,Los Angeles,3,Final,1610612747,1610612754,LAL,IND,110,101,23-24",
    "0022300102,20231110/LALIND,2023-11-10,19:00:00,Indianapolis,3,Final,1610612754,1610612747,IND,LAL,99,104,23-24",
    "0022300103,20231112/BKNLAL,2023-11-12,21:30:00,Los Angeles,1,9:30 pm ET,1610612747,1610612751,LAL,NJN,0,0,23-24",
    "0022300104,20231114/INDBKN,2023-11-14,TBD,Brooklyn,3,Final,1610612751,1610612754,BKN,IND,0,0,23-24",
    "0022300106,20231120/LALBKN,2023-11-20,19:30:00,Mexico City,1,7:30 pm ET,1610612751,1610612747,BKN,LAL,0,0,23-24",
    "0062300001,20231209/INDLAL,2023-12-09,20:30:00,Las Vegas,3,Final,1610612747,1610612754,LAL,IND,123,109,23-24",
  ],
  "player_box_november.csv": [
    `PLAYER_ID,PLAYER_NAME,TEAM_ABBREVIATION,GAME_ID,GAME_DATE,MATCHUP,${STATISTICS}`,
    `9000001,Ana Doe,LAL,0022300101,2023-11-08,LAL vs. IND,31,${LINE},9`,
    `9000002,Bo Roe Jr.,IND,0022300101,2023-11-08,IND @ LAL,30:30,${LINE},-9`,
    `9000077,Ana Doe,IND,0022300101,2023-11-08,IND @ LAL,10,${LINE},-9`,
    `9000003,Nicolas Poe,IND,0022300101,2023-11-08,IND @ LAL,,,,,,,,,,,,,,,,,`,
    `9000001,Ana Doe,LAL,0022300102,2023-11-11,LAL @ IND,32,${LINE},5`,
    `9000004,Enes Old,IND,0022300102,2023-11-11,IND vs. LAL,22,${LINE},-5`,
  ],
  "player_box_december.csv": [
    `PLAYER_ID,PLAYER_NAME,TEAM_ABBREVIATION,GAME_ID,GAME_DATE,MATCHUP,${STATISTICS}`,
    `9000004,Enes New,IND,0022300105,2023-12-01,IND @ BKN,22,${LINE},-5`,
    `9000005,Jakob Pöltl,BKN,0022300105,2023-12-01,BKN vs. IND,28,${LINE},5`,
    `9000006,Di Voe,XXX,0022300105,2023-12-01,XXX vs. IND,28,${LINE},5`,
    `9000007,Ed Loe,YYY,0022300105,2023-12-01,BKN vs. IND,28,${LINE},5`,
  ],
  "team_box.csv": [
    `team_id,team_abbreviation,game_id,game_date,matchup,${STATISTICS.toLowerCase()}`,
    `1610612747,LAL,0022300101,2023-11-08,LAL vs. IND,240,110,${LINE.slice(3)},9`,
    `1610612754,IND,0022300101,2023-11-08,IND @ LAL,240,101,${LINE.slice(3)},-9`,
    `1610612751,BKN,0022300105,2023-12-01,BKN vs. IND,240,98,${LINE.slice(3)},5`,
    `1610612754,IND,0022300105,2023-12-01,IND @ BKN,240,93,${LINE.slice(3)},-5`,
  ],
  "shots.csv": [
    "GAME_ID,GAME_EVENT_ID,PLAYER_ID,PLAYER_NAME,TEAM_ID,PERIOD,MINUTES_REMAINING,SECONDS_REMAINING,EVENT_TYPE,SHOT_TYPE,SHOT_DISTANCE,SHOT_MADE_FLAG",
    "0022300101,7,9000001,A. Doe,1610612747,1,11,42,Made Shot,3PT Field Goal,26,1",
    "0022300101,9,9000077,A. Doe,1610612754,1,11,20,Missed Shot,2PT Field Goal,3,0",
    "0022300102,7,9000001,A. Doe,1610612747,1,11,42,Made Shot,3PT Field Goal,27,1",
  ],
  "play_by_play_v2.csv": [
    "GAME_ID,EVENTNUM,EVENTMSGTYPE,PERIOD,PCTIMESTRING,HOMEDESCRIPTION,NEUTRALDESCRIPTION,VISITORDESCRIPTION,SCORE,PLAYER1_ID,PLAYER1_NAME,PLAYER1_TEAM_ID,PLAYER2_ID,PLAYER2_NAME,PLAYER2_TEAM_ID,PLAYER3_ID,PLAYER3_NAME,PLAYER3_TEAM_ID",
    "0022300101,7,1,1,11:42,Doe 26' 3PT Jump Shot (3 PTS),,,0 - 3,9000001,Ana Doe,1610612747,0,,,0,,",
    "0022300101,9,2,1,11:20,Doe BLOCK (1 BLK),,MISS Doe Layup,,9000077,Ana Doe,1610612754,0,,,9000001,Ana Doe,1610612747",
    "0022300101,12,3,1,11:02,Doe Free Throw 1 of 2 (4 PTS),,,0 - 4,9000001,Ana Doe,1610612747,0,,,0,,",
  ],
  "game_lines.csv": [
    "season,date,away,home,whos_favored,spread,total",
    "2024,2023-11-08,ind,lal,home,5.5,233.5",
    "2024,2023-11-12,bkn,lal,away,1,230",
    "2024,2023-11-20,bkn,lal,home,2,228",
  ],
  "odds.csv": [
    "market,bookmaker,side,line,price,home_team,away_team,commence_time,player,snapshot",
    ...quotes("Ana Doe", 20.5, "2023-11-08T20:00:00Z"),
    ...quotes("Ana Doe", 21.5, "2023-11-09T03:35:00Z"),
    ...quotes("Bo Roe", 12.5, "2023-11-08T20:00:00Z"),
    ...quotes("Nic Poe", 4.5, "2023-11-08T20:00:00Z"),
    ...quotes("Nobody Known", 4.5, "2023-11-08T20:00:00Z"),
    "spreads,DraftKings,Los Angeles Lakers,-5.5,-110,Los Angeles Lakers,Indiana Pacers,2023-11-09T03:40:00Z,,2023-11-09T03:35:00Z",
    "spreads,DraftKings,Indiana Pacers,5.5,-110,Los Angeles Lakers,Indiana Pacers,2023-11-09T03:40:00Z,,2023-11-09T03:35:00Z",
    "totals,DraftKings,Over,233.5,-110,Los Angeles Lakers,Indiana Pacers,2023-11-09T03:40:00Z,,2023-11-09T03:45:00Z",
  ],
  "injury_report_2023-11-08_05PM.csv": [
    "Game Date,Game Time,Matchup,Team,Player Name,Current Status,Reason",
    '11/08/2023,10:30 (ET),IND@LAL,Indiana Pacers,"Roe, Bo",Questionable,Injury/Illness - Left Ankle; Sprain',
    '11/08/2023,10:30 (ET),IND@LAL,Indiana Pacers,"Poe, Nicolas",Out,G League - On Assignment',
    "11/08/2023,10:30 (ET),IND@LAL,Los Angeles Lakers,,,NOT YET SUBMITTED",
  ],
  "injury_transactions.csv": [
    ",Date,Team,Acquired,Relinquished,Notes",
    "1,2023-11-08,Pacers,, Nic Poe,placed on IL with sore left ankle",
    "2,2023-11-08,Pacers, Nic Poe,,activated from IL",
    "3,2023-11-12,Nets,, Jakob P?ltl,placed on IL with illness",
  ],
  "rosters_2023-11-01.csv": [
    "TeamID,SEASON,PLAYER,POSITION,BIRTH_DATE,AGE,PLAYER_ID",
    '1610612747,2023,Ana Doe,G,"NOV 15, 1995",27,9000001',
    '1610612754,2023,Nicolas Poe,F-C,"JAN 02, 2001",22,9000003',
    '1610612751,2023,Jakob Poeltl,C,"OCT 15, 1995",28,9000005',
  ],
};

/** Both sides of a points line. */
function quotes(player: string, line: number, snapshot: string): string[] {
  return ["Over", "Under"].map(
    (side) =>
      `player_points,DraftKings,${side},${line},-110,Los Angeles Lakers,Indiana Pacers,2023-11-09T03:40:00Z,${player},${snapshot}`,
  );
}
