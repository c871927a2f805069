/** How alike two games are (docs/prediction-systems.md). Tiers, buckets and forms are numbers, so that neighbours differ by 1. */

/** Mean over the rows before the current one, all of them or the last `last`; NUMERIC, NULL without any. */
function mean(value, window, last) {
  const frame = `${window} ROWS BETWEEN ${last ?? "UNBOUNDED"} PRECEDING AND 1 PRECEDING`;
  return `SAFE_DIVIDE(CAST(SUM(${value}) OVER (${frame}) AS NUMERIC), COUNT(${value}) OVER (${frame}))`;
}

/** Defence of the opponent: 0 elite, 1 average, 2 weak; unknown is average. */
function tier(rating) {
  return `CASE WHEN ${rating} < 110 THEN 0 WHEN ${rating} >= 115 THEN 2 ELSE 1 END`;
}

/** 0 back-to-back, 1 one day, 2 two days, 3 well rested; unknown is one day. */
function restBucket(daysRest) {
  return `LEAST(IFNULL(${daysRest}, 1), 3)`;
}

/** 1 hot, -1 cold, 0 normal: points of the last games above or below the season's mean. */
function form(difference) {
  return `CASE WHEN ${difference} >= 3 THEN 1 WHEN ${difference} <= -3 THEN -1 ELSE 0 END`;
}

/** Similarity 5-100 of two games whose columns have the prefixes `a` and `b`. */
function score(a, b) {
  const distance = (column) => `ABS(${a}.${column} - ${b}.${column})`;
  const byDistance = (column, same, adjacent) =>
    `CASE ${distance(column)} WHEN 0 THEN ${same} WHEN 1 THEN ${adjacent} ELSE 0 END`;
  return (
    `${byDistance("opponent_tier", 40, 20)} + ${byDistance("rest_bucket", 30, 15)}` +
    ` + IF(${a}.home_game = ${b}.home_game, 15, 0) + IF(${a}.form = ${b}.form, 15, 5)`
  );
}

module.exports = { mean, tier, restBucket, form, score };
