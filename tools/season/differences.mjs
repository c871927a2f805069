// Compares two warehouses table by table, without what only tells when, or in which order, a row was written.

const TIMES = ["created_at", "processed_at", "updated_at", "checked_at", "computed_at", "run_date"];
/** How often a result changed on the way is history; what stands in the end is compared. */
const HISTORY = [
  ...["context_version", "prediction_id", "prediction_version", "superseded_by"],
  ...["request_id", "retry_attempt", "batch_id"],
];
const NEWEST = {
  player_prop_predictions: "WHERE is_active",
  // A player who left a date's slate was on it once: one load of everything never saw him there.
  prediction_worker_runs: `WHERE TRUE QUALIFY row_number() OVER (PARTITION BY game_date, player_lookup ORDER BY retry_attempt DESC) = 1
      AND skip_reason IS DISTINCT FROM 'not_on_slate'`,
};
/** Columns that copy such times from elsewhere. */
const LAST = "_last_(updated|processed)$";
const LEFT_OUT = ["bq", "nba_orchestration", "nba_processing"];

/** A column in SQL; of the row of another table without its times. */
export function comparedValue(name, type) {
  if (!type.startsWith("STRUCT(")) return `"${name}"`;
  const times = [...type.matchAll(/[(,] ?"?(\w+)"? TIMESTAMP/g)]
    .map(([, field]) => field)
    .filter((field) => TIMES.includes(field) || new RegExp(LAST).test(field));
  const without = Object.fromEntries(times.map((field) => [field, null]));
  return `json_merge_patch(to_json("${name}"), '${JSON.stringify(without)}')::VARCHAR`;
}

/**
 * The tables of both, raw ones included: rows, how many are in one of them only, and in which columns they differ.
 */
export async function differences(connection, one, other) {
  const rows = async (sql) => (await connection.runAndReadAll(sql)).getRows();
  await connection.run(`ATTACH '${one}' AS one (READ_ONLY); ATTACH '${other}' AS other (READ_ONLY)`);
  const left = (names) => names.map((name) => `'${name}'`).join(", ");
  const tables = await rows(
    `SELECT schema_name, table_name, list([column_name, data_type] ORDER BY column_index)
       FILTER (column_name NOT IN (${left([...TIMES, ...HISTORY, "source_file_path"])})
         AND NOT regexp_matches(column_name, '${LAST}'))
     FROM duckdb_columns() WHERE database_name = 'one' AND schema_name NOT IN (${left(LEFT_OUT)})
       AND (schema_name, table_name) IN (SELECT (schema_name, table_name) FROM duckdb_tables() WHERE database_name = 'one')
     GROUP BY ALL ORDER BY ALL`,
  );
  const found = [];
  for (const [schema, table, list] of tables) {
    const columns = list.items.map(({ items: [name, type] }) => ({ name, value: comparedValue(name, type) }));
    const select = (database) =>
      `SELECT ${columns.map(({ value }) => value).join(", ")} FROM ${database}."${schema}"."${table}" ${NEWEST[table] ?? ""}`;
    const except = (a, b) =>
      `(SELECT count(*) FROM (SELECT * FROM (${select(a)}) EXCEPT ALL SELECT * FROM (${select(b)})))`;
    const [[count, missing, added]] = await rows(
      `SELECT (SELECT count(*) FROM (${select("one")})), ${except("one", "other")}, ${except("other", "one")}`,
    );
    const columnsApart = missing + added === 0n ? [] : await apart(schema, table, columns);
    const told = { table: `${schema}.${table}`, rows: Number(count), missing: Number(missing), added: Number(added) };
    found.push({ ...told, columns: columnsApart });
  }
  await connection.run("DETACH one; DETACH other");
  return found;

  /** The columns whose values are not the same ones. */
  async function apart(schema, table, columns) {
    const names = [];
    for (const { name, value } of columns) {
      const values = (database) => `SELECT ${value} FROM ${database}."${schema}"."${table}" ${NEWEST[table] ?? ""}`;
      const [[count]] = await rows(`SELECT count(*) FROM (${values("one")} EXCEPT ALL ${values("other")})`);
      if (count > 0n) names.push(name);
    }
    return names;
  }
}
