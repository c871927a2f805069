/** The quality of one night's feature store and the gate in front of the predictions (docs/features.md). */
const { at, indexOf } = require("./features");
const { ratio } = require("./formulas");

/** The five values that every row should have; the first three stand for the projections. */
const REQUIRED = [
  "points_avg_last_5",
  "points_avg_last_10",
  "points_avg_season",
  "team_off_rating",
  "opponent_def_rating",
];

/** How many of the required values of a store row are missing or defaults. */
function missingValues() {
  return REQUIRED.map(
    (name) => `IF(${at(name)} IS NULL OR feature_sources[SAFE_OFFSET(${indexOf(name)})] = 'default', 1, 0)`,
  ).join(" + ");
}

/** The six components over the counts `n` (rows), `n4` (phase4 or mixed), `n3` (phase3), `nm` (mixed), `missing_values`, `k` (Phase 4 tables with rows), `age` (days). */
const COMPONENTS = {
  phase4_availability_score: ratio("40 * n4", "n", 2),
  phase3_fallback_score: `20 - ${ratio("(20 * n3 + 10 * nm)", "n", 2)}`,
  data_freshness_score: "CASE WHEN age <= 0 THEN 15 WHEN age = 1 THEN 12 WHEN age = 2 THEN 8 ELSE 0 END",
  dependency_completeness_score:
    "CASE WHEN k = 4 THEN 15 WHEN k = 3 THEN NUMERIC '11.25' WHEN k = 2 THEN NUMERIC '7.5' ELSE 0 END",
  row_completeness_score:
    "CASE WHEN n >= 400 THEN 5 WHEN n >= 300 THEN 4 WHEN n >= 200 THEN 3 WHEN n >= 100 THEN 1 ELSE 0 END",
  null_field_rate_score: `5 - ${ratio("missing_values", "n", 2)}`,
};

/** Select list of the components; 0 each without rows. */
function components() {
  return Object.entries(COMPONENTS)
    .map(([name, score]) => `CAST(IF(n = 0, 0, ${score}) AS NUMERIC) AS ${name}`)
    .join(",\n    ");
}

/** Their sum. */
function componentSum() {
  return Object.keys(COMPONENTS).join(" + ");
}

/** What a score means. */
function band(score) {
  return `CASE
      WHEN ${score} >= 90 THEN 'Excellent'
      WHEN ${score} >= 80 THEN 'Good'
      WHEN ${score} >= 75 THEN 'Acceptable'
      WHEN ${score} >= 65 THEN 'Warning'
      WHEN ${score} >= 50 THEN 'Critical'
      ELSE 'Fail'
    END`;
}

module.exports = { missingValues, components, componentSum, band };
