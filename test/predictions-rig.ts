import { createHash } from "node:crypto";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { Rig, ROOT, type RunDocument } from "./rig.js";

/** The vector of the worked example of docs/prediction-systems.md. */
export const EXAMPLE = [
  22, 21, 20, 5, 3, 85, 2, 1, 0.5, 1, 0, 0, 1, 116, 101, 1, 0, 0, 0.46, 0.14, 0.4, 0.18, 101, 114, 0.6,
];

export interface FeatureRow {
  readonly player: string;
  readonly date: string;
  readonly features: readonly (number | null)[];
  readonly quality?: number;
  readonly daysRest?: number;
  readonly hash?: string;
  readonly earlySeason?: boolean;
}

export interface ContextRow {
  readonly player: string;
  readonly date: string;
  readonly line?: number;
  readonly minutes?: number | null;
  readonly status?: string;
  readonly average?: number;
}

export interface GameRow {
  readonly player: string;
  readonly date: string;
  readonly points: number;
  readonly opponent?: string;
  readonly home?: boolean;
  readonly daysRest?: number;
  /** Defensive rating of the opponent in this game. */
  readonly rating?: number;
}

const TABLES = `
  CREATE SCHEMA nba_predictions; CREATE SCHEMA nba_analytics; CREATE SCHEMA nba_raw;
  CREATE TABLE nba_predictions.ml_feature_store_v2 (
    player_lookup VARCHAR, universal_player_id VARCHAR, game_date DATE, game_id VARCHAR, features DOUBLE[],
    feature_names VARCHAR[], feature_sources VARCHAR[], feature_version VARCHAR, feature_quality_score DECIMAL(38,9),
    days_rest BIGINT, data_source VARCHAR, phase3_fallback_used BOOLEAN, early_season_flag BOOLEAN, data_hash VARCHAR,
    insufficient_data_reason VARCHAR);
  CREATE TABLE nba_predictions.ml_feature_store_v2_quality_metrics (
    analysis_date DATE, gate_passed BOOLEAN, gate_reason VARCHAR, quality_score DECIMAL(38,9),
    fallback_rate_pct DECIMAL(38,9));
  CREATE TABLE nba_raw.nbac_player_list_current (
    player_lookup VARCHAR, player_id BIGINT, player_full_name VARCHAR, season_year BIGINT);
  CREATE TABLE nba_analytics.upcoming_player_game_context (
    player_lookup VARCHAR, universal_player_id VARCHAR, game_date DATE, game_id VARCHAR,
    avg_minutes_per_game_last_7 DECIMAL(38,9), player_status VARCHAR, current_points_line DECIMAL(38,9),
    points_avg_last_5 DECIMAL(38,9), points_avg_last_10 DECIMAL(38,9));
  CREATE TABLE nba_analytics.stg_prop_lines (
    game_date DATE, player_lookup VARCHAR, current_line DECIMAL(38,9), over_price BIGINT, under_price BIGINT);
  CREATE TABLE nba_analytics.player_game_summary (
    player_lookup VARCHAR, game_id VARCHAR, game_date DATE, season_year BIGINT, opponent_team_abbr VARCHAR,
    home_game BOOLEAN, days_rest BIGINT, points BIGINT);
  CREATE TABLE nba_analytics.team_defense_game_summary (
    defending_team_abbr VARCHAR, game_id VARCHAR, game_date DATE, season_year BIGINT, defensive_rating DECIMAL(38,9));`;

/** The Phase 5 models on hand-made upstream tables. */
export class PredictionsRig {
  private constructor(readonly rig: Rig) {}

  static async create(): Promise<PredictionsRig> {
    const rig = Rig.empty();
    for (const name of ["includes", "definitions/predictions", "dataform.json", "package.json"]) {
      cpSync(join(ROOT, name), join(rig.dir, name), { recursive: true });
    }
    rig.write("fastbreak.json", JSON.stringify({ stateDataset: "nba_orchestration" }));
    const declared = [
      ["nba_orchestration", "circuit_breaker_state"],
      ["nba_orchestration", "model_runs"],
      ["nba_predictions", "ml_feature_store_v2"],
      ["nba_predictions", "ml_feature_store_v2_quality_metrics"],
      ["nba_raw", "nbac_player_list_current"],
      ["nba_analytics", "upcoming_player_game_context"],
      ["nba_analytics", "stg_prop_lines"],
      ["nba_analytics", "player_game_summary"],
      ["nba_analytics", "team_defense_game_summary"],
    ];
    rig.write(
      "definitions/sources.js",
      declared.map(([schema, name]) => `declare({ schema: "${schema}", name: "${name}" });`).join("\n"),
    );
    rig.bringLibrary();
    await rig.sql(TABLES);
    return new PredictionsRig(rig);
  }

