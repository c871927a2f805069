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

/** The needed metrics that no row of a date has: neither Phase 4 nor Phase 3 told them, so that the store holds defaults alone. */
function metricsNobodyHas() {
  return REQUIRED.map(
    (name) =>
      `IF(COUNTIF(NOT early_season_flag AND feature_sources[SAFE_OFFSET(${indexOf(name)})] != 'default') = 0, '${name}', NULL)`,
  );
}

/** The incident that a night is (operations): `n` rows are literal, whatever the slate. */
function severity({ score, rows, fallback }) {
  return `CASE
      WHEN ${score} < 50 OR ${rows} < 100 THEN 'P0'
      WHEN ${score} < 75 OR ${rows} < 200 OR ${fallback} > 50 THEN 'P1'
      WHEN ${score} < 80 OR ${fallback} > 25 THEN 'P2'
      WHEN ${score} < 90 OR ${fallback} >= 10 THEN 'P3'
    END`;
}

/** The six components over the counts `n` (rows), `n4` (phase4 or mixed), `n3` (phase3), `nm` (mixed), `missing_values`, `k` (Phase 4 tables with rows), `age` (days). */
const COMPONENTS = {
  phase4_availability_score: ratio("40 * n4", "n", 2),
  phase3_fallback_score: ratio("(20 * n - 20 * n3 - 10 * nm)", "n", 2),
  data_freshness_score: "CASE WHEN age <= 0 THEN 15 WHEN age = 1 THEN 12 WHEN age = 2 THEN 8 ELSE 0 END",
  dependency_completeness_score:
    "CASE WHEN k = 4 THEN 15 WHEN k = 3 THEN NUMERIC '11.25' WHEN k = 2 THEN NUMERIC '7.5' ELSE 0 END",
  row_completeness_score:
    "CASE WHEN n >= 400 THEN 5 WHEN n >= 300 THEN 4 WHEN n >= 200 THEN 3 WHEN n >= 100 THEN 1 ELSE 0 END",
  null_field_rate_score: ratio("(5 * n - missing_values)", "n", 2),
};

/** Select list of the components; 0 each without rows. */
function components() {
  return Object.entries(COMPONENTS)
    .map(([name, score]) => `CAST(IF(n = 0, 0, ${score}) AS NUMERIC) AS ${name}`)
    .join(",\n    ");
}

/** The sum that a night would have if its early-season placeholders were good rows. */
function sumWithoutPlaceholders() {
  const { phase4_availability_score, null_field_rate_score, ...others } = COMPONENTS;
  const good = {
    ...others,
    phase4_availability_score: ratio("40 * (n4 + early_season_rows)", "n", 2),
    null_field_rate_score: ratio("(5 * n - missing_values + 5 * early_season_rows)", "n", 2),
    // Without five games of anybody there is no daily cache.
    dependency_completeness_score: "15",
  };
  return `IF(n = 0, 0, ${Object.values(good)
    .map((score) => `(${score})`)
    .join(" + ")})`;
}

/** Their sum. */
function componentSum() {
  return Object.keys(COMPONENTS).join(" + ");
}

/**
 * The bands of each component (docs/features.md): the most it can be, and from which score on it is acceptable, a warning or critical;
 * below that it fails. The highest is perfect.
 */
const COMPONENT_BANDS = {
  phase4_availability_score: { most: 40, acceptable: 36, warning: 32, critical: 0 },
  phase3_fallback_score: { most: 20, acceptable: 18, warning: 15, critical: 0 },
  data_freshness_score: { most: 15, acceptable: 12, warning: 8, critical: 8 },
  dependency_completeness_score: { most: 15, acceptable: 15, warning: 11.25, critical: 7.5 },
  row_completeness_score: { most: 5, acceptable: 3, warning: 3, critical: 1 },
  null_field_rate_score: { most: 5, acceptable: 4, warning: 3, critical: 0 },
};

/** Branches of CASE component: the band of `scored.score`. */
function componentBands() {
  return Object.entries(COMPONENT_BANDS)
    .map(
      ([name, { most, acceptable, warning, critical }]) => `WHEN '${name}' THEN CASE
      WHEN scored.score >= ${most} THEN 'perfect'
      WHEN scored.score >= ${acceptable} THEN 'acceptable'
      WHEN scored.score >= NUMERIC '${warning}' THEN 'warning'
      WHEN scored.score >= NUMERIC '${critical}' THEN 'critical'
      ELSE 'fail' END`,
    )
    .join("\n    ");
}

/** The components of a row of metrics as STRUCTs with their most. */
function componentRows(row) {
  return Object.entries(COMPONENT_BANDS)
    .map(
      ([name, { most }]) => `STRUCT('${name}' AS component, ${row}.${name} AS score, NUMERIC '${most}' AS max_score)`,
    )
    .join(",\n  ");
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

module.exports = {
  missingValues,
  metricsNobodyHas,
  severity,
  components,
  componentSum,
  sumWithoutPlaceholders,
  componentBands,
  componentRows,
  band,
};
