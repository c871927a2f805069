/**
 * The four tracking columns of each upstream source: how fresh, how many rows, how complete, which content.
 * They are never hashed.
 */
const { EMPTY_DIGEST, digestOfRows } = require("./hashing");
const { find } = require("./tables");

/**
 * The four columns of one source.
 * `present` is a condition: the source has any row for the date. `rows`, `hash` and `updated` describe the upstream rows that
 * this row rests on; rows NULL or 0 is "nothing found".
 */
function sourceColumns(table, prefix, { present, rows, hash, updated }) {
  const expected = find(table).sources[prefix]?.rows;
  if (expected === undefined) throw new Error(`includes/tables.js has no source ${prefix} for table ${table}`);
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

module.exports = { sourceColumns, columnNames, unknownColumns, rowsUsed };
