/**
 * Criteria of the gate (`fastbreak gate`): queries that return a row for each date that misses one, with `reason`, `actual_value`,
 * `threshold` and `advice`. Rows with `is_expected` close the gate and warn nobody.
 */

/**
 * Rows that a date needs: `full` on a full slate, a share of its players on a light one, which could never reach it
 * (gate_scale_light_slate). `players` is an INT64 expression.
 */
function rowsNeeded(full, share, players, isScaled) {
  return isScaled ? `LEAST(${full}, CAST(CEIL(NUMERIC '${share}' * ${players}) AS INT64))` : `${full}`;
}

/**
 * Dates on which something is not as it should be.
 * `from`: the FROM clause with joins and filters; the rest are expressions over it, `advice` for the date `{date}` included;
 * `expected`: nothing is wrong, only too early.
 */
function misses({ from, date, value, limit, operator, reason, advice, expected = "FALSE" }) {
  const told = advice.split("{date}").map((part) => `'${part}'`);
  return `SELECT
  ${date} AS criterion_date,
  ${reason} AS reason,
  CAST(${value} AS STRING) AS actual_value,
  CAST(${limit} AS STRING) AS threshold,
  CONCAT(${told.join(`, CAST(${date} AS STRING), `)}) AS advice,
  ${expected} AS is_expected
${from}
  AND ${value} ${operator} ${limit}`;
}

/** Dates on which a value is below what is `needed`. */
function below({ needed, ...rest }) {
  return misses({ ...rest, limit: needed, operator: "<" });
}

/** Dates on which a value is above what is `allowed`. */
function above({ allowed, ...rest }) {
  return misses({ ...rest, limit: allowed, operator: ">" });
}

/**
 * Dates that were prepared and on which a Phase 4 table has too few rows.
 * `status` and `prepared` are the relations phase4_status and ml_feature_store_v2_dependency_tracking.
 */
function phase4Rows(status, prepared, processor, table) {
  return below({
    from: `FROM ${status} AS status\nJOIN ${prepared} AS prepared ON prepared.analysis_date = status.analysis_date\nWHERE status.processor = '${processor}'`,
    date: "status.analysis_date",
    value: "status.row_count",
    needed: "status.rows_needed",
    reason: `'${table} has too few rows'`,
    advice: `see what kept it from being built (fastbreak explain ${table} --date {date}), complete Phase 3, then fastbreak run --date {date}`,
  });
}

module.exports = { rowsNeeded, below, above, phase4Rows };
