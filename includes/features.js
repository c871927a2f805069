/**
 * The 25 features of the store (docs/features.md): order, sources, defaults and valid ranges.
 *
 * Expressions are GoogleSQL over the aliases of the feature-store model: `cache`, `composite`, `shot` (the player's
 * current Phase 4 rows), `stale_shot` (his shot zones if they are of other games), `defense` (the opponent's), `context`, `history` (the player's earlier games), `team` (his team's),
 * `opponent` (the opponent's defence). All are INT64 or NUMERIC; the array casts to FLOAT64 at the very end.
 */
const { clamp, fatigueScore, paceScore, usageSpikeScore } = require("./composite");
const { ratio } = require("./formulas");

/** Has a Phase 4 primary source and may fall back to Phase 3, then to a default. */
const eligible = (name, phase4, phase3, otherwise, [low, high]) => ({
  name,
  kind: "eligible",
  phase4,
  phase3,
  otherwise,
  range: [low, high],
});
/** A share of the shots that the cache copied from the shot zones; not where the copied row is stale. */
const copied = (column) => `IF(stale_shot.player_lookup IS NULL, cache.${column}, NULL)`;
/** Always computed, from whatever there is. */
const calculated = (name, value, range) => ({ name, kind: "calculated", value, range });
/** Known to Phase 3 only, and there for every row. */
const native = (name, condition) => ({ name, kind: "native", value: `IF(${condition}, 1, 0)`, range: [0, 1] });

const restAdvantage = `IFNULL(${clamp("context.days_rest - context.opponent_days_rest", -2, 2)}, 0)`;

const injuryRisk = `CASE context.player_status
      WHEN 'probable' THEN 1 WHEN 'questionable' THEN 2 WHEN 'doubtful' THEN 3 WHEN 'out' THEN 3 ELSE 0 END`;

/** Mean of the last two games against the mean of the three before, times six: whole numbers. */
const recentTrend = `CASE
      WHEN IFNULL(history.games, 0) < 5 THEN 0
      WHEN history.trend_sixths >= 30 THEN 2
      WHEN history.trend_sixths >= 12 THEN 1
      WHEN history.trend_sixths <= -30 THEN -2
      WHEN history.trend_sixths <= -12 THEN -1
      ELSE 0 END`;

const minutesRecent = "COALESCE(cache.minutes_avg_last_10, history.minutes_avg_last_10)";
const minutesSeason = "COALESCE(cache.minutes_avg_season, history.minutes_avg_season)";
const minutesChange = `CASE
      WHEN IFNULL(${minutesRecent}, 0) = 0 OR IFNULL(${minutesSeason}, 0) = 0 THEN 0
      WHEN ${minutesRecent} >= NUMERIC '1.2' * ${minutesSeason} THEN 2
      WHEN ${minutesRecent} >= NUMERIC '1.1' * ${minutesSeason} THEN 1
      WHEN ${minutesRecent} <= NUMERIC '0.8' * ${minutesSeason} THEN -2
      WHEN ${minutesRecent} <= NUMERIC '0.9' * ${minutesSeason} THEN -1
      ELSE 0 END`;

const freeThrowShare = `IF(
      IFNULL(history.games, 0) >= 5 AND history.points_last_10 > 0,
      ${clamp(ratio("history.ft_makes_last_10", "history.points_last_10", 6), 0, "NUMERIC '0.5'")},
      NUMERIC '0.15')`;

const winShare = `IF(IFNULL(team.games, 0) >= 5, ${ratio("team.wins", "team.games", 6)}, NUMERIC '0.5')`;

const FEATURES = [
  eligible(
    "points_avg_last_5",
    "cache.points_avg_last_5",
    "COALESCE(history.points_avg_last_5, context.points_avg_last_5)",
    "10",
    [0, 60],
  ),
  eligible(
    "points_avg_last_10",
    "cache.points_avg_last_10",
    "COALESCE(history.points_avg_last_10, context.points_avg_last_10)",
    "10",
    [0, 60],
  ),
  eligible("points_avg_season", "cache.points_avg_season", "history.points_avg_season", "10", [0, 60]),
  eligible("points_std_last_10", "cache.points_std_last_10", "history.points_std_last_10", "5", [0, 20]),
  eligible("games_in_last_7_days", "cache.games_in_last_7_days", "context.games_in_last_7_days", "3", [0, 5]),
  eligible("fatigue_score", "composite.fatigue_score", fatigueScore("context"), "50", [0, 100]),
  eligible("shot_zone_mismatch_score", "composite.shot_zone_mismatch_score", "NULL", "0", [-10, 10]),
  eligible("pace_score", "composite.pace_score", paceScore("context"), "0", [-3, 3]),
  eligible("usage_spike_score", "composite.usage_spike_score", usageSpikeScore("context"), "0", [-3, 3]),
  calculated("rest_advantage", restAdvantage, [-2, 2]),
  calculated("injury_risk", injuryRisk, [0, 3]),
  calculated("recent_trend", recentTrend, [-2, 2]),
  calculated("minutes_change", minutesChange, [-2, 2]),
  eligible(
    "opponent_def_rating",
    "defense.defensive_rating_last_15",
    "COALESCE(context.opponent_def_rating_last_10, opponent.defensive_rating_last_15)",
    "112",
    [95, 125],
  ),
  eligible("opponent_pace", "defense.opponent_pace", "context.opponent_pace_last_10", "100", [90, 115]),
  native("home_away", "context.home_game"),
  native("back_to_back", "context.back_to_back"),
  native("playoff_game", "context.season_phase = 'playoffs'"),
  eligible(
    "pct_paint",
    `COALESCE(shot.paint_rate_last_10, ${copied("paint_rate_last_10")}) / 100`,
    "history.paint_rate_last_10 / 100",
    "NUMERIC '0.3'",
    [0, 1],
  ),
  eligible(
    "pct_mid_range",
    "shot.mid_range_rate_last_10 / 100",
    "history.mid_range_rate_last_10 / 100",
    "NUMERIC '0.2'",
    [0, 1],
  ),
  eligible(
    "pct_three",
    `COALESCE(shot.three_pt_rate_last_10, ${copied("three_pt_rate_last_10")}) / 100`,
    "history.three_pt_rate_last_10 / 100",
    "NUMERIC '0.35'",
    [0, 1],
  ),
  calculated("pct_free_throw", freeThrowShare, [0, 0.5]),
  eligible("team_pace", "cache.team_pace_last_10", "team.pace_last_10", "100", [90, 115]),
  eligible("team_off_rating", "cache.team_off_rating_last_10", "team.off_rating_last_10", "112", [95, 130]),
  calculated("team_win_pct", winShare, [0, 1]),
];

