/** Means over a player's or a team's recent games: `recency` 1 is the latest game before the date that is prepared. */

/** Mean of a column over the games that satisfy a condition, unknown values left out, rounded half away from zero. */
function mean(column, condition, decimals) {
  return `ROUND(AVG(IF(${condition}, CAST(${column} AS NUMERIC), NULL)), ${decimals})`;
}

/** Mean over the last `games` games. */
function meanOfLast(games, column, decimals) {
  return mean(column, `recency <= ${games}`, decimals);
}

/**
 * Sample standard deviation of whole numbers over the last `games` games, two decimals; NULL with fewer than two games.
 * The sums are exact, and division and square root of IEEE 754 are correctly rounded: every engine gets the same bits.
 */
function sampleDeviationOfLast(games, column) {
  const values = `IF(recency <= ${games}, ${column}, NULL)`;
  const n = `COUNT(${values})`;
  const squares = `SUM(${values} * ${values})`;
  const sum = `SUM(${values})`;
  return `ROUND(CAST(SQRT((${n} * ${squares} - ${sum} * ${sum}) / NULLIF(${n} * (${n} - 1), 0)) AS NUMERIC), 2)`;
}

module.exports = { mean, meanOfLast, sampleDeviationOfLast };
