import { rawTable } from "./raw-table.js";

/** Append-only availability reports. */
export const nbacInjuryReport = rawTable("nbac_injury_report", {
  columns: [
    ["report_date", "DATE", "K"],
    ["report_hour", "INT64", "-", "required"],
    ["game_date", "DATE", "Y"],
    ["game_id player_lookup", "STRING", "K"],
    ["team injury_status reason reason_category", "STRING", "Y"],
    ["confidence_score", "FLOAT64", "-"],
  ],
  primaryKey: ["player_lookup", "game_id", "report_date", "report_hour"],
  partitionColumn: "report_date",
  clusterBy: ["player_lookup", "game_id"],
});

/** Roster snapshots. */
export const espnTeamRosters = rawTable("espn_team_rosters", {
  columns: [
    ["roster_date", "DATE", "K"],
    ["team_abbr player_lookup", "STRING", "K"],
    ["season_year", "INT64", "-"],
    ["player_full_name", "STRING", "-"],
    ["position_abbr", "STRING", "Y"],
    ["birth_date", "DATE", "Y"],
    ["age", "INT64", "-"],
    ["status", "STRING", "Y"],
  ],
  primaryKey: ["roster_date", "team_abbr", "player_lookup"],
  partitionColumn: "roster_date",
  clusterBy: ["team_abbr"],
});

/** One row per player and season with his latest team. */
export const nbacPlayerListCurrent = rawTable("nbac_player_list_current", {
  columns: [
    ["player_lookup", "STRING", "K"],
    ["player_id", "INT64", "-"],
    ["player_full_name", "STRING", "-"],
    ["team_abbr position", "STRING", "Y"],
    ["birth_date", "DATE", "-"],
    ["is_active", "BOOL", "Y"],
    ["season_year", "INT64", "-", "required"],
  ],
  primaryKey: ["player_lookup", "season_year"],
});

/** The 30 teams and their arenas. All columns are read downstream, so all are hashed. */
export const nbacTeamList = rawTable("nbac_team_list", {
  columns: [
    ["team_abbr", "STRING", "K"],
    ["team_id", "INT64", "Y"],
    ["team_full_name team_city", "STRING", "Y"],
    ["arena_latitude arena_longitude", "FLOAT64", "Y"],
    ["arena_timezone", "STRING", "Y"],
  ],
  primaryKey: ["team_abbr"],
});

/** The player registry. The display name is not hashed, so that hashed text stays ASCII. */
export const nbaPlayersRegistry = rawTable("nba_players_registry", {
  columns: [
    ["player_lookup", "STRING", "K"],
    ["universal_player_id", "STRING", "Y"],
    ["player_name", "STRING", "-"],
    ["team_abbr season", "STRING", "K"],
    ["position", "STRING", "Y"],
    ["first_game_date last_game_date", "DATE", "Y"],
  ],
  primaryKey: ["player_lookup", "team_abbr", "season"],
});