const VERSION = "v1_baseline_25";
const indexed = FEATURES.map((feature, index) => ({ ...feature, index }));
const eligibles = indexed.filter(({ kind }) => kind === "eligible");

/** Select list: `phase4_N` and `phase3_N` of the eligible features, `known_N` of the others. */
function candidates() {
  return indexed
    .flatMap(({ kind, index, phase4, phase3, value }) =>
      kind === "eligible"
        ? [`CAST(${phase4} AS NUMERIC) AS phase4_${index}`, `CAST(${phase3} AS NUMERIC) AS phase3_${index}`]
        : [`CAST(${value} AS NUMERIC) AS known_${index}`],
    )
    .join(",\n    ");
}

/** Select list of `value_N` over `candidates()`: Phase 4, else Phase 3, else the default, kept within the valid range. */
function values() {
  return indexed
    .map(({ kind, index, otherwise, range }) => {
      const value =
        kind === "eligible"
          ? clamp(`COALESCE(phase4_${index}, phase3_${index}, ${otherwise})`, ...range)
          : `known_${index}`;
      return `${value} AS value_${index}`;
    })
    .join(",\n    ");
}

/** The names of the columns of `values()`. */
const VALUE_COLUMNS = indexed.map(({ index }) => `value_${index}`);

/** Where each of the elements came from. */
function labels() {
  return indexed
    .map(({ kind, index }) =>
      kind === "eligible"
        ? `CASE WHEN phase4_${index} IS NOT NULL THEN 'phase4' WHEN phase3_${index} IS NOT NULL THEN 'phase3' ELSE 'default' END`
        : `'${kind}'`,
    )
    .join(",\n      ");
}

/** How many of the eligible features came from Phase 4. */
function countPhase4() {
  return eligibles.map(({ index }) => `IF(phase4_${index} IS NULL, 0, 1)`).join(" + ");
}

/** How many of the eligible features came from Phase 3. */
function countPhase3() {
  return eligibles.map(({ index }) => `IF(phase4_${index} IS NULL AND phase3_${index} IS NOT NULL, 1, 0)`).join(" + ");
}

/**
 * Mean weight of the row's 25 sources, 0 to 100, two decimals: Phase 4, native and calculated 100, Phase 3 75, default 40;
 * at most 75 without anything from Phase 4.
 */
function rowQuality(phase4Count, phase3Count) {
  const others = FEATURES.length - eligibles.length;
  const sum =
    `${100 * others} + 100 * ${phase4Count} + 75 * ${phase3Count}` +
    ` + 40 * (${eligibles.length} - ${phase4Count} - ${phase3Count})`;
  const mean = ratio(`(${sum})`, `${FEATURES.length}`, 2);
  return `IF(${phase4Count} = 0, LEAST(75, ${mean}), ${mean})`;
}

/** The names as elements of an ARRAY<STRING>, in index order. */
function names() {
  return FEATURES.map(({ name }) => `'${name}'`).join(", ");
}

/** The value of a named feature in the array of a store row; NULL in a placeholder. */
function at(name) {
  return `features[SAFE_OFFSET(${indexOf(name)})]`;
}

/** The index of a named feature. */
function indexOf(name) {
  const index = FEATURES.findIndex((feature) => feature.name === name);
  if (index < 0) throw new Error(`no feature is named ${name}`);
  return index;
}

/** What the columns of `candidates()` and `values()` mean, and the two counts beside them. */
const CANDIDATE_DOCS = {
  ...Object.fromEntries(
    indexed.flatMap(({ kind, index, name }) =>
      kind === "eligible"
        ? [
            [`phase4_${index}`, `${name} as Phase 4 has it; NULL without`],
            [`phase3_${index}`, `${name} as Phase 3 has it; NULL without`],
          ]
        : [[`known_${index}`, `${name}, ${kind}`]],
    ),
  ),
  phase4_count: "How many of the eligible features came from Phase 4",
  phase3_count: "How many of them came from Phase 3",
  ...Object.fromEntries(indexed.map(({ index, name }) => [`value_${index}`, `${name} as the store has it`])),
};

module.exports = {
  VERSION,
  CANDIDATE_DOCS,
  FEATURES,
  ELIGIBLE: eligibles.length,
  candidates,
  values,
  VALUE_COLUMNS,
  labels,
  countPhase4,
  countPhase3,
  rowQuality,
  names,
  at,
  indexOf,
};
