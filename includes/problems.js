/** Failures and data issues of the steps, as rows that operators count (docs/operations/problems.md). */

/**
 * A failed entity of a step: one row per (processor_name, analysis_date, entity_id). `from` is a FROM clause with its conditions, the
 * rest are expressions over it. Of several failures of one entity the one with the lowest rank is told.
 */
function failure({ processor, category, date, entity, reason, canRetry, from, rank = 5 }) {
  return `SELECT
    '${processor}' AS processor_name, ${date} AS analysis_date, ${entity} AS entity_id, '${category}' AS failure_category,
    ${reason} AS failure_reason, ${canRetry ? "TRUE" : "FALSE"} AS can_retry, ${rank} AS rank_
  ${from}`;
}

/** A finding in the data of a step: `date` is the night that finds it, `game` the date of the game. `from` is a FROM clause with its conditions, the rest are expressions over it. */
function issue({
  processor,
  type,
  severity,
  category,
  identifier,
  table,
  field,
  description,
  expected,
  actual,
  date,
  game,
  team,
  player,
  from,
}) {
  const text = (value) => (value === undefined ? "CAST(NULL AS STRING)" : `CAST(${value} AS STRING)`);
  return `SELECT
    '${processor}' AS processor_name, '${type}' AS issue_type, '${severity}' AS severity, '${category}' AS category,
    ${identifier} AS identifier, ${table} AS table_name, ${text(field)} AS field_name,
    ${description} AS issue_description, ${text(expected)} AS expected_value, ${text(actual)} AS actual_value,
    ${date} AS analysis_date, ${game} AS game_date, ${text(team)} AS team_abbr, ${text(player)} AS player_lookup
  ${from}`;
}

module.exports = { failure, issue };
