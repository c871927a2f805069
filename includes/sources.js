/**
 * The four tracking columns of each upstream source: how fresh, how many rows, how complete, which content.
 * They are never hashed.
 */
const { EMPTY_DIGEST, digestOfRows } = require("./hashing");

/**
 * How many rows of a source one row of the table normally rests on. The volumes of the dependency sheet (pipeline.md
 * section 5) are per game day; a row's expectation is its share of them, so that 100 means "as usual" for every row.
 */
const EXPECTED_ROWS = {
  player_game_summary: {
    source_nbac: 1,
    source_bdl: 1,
    source_bbd: 10,
    source_nbac_pbp: 10,
    source_odds: 1,
    source_bp: 1,
    source_team_boxscore: 1,
  },
  team_offense_game_summary: { source_nbac_boxscore: 1, source_play_by_play: 50 },
  team_defense_game_summary: {
    source_team_boxscore: 1,
    source_gamebook_players: 10,
    source_bdl_players: 10,
    source_play_by_play: 50,
  },
  upcoming_team_game_context: { source_nbac_schedule: 1, source_odds_lines: 2, source_injury_report: 1 },
  upcoming_player_game_context: {
    source_boxscore: 10,
    source_schedule: 1,
    source_props: 1,
    source_game_lines: 2,
    source_injury_report: 1,
  },
  team_defense_zone_analysis: { source_team_defense: 15 },
  player_shot_zone_analysis: { source_player_game: 10 },
  player_composite_factors: {
    source_player_context: 1,
    source_team_context: 1,
    source_player_shot: 1,
    source_team_defense: 1,
  },
  player_daily_cache: {
    source_player_game: 10,
    source_team_offense: 10,
    source_upcoming_context: 1,
    source_shot_zone: 1,
  },
  ml_feature_store_v2: {
    source_daily_cache: 1,
    source_composite: 1,
    source_shot_zones: 1,
    source_team_defense: 1,
  },
};

/**
 * The four columns of one source.
 * `present` is a condition: the source has any row for the date. `rows`, `hash` and `updated` describe the upstream rows that
 * this row rests on; rows NULL or 0 is "nothing found".
 */
function sourceColumns(table, prefix, { present, rows, hash, updated }) {
  const expected = EXPECTED_ROWS[table][prefix];
  const share =
    expected === 1
      ? `CAST(IF(${rows} > 0, 100, 0) AS NUMERIC)`
      : `IF(${rows} >= ${expected}, NUMERIC '100', ROUND(CAST(100 * IFNULL(${rows}, 0) AS NUMERIC) / ${expected}, 2))`;
  return [
    `IF(${present}, ${updated}, NULL) AS ${prefix}_last_updated`,
    `IF(${present}, IFNULL(${rows}, 0), NULL) AS ${prefix}_rows_found`,
    `IF(${present}, ${share}, NULL) AS ${prefix}_completeness_pct`,
    `IF(${present}, IF(IFNULL(${rows}, 0) = 0, '${EMPTY_DIGEST}', ${hash}), NULL) AS ${prefix}_hash`,
  ].join(",\n    ");
}

/** The names of the four columns of one source. */
function columnNames(prefix) {
  return ["last_updated", "rows_found", "completeness_pct", "hash"].map((column) => `${prefix}_${column}`);
}

/** The four columns of a source that is not tracked: unknown is never "unchanged". */
function unknownColumns(prefix) {
  return [
    `CAST(NULL AS TIMESTAMP) AS ${prefix}_last_updated`,
    `CAST(NULL AS INT64) AS ${prefix}_rows_found`,
    `CAST(NULL AS NUMERIC) AS ${prefix}_completeness_pct`,
    `CAST(NULL AS STRING) AS ${prefix}_hash`,
  ].join(",\n    ");
}

/** The aggregates over upstream rows that `sourceColumns` wants, under `<name>_rows`, `<name>_hash`, `<name>_updated`. */
function rowsUsed(name, { hash = "data_hash", updated = "processed_at" } = {}) {
  return [
    `COUNT(*) AS ${name}_rows`,
    `${digestOfRows(hash)} AS ${name}_hash`,
    `MAX(${updated}) AS ${name}_updated`,
  ].join(",\n    ");
}

module.exports = { EXPECTED_ROWS, sourceColumns, columnNames, unknownColumns, rowsUsed };
