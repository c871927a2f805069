import { digest16 } from "../ingest/data-hash.js";
import type { Transaction } from "../runner/api/index.js";
import type { Dataset } from "./boost.js";

/** A player's features before a game and the points he then scored. */
export interface PlayerGame {
  readonly date: string;
  /** In index order, micros. */
  readonly features: readonly number[];
  readonly points: number;
}

export interface PlayerGames {
  readonly rows: readonly PlayerGame[];
  /** Digest of everything that was read. */
  readonly hash: string;
}

/** How many features the current version of the vector has. */
export const FEATURE_COUNT = 25;

/** The season average: what a prediction must beat to be worth anything. */
export const SEASON_AVERAGE = 2;

/** The tables and views that training reads. */
export const SOURCES = [
  "nba_predictions.stg_prediction_features",
  "nba_predictions.stg_prediction_candidates",
  "nba_analytics.player_game_summary",
] as const;

/**
 * Reads the games of a window that would have been predicted and were played: features as they stood before each game, joined
 * with the points really scored, ordered by date and player.
 */
export async function readPlayerGames(transaction: Transaction, from: string, to: string): Promise<PlayerGames> {
  const micros = Array.from(
    { length: FEATURE_COUNT },
    (_, index) => `CAST(1000000 * ROUND(features.f${index}, 6) AS INT64)`,
  );
  const { rows } = await transaction.query(
    `SELECT CAST(features.game_date AS STRING), features.source_ml_features_hash, game.points, ${micros.join(", ")}
    FROM nba_predictions.stg_prediction_features AS features
    JOIN nba_predictions.stg_prediction_candidates AS candidate
      ON candidate.game_date = features.game_date AND candidate.player_lookup = features.player_lookup
    JOIN nba_analytics.player_game_summary AS game
      ON game.game_id = features.game_id AND game.player_lookup = features.player_lookup
    WHERE candidate.is_candidate AND features.game_date BETWEEN DATE '${from}' AND DATE '${to}'
    ORDER BY features.game_date, features.player_lookup`,
  );
  return {
    rows: rows.map(([date, , points, ...features]) => ({
      date: String(date),
      points: Number(points),
      features: features.map(Number),
    })),
    hash: digest16(rows.map(([date, hash, points]) => `${date} ${hash} ${points}`).join("\n")),
  };
}

/** The dates on which somebody who would have been predicted has played, in order. */
export async function playedDates(transaction: Transaction): Promise<string[]> {
  const { rows } = await transaction.query(
    `SELECT DISTINCT CAST(features.game_date AS STRING) AS game_date
    FROM nba_predictions.stg_prediction_features AS features
    JOIN nba_predictions.stg_prediction_candidates AS candidate
      ON candidate.game_date = features.game_date AND candidate.player_lookup = features.player_lookup
    JOIN nba_analytics.player_game_summary AS game
      ON game.game_id = features.game_id AND game.player_lookup = features.player_lookup
    WHERE candidate.is_candidate
    ORDER BY game_date`,
  );
  return rows.map(([date]) => String(date));
}

/** Rows as columns. */
export function datasetOf(rows: readonly PlayerGame[]): Dataset {
  const column = (index: number) => Float64Array.from(rows, ({ features }) => features[index] as number);
  return {
    columns: Array.from({ length: FEATURE_COUNT }, (_, index) => column(index)),
    target: Float64Array.from(rows, ({ points }) => points),
  };
}
