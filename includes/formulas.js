/**
 * The basic formulas, exact: whole numbers up to the one division, which is in NUMERIC. Never FLOAT64, whose sums depend on
 * their order. The 0.44 of a free throw makes everything that counts possessions a whole number of hundredths.
 */

/** `numerator / denominator` in NUMERIC (nine decimals); NULL where the denominator is zero or NULL. */
function share(numerator, denominator) {
  return `CAST(${numerator} AS NUMERIC) / NULLIF(CAST(${denominator} AS NUMERIC), 0)`;
}

/** `numerator / denominator` rounded half away from zero; NULL where the denominator is zero or NULL. */
function ratio(numerator, denominator, decimals) {
  return `ROUND(${share(numerator, denominator)}, ${decimals})`;
}

/** Plays used, in hundredths: field-goal attempts + 0.44 x free-throw attempts + turnovers. */
function playHundredths({ fieldGoals, freeThrows, turnovers }) {
  return `(100 * ${fieldGoals} + 44 * ${freeThrows} + 100 * ${turnovers})`;
}

/** Possessions, in hundredths: field-goal attempts + 0.44 x free-throw attempts + turnovers - offensive rebounds. */
function possessionHundredths({ fieldGoals, freeThrows, turnovers, offensiveRebounds }) {
  return `(100 * ${fieldGoals} + 44 * ${freeThrows} + 100 * ${turnovers} - 100 * ${offensiveRebounds})`;
}

/** Points per 100 possessions. */
function rating(points, possessionHundredthsColumn) {
  return ratio(`10000 * ${points}`, possessionHundredthsColumn, 2);
}

/** Points per 2 x (field-goal attempts + 0.44 x free-throw attempts). */
function trueShooting(points, fieldGoals, freeThrows) {
  return ratio(`100 * ${points}`, `200 * ${fieldGoals} + 88 * ${freeThrows}`, 3);
}

/** (field goals made + half the three-pointers made) / field-goal attempts. */
function effectiveFieldGoals(makes, threes, attempts) {
  return ratio(`2 * ${makes} + ${threes}`, `2 * ${attempts}`, 3);
}

/** Seconds in "MM:SS" or "MM"; NULL if the text is neither. */
function secondsOf(minutesText) {
  return (
    `60 * SAFE_CAST(SPLIT(${minutesText}, ':')[SAFE_OFFSET(0)] AS INT64)` +
    ` + IFNULL(SAFE_CAST(SPLIT(${minutesText}, ':')[SAFE_OFFSET(1)] AS INT64), 0)`
  );
}

/** Whole minutes in front of the colon of a team's "240:00". */
function teamMinutesOf(minutesText) {
  return `SAFE_CAST(SPLIT(${minutesText}, ':')[SAFE_OFFSET(0)] AS INT64)`;
}

/** "2021-22" for 2021. */
function seasonName(seasonYear) {
  return `CONCAT(CAST(${seasonYear} AS STRING), '-', LPAD(CAST(MOD(${seasonYear} + 1, 100) AS STRING), 2, '0'))`;
}

/** First year of the season that a date belongs to: seasons start in October. */
function seasonOf(date) {
  return `(EXTRACT(YEAR FROM ${date}) - IF(EXTRACT(MONTH FROM ${date}) < 10, 1, 0))`;
}

/** Great-circle distance in whole miles (haversine, mean earth radius 3,958.8 miles). */
function haversineMiles(latitude1, longitude1, latitude2, longitude2) {
  const radians = (degrees) => `((${degrees}) * ACOS(-1) / 180)`;
  const halfSine = (a, b) => `POW(SIN(${radians(`${a} - ${b}`)} / 2), 2)`;
  const chord =
    `${halfSine(latitude2, latitude1)} + COS(${radians(latitude1)}) * COS(${radians(latitude2)})` +
    ` * ${halfSine(longitude2, longitude1)}`;
  return `CAST(ROUND(2 * 3958.8 * ASIN(SQRT(LEAST(1.0, ${chord})))) AS INT64)`;
}

module.exports = {
  share,
  ratio,
  playHundredths,
  possessionHundredths,
  rating,
  trueShooting,
  effectiveFieldGoals,
  secondsOf,
  teamMinutesOf,
  seasonName,
  seasonOf,
  haversineMiles,
};
