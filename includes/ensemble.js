/**
 * What the members of the ensemble are worth (docs/prediction-systems.md): the mean absolute error of each over the dates just
 * before, against that of the best one. Everything is NUMERIC and rounds at every step, so that every engine gets the same.
 */

/** Days before the date that count, and the predictions that must be there before any of it counts. */
const RECORD_DAYS = 30;
const RECORD_GAMES = 400;
/** The share of the best member's error in a member's error is squared this often: its 32nd power is the weight. */
const SQUARINGS = 5;

/**
 * CTEs that end with `record_weights`: game_date, system_id, weight from 0 to 1. `dates` and `errors` are relations, the second
 * like stg_system_errors. A date without a record has no row.
 */
function recordWeights({ dates, errors }) {
  const squared = Array.from(
    { length: SQUARINGS },
    (_, index) =>
      `squared_${index + 1} AS (\n  SELECT game_date, system_id, ROUND(weight * weight, 9) AS weight FROM ${index === 0 ? "shares" : `squared_${index}`}\n)`,
  );
  return `record AS (
  SELECT
    dates.game_date,
    past.system_id,
    ROUND(SAFE_DIVIDE(SUM(past.absolute_error), SUM(past.games)), 3) AS mean_error
  FROM ${dates} AS dates
  JOIN ${errors} AS past
    ON past.game_date BETWEEN DATE_SUB(dates.game_date, INTERVAL ${RECORD_DAYS} DAY) AND DATE_SUB(dates.game_date, INTERVAL 1 DAY)
  GROUP BY dates.game_date, past.system_id
  HAVING SUM(past.games) >= ${RECORD_GAMES}
),

shares AS (
  SELECT
    game_date,
    system_id,
    ROUND(SAFE_DIVIDE(MIN(mean_error) OVER (PARTITION BY game_date), mean_error), 6) AS weight
  FROM record
),

${squared.join(",\n\n")},

record_weights AS (
  SELECT game_date, system_id, weight FROM squared_${SQUARINGS}
)`;
}

module.exports = { RECORD_DAYS, RECORD_GAMES, recordWeights };
