/**
 * The quality gates in assertions/, one file each. Dataform loads only definitions/, so each file is named here; a file
 * that is not listed would silently not be checked.
 */
require("../assertions/composite_source_hashes.sqlx");
require("../assertions/daily_cache_source_hashes.sqlx");
require("../assertions/feature_store_gate.sqlx");
require("../assertions/feature_store_players.sqlx");
require("../assertions/feature_store_source_hashes.sqlx");
require("../assertions/feature_store_strict.sqlx");
require("../assertions/feature_store_values.sqlx");
require("../assertions/ml_feature_store_v2_unique_hashes.sqlx");
require("../assertions/player_composite_factors_unique_hashes.sqlx");
require("../assertions/player_daily_cache_unique_hashes.sqlx");
require("../assertions/player_game_summary_unique_hashes.sqlx");
require("../assertions/player_shot_zone_analysis_unique_hashes.sqlx");
require("../assertions/team_defense_game_summary_unique_hashes.sqlx");
require("../assertions/team_defense_zone_analysis_unique_hashes.sqlx");
require("../assertions/team_offense_game_summary_unique_hashes.sqlx");
require("../assertions/team_offense_key.sqlx");
require("../assertions/team_offense_values.sqlx");
require("../assertions/team_points_equal_player_points.sqlx");
require("../assertions/thirty_team_defense_rows.sqlx");
require("../assertions/two_context_rows_per_game.sqlx");
require("../assertions/two_defense_rows_per_game.sqlx");
require("../assertions/two_offense_rows_per_game.sqlx");
require("../assertions/upcoming_player_game_context_unique_hashes.sqlx");
require("../assertions/upcoming_team_game_context_unique_hashes.sqlx");
