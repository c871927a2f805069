import { rawTable } from "./raw-table.js";

/** One row per bookmaker, market, outcome and snapshot; prices move without the line moving, so they are not hashed. */
export const oddsApiGameLines = rawTable("odds_api_game_lines", {
  columns: [
    ["game_id bookmaker_key market_key outcome_name", "STRING", "K"],
    ["snapshot_timestamp", "TIMESTAMP", "-", "required"],
    ["game_date", "DATE", "Y", "required"],
    ["home_team_abbr away_team_abbr", "STRING", "-"],
    ["outcome_point", "FLOAT64", "Y"],
    ["outcome_price", "FLOAT64", "-"],
  ],
  primaryKey: ["game_id", "bookmaker_key", "market_key", "outcome_name", "snapshot_timestamp"],
  partitionColumn: "game_date",
  clusterBy: ["game_id", "bookmaker_key", "market_key"],
});

/** The preferred player points lines, one row per bookmaker and snapshot. */
export const oddsApiPlayerPointsProps = rawTable("odds_api_player_points_props", {
  columns: [
    ["game_id player_lookup bookmaker", "STRING", "K"],
    ["snapshot_timestamp", "TIMESTAMP", "-", "required"],
    ["game_date", "DATE", "Y", "required"],
    ["points_line", "FLOAT64", "Y", "required"],
    ["over_price_american under_price_american minutes_before_tipoff", "INT64", "-"],
  ],
  primaryKey: ["game_id", "player_lookup", "bookmaker", "snapshot_timestamp"],
  partitionColumn: "game_date",
  clusterBy: ["player_lookup", "bookmaker"],
});

/** The backup player points lines. */
export const bettingprosPlayerPointsProps = rawTable("bettingpros_player_points_props", {
  columns: [
    ["game_date", "DATE", "K"],
    ["player_lookup bookmaker bet_side", "STRING", "K"],
    ["points_line", "FLOAT64", "Y"],
    ["opening_line", "FLOAT64", "-"],
    ["is_best_line", "BOOL", "Y"],
    ["is_active", "BOOL", "-"],
    ["odds_american", "INT64", "-"],
    ["bookmaker_last_update", "TIMESTAMP", "-"],
  ],
  primaryKey: ["game_date", "player_lookup", "bookmaker", "bet_side"],
  partitionColumn: "game_date",
  clusterBy: ["player_lookup", "bookmaker"],
});
