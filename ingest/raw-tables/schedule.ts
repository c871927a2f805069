import { rawTable } from "./raw-table.js";

/** One row per game, played or scheduled. */
export const nbacSchedule = rawTable("nbac_schedule", {
  columns: [
    ["game_id", "STRING", "K"],
    ["nba_game_id", "STRING", "-"],
    ["season_year", "INT64", "Y", "required"],
    ["game_date", "DATE", "Y", "required"],
    ["game_date_est", "TIMESTAMP", "Y"],
    ["game_status", "INT64", "Y", "required"],
    ["home_team_tricode away_team_tricode", "STRING", "Y", "required"],
    ["is_regular_season is_playoffs is_all_star", "BOOL", "Y"],
    ["is_primetime neutral_site_flag", "BOOL", "-"],
    ["arena_timezone", "STRING", "-"],
    ["home_team_score away_team_score", "INT64", "Y"],
    ["winning_team_tricode", "STRING", "Y"],
  ],
  primaryKey: ["game_id"],
  partitionColumn: "game_date",
  clusterBy: ["game_date", "home_team_tricode", "away_team_tricode", "season_year"],
});
