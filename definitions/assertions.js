/**
 * The quality gates in assertions/, one file each. Dataform loads only definitions/, so each file is named here; a file
 * that is not listed would silently not be checked.
 */
require("../assertions/ensemble_within_its_inputs.sqlx");
require("../assertions/one_active_prediction_per_system.sqlx");
require("../assertions/player_game_summary_unique_hashes.sqlx");
require("../assertions/prediction_versions_follow_each_other.sqlx");
require("../assertions/predictions_of_current_features.sqlx");
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
require("../assertions/worker_row_for_every_candidate.sqlx");