  run(args: readonly string[], code = 0): Promise<RunDocument> {
    return this.rig.run(args, code);
  }

  sql(query: string): Promise<string[][]> {
    return this.rig.sql(query);
  }

  /** Rows of a DuckDB query, each as one text. */
  async lines(query: string): Promise<string[]> {
    return (await this.sql(query)).map((row) => row.join(" "));
  }

  remove(): void {
    this.rig.remove();
  }

  /** Opens or closes the gate of dates. */
  async gate(isOpen: boolean, ...dates: readonly string[]): Promise<void> {
    for (const date of dates) {
      await this.rig.sql(
        `DELETE FROM nba_predictions.ml_feature_store_v2_quality_metrics WHERE analysis_date = DATE '${date}'`,
      );
      await this.rig.sql(
        `INSERT INTO nba_predictions.ml_feature_store_v2_quality_metrics VALUES (DATE '${date}', ${isOpen}, '${isOpen ? "ready" : "quality too low"}', ${isOpen ? 90 : 70}, 0)`,
      );
    }
  }

  async addFeatures(...rows: readonly FeatureRow[]): Promise<void> {
    const values = rows.map(
      ({ player, date, features, quality = 100, daysRest = 1, hash, earlySeason = false }) =>
        `('${player}', '${player}_001', DATE '${date}', '${gameId(date)}', ${listOf(features)}, ['points_avg_last_5'], ` +
        `['phase4'], 'v1_baseline_25', ${quality}, ${daysRest}, 'phase4', FALSE, ${earlySeason}, '${hash ?? hashOf(player, date)}', NULL)`,
    );
    await this.sql(`INSERT INTO nba_predictions.ml_feature_store_v2 VALUES ${values.join(", ")}`);
  }

  /** Replaces a player's vector. */
  async setFeatures(player: string, features: readonly number[], hash: string): Promise<void> {
    await this.rig.sql(
      `UPDATE nba_predictions.ml_feature_store_v2 SET features = ${listOf(features)}, data_hash = '${hash}' WHERE player_lookup = '${player}'`,
    );
  }

  async addContext(...rows: readonly ContextRow[]): Promise<void> {
    const values = rows.map(
      ({ player, date, line, minutes = 30, status, average }) =>
        `('${player}', '${player}_001', DATE '${date}', '${gameId(date)}', ${minutes}, ` +
        `${status === undefined ? "NULL" : `'${status}'`}, ${line ?? "NULL"}, ${average ?? "NULL"}, NULL)`,
    );
    await this.sql(`INSERT INTO nba_analytics.upcoming_player_game_context VALUES ${values.join(", ")}`);
  }

  /** Played games, each with the row of the opponent's defence. */
  async addGames(...rows: readonly GameRow[]): Promise<void> {
    const players = rows.map(
      ({ player, date, points, opponent = "BOS", home = true, daysRest = 1 }) =>
        `('${player}', '${gameId(date)}', DATE '${date}', 2021, '${opponent}', ${home}, ${daysRest}, ${points})`,
    );
    const defences = rows.map(
      ({ date, opponent = "BOS", rating = 112 }) =>
        `('${opponent}', '${gameId(date)}', DATE '${date}', 2021, ${rating})`,
    );
    await this.sql(`INSERT INTO nba_analytics.player_game_summary VALUES ${players.join(", ")}`);
    await this.sql(
      `INSERT INTO nba_analytics.team_defense_game_summary SELECT DISTINCT * FROM (VALUES ${defences.join(", ")})`,
    );
  }
}

function listOf(values: readonly (number | null)[]): string {
  return `[${values.map((value) => value ?? "NULL").join(", ")}]::DOUBLE[]`;
}

function gameId(date: string): string {
  return `${date.replaceAll("-", "")}_CHI_LAL`;
}

/** Any hash that tells the rows apart. */
function hashOf(player: string, date: string): string {
  return createHash("sha256").update(`${player} ${date}`).digest("hex").slice(0, 16);
}
