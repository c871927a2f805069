import { type RawTable, rawTable } from "./raw-table.js";

function playByPlay(name: string): RawTable {
  return rawTable(name, {
    columns: [
      ["game_id event_id", "STRING", "K"],
      ["event_sequence", "INT64", "Y", "required"],
      ["game_date", "DATE", "Y", "required"],
      ["season_year", "INT64", "-"],
      ["period game_clock_seconds", "INT64", "Y"],
      ["event_type player_1_lookup player_1_team_abbr", "STRING", "Y"],
      ["player_2_lookup player_2_team_abbr player_2_role", "STRING", "Y"],
      ["shot_made", "BOOL", "Y"],
      ["shot_type", "STRING", "Y"],
      ["shot_distance", "FLOAT64", "Y"],
      ["score_home score_away", "INT64", "Y"],
    ],
    primaryKey: ["game_id", "event_id"],
    partitionColumn: "game_date",
    clusterBy: ["game_id", "period"],
  });
}

/** The preferred source of shot events. */
export const bigdataballPlayByPlay = playByPlay("bigdataball_play_by_play");

/** The backup source of shot events, same columns. */
export const nbacPlayByPlay = playByPlay("nbac_play_by_play");
