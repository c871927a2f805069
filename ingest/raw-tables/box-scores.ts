import { rawTable } from "./raw-table.js";

const SHOOTING =
  "field_goals_made field_goals_attempted three_pointers_made three_pointers_attempted free_throws_made free_throws_attempted";

/** One row per player and game, the preferred player box score. */
export const nbacGamebookPlayerStats = rawTable("nbac_gamebook_player_stats", {
  columns: [
    ["game_id player_lookup", "STRING", "K"],
    ["game_date", "DATE", "Y", "required"],
    ["season_year", "INT64", "-", "required"],
    ["home_team_abbr away_team_abbr", "STRING", "-", "required"],
    ["team_abbr", "STRING", "Y", "required"],
    ["player_name", "STRING", "-"],
    ["player_status", "STRING", "Y", "required"],
    ["dnp_reason", "STRING", "Y"],
    ["minutes", "STRING", "Y"],
    ["minutes_decimal", "FLOAT64", "-"],
    ["points assists total_rebounds offensive_rebounds defensive_rebounds", "INT64", "Y"],
    ["steals blocks turnovers personal_fouls plus_minus", "INT64", "Y"],
    [SHOOTING, "INT64", "Y"],
  ],
  primaryKey: ["game_id", "player_lookup"],
  partitionColumn: "game_date",
  clusterBy: ["season_year", "team_abbr", "player_status"],
});

/** The fallback player box score. Position is descriptive and therefore not hashed. */
export const bdlPlayerBoxscores = rawTable("bdl_player_boxscores", {
  columns: [
    ["game_id player_lookup", "STRING", "K"],
    ["game_date", "DATE", "Y", "required"],
    ["season_year", "INT64", "-", "required"],
    ["home_team_abbr away_team_abbr", "STRING", "-", "required"],
    ["team_abbr", "STRING", "Y", "required"],
    ["home_team_score away_team_score", "INT64", "Y"],
    ["player_full_name position", "STRING", "-"],
    ["minutes", "STRING", "Y"],
    ["minutes_decimal", "FLOAT64", "-"],
    ["points assists rebounds offensive_rebounds defensive_rebounds", "INT64", "Y"],
    ["steals blocks turnovers personal_fouls", "INT64", "Y"],
    [SHOOTING, "INT64", "Y"],
  ],
  primaryKey: ["game_id", "player_lookup"],
  partitionColumn: "game_date",
  clusterBy: ["player_lookup", "team_abbr"],
});

/** Exactly two rows per game. */
export const nbacTeamBoxscore = rawTable("nbac_team_boxscore", {
  columns: [
    ["game_id team_abbr", "STRING", "K"],
    ["game_date", "DATE", "Y", "required"],
    ["season_year", "INT64", "-", "required"],
    ["nba_game_id", "STRING", "-"],
    ["is_home", "BOOL", "Y", "required"],
    ["minutes", "STRING", "Y"],
    ["fg_made fg_attempted three_pt_made three_pt_attempted ft_made ft_attempted", "INT64", "Y"],
    ["offensive_rebounds defensive_rebounds total_rebounds assists steals blocks", "INT64", "Y"],
    ["turnovers personal_fouls points plus_minus", "INT64", "Y"],
  ],
  primaryKey: ["game_id", "team_abbr"],
  partitionColumn: "game_date",
  clusterBy: ["game_id", "team_abbr"],
});
