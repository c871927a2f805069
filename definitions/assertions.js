/**
 * The quality gates in assertions/, one file each. Dataform loads only definitions/, so each file is named here; a file
 * that is not listed would silently not be checked.
 */
require("../assertions/player_game_summary_unique_hashes.sqlx");
require("../assertions/team_defense_game_summary_unique_hashes.sqlx");
require("../assertions/team_offense_game_summary_unique_hashes.sqlx");
require("../assertions/team_offense_key.sqlx");
require("../assertions/team_offense_values.sqlx");
require("../assertions/team_points_equal_player_points.sqlx");
require("../assertions/two_context_rows_per_game.sqlx");
require("../assertions/two_defense_rows_per_game.sqlx");
require("../assertions/two_offense_rows_per_game.sqlx");
require("../assertions/upcoming_player_game_context_unique_hashes.sqlx");
require("../assertions/upcoming_team_game_context_unique_hashes.sqlx");
