/**
 * What the feature store reads of the four Phase 4 tables, as ml_feature_store_base_mv carries it: one STRUCT per table, with
 * the values, the row's own hash, and the columns by which a row is known to rest on other rows than those of now.
 */
const PHASE4 = {
  cache: {
    table: "player_daily_cache",
    date: "cache_date",
    key: "player_lookup",
    columns: [
      "points_avg_last_5",
      "points_avg_last_10",
      "points_avg_season",
      "points_std_last_10",
      "games_in_last_7_days",
      "minutes_avg_last_10",
      "minutes_avg_season",
      "paint_rate_last_10",
      "three_pt_rate_last_10",
      "team_pace_last_10",
      "team_off_rating_last_10",
      "source_player_game_hash",
      "source_upcoming_context_hash",
      "source_team_offense_hash",
      "source_shot_zone_hash",
    ],
  },
  composite: {
    table: "player_composite_factors",
    date: "game_date",
    key: "player_lookup",
    columns: [
      "fatigue_score",
      "shot_zone_mismatch_score",
      "pace_score",
      "usage_spike_score",
      "source_player_context_hash",
      "source_player_shot_hash",
      "source_team_defense_hash",
    ],
  },
  shot: {
    table: "player_shot_zone_analysis",
    date: "analysis_date",
    key: "player_lookup",
    columns: [
      "paint_rate_last_10",
      "mid_range_rate_last_10",
      "three_pt_rate_last_10",
      "source_player_game_rows_found",
      "source_player_game_hash",
    ],
  },
  defense: {
    table: "team_defense_zone_analysis",
    date: "analysis_date",
    key: "team_abbr",
    columns: [
      "defensive_rating_last_15",
      "opponent_pace",
      "source_team_defense_rows_found",
      "source_team_defense_last_updated",
    ],
  },
};

const each = (render) => Object.entries(PHASE4).map(([name, entry]) => render(name, entry));

/** Select list: a STRUCT of each table's row, under the alias by which it was joined; NULL without one. */
function structs() {
  return each((name, { key, columns }) => {
    const fields = [key, ...columns, "data_hash", "processed_at"].map((column) => `${name}.${column}`);
    return `IF(${name}.${key} IS NULL, NULL, STRUCT(${fields.join(", ")})) AS ${name}`;
  }).join(",\n  ");
}

/** Select list: whether each table has any row of the date; `dates_with_NAME` was joined. */
function presence() {
  return each((name, { date }) => `dates_with_${name}.${date} IS NOT NULL AS has_${name}`).join(",\n  ");
}

/**
 * The joins that bring the four tables, and their dates, to the players of a slate.
 * @param table the relation of a table, by its name
 */
function joins(slate, table) {
  const rows = each((name, { table: relation, date, key }) => {
    const owner = key === "team_abbr" ? "opponent_team_abbr" : key;
    return `LEFT JOIN ${table(relation)} AS ${name} ON ${name}.${date} = ${slate}.game_date AND ${name}.${key} = ${slate}.${owner}`;
  });
  const dates = each(
    (name, { table: relation, date }) =>
      `LEFT JOIN (SELECT DISTINCT ${date} FROM ${table(relation)}) AS dates_with_${name} ON dates_with_${name}.${date} = ${slate}.game_date`,
  );
  return [...rows, ...dates].join("\n");
}

/** The rows of a table as the pre-join has them, with the columns that the feature store reads; a team's row stands at each opponent. */
function rowsOf(name, base) {
  const { date, key } = PHASE4[name];
  const distinct = key === "player_lookup" ? "" : "DISTINCT ";
  return `SELECT ${distinct}analysis_date${date === "analysis_date" ? "" : ` AS ${date}`}, ${name}.* FROM ${base} WHERE ${name}.${key} IS NOT NULL`;
}

/** The dates of which a table has any row, of anybody. */
function datesOf(name, base) {
  return `SELECT DISTINCT analysis_date AS ${PHASE4[name].date} FROM ${base} WHERE has_${name}`;
}

/** Labels of a model that is there although one of the four failed. */
const SOFT_LABELS = Object.fromEntries(each((_name, { table }) => [`soft_dependency__${table}`, "true"]));

/** What the columns of `structs()` and `presence()` mean. */
const COLUMN_DOCS = {
  ...Object.fromEntries(each((name, { table }) => [`has_${name}`, `${table} has rows of the date`])),
  ...Object.fromEntries(
    each((name, { table, key }) => [
      name,
      `What the feature store reads of the ${key === "team_abbr" ? "opponent's" : "player's"} row of ${table}; NULL without one`,
    ]),
  ),
};

module.exports = { PHASE4, SOFT_LABELS, structs, presence, joins, rowsOf, datesOf, COLUMN_DOCS };
