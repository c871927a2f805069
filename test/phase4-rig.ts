import { DuckDBInstance } from "@duckdb/node-api";
import { comparedValue } from "../tools/season/differences.mjs";

/** A hashed table of Phase 4 with its date, the rest of its key and its hash columns. */
export interface HashedTable {
  readonly dataset: string;
  readonly table: string;
  readonly date: string;
  readonly key: string;
  readonly hashes: readonly string[];
}

/** The five tables that Phase 4 builds and their 19 hash columns (docs/hashes.md). */
export const HASHED: readonly HashedTable[] = [
  {
    dataset: "nba_precompute",
    table: "team_defense_zone_analysis",
    date: "analysis_date",
    key: "team_abbr",
    hashes: ["source_team_defense_hash", "data_hash"],
  },
  {
    dataset: "nba_precompute",
    table: "player_shot_zone_analysis",
    date: "analysis_date",
    key: "player_lookup",
    hashes: ["source_player_game_hash", "data_hash"],
  },
  {
    dataset: "nba_precompute",
    table: "player_composite_factors",
    date: "game_date",
    key: "player_lookup",
    hashes: [
      "source_player_context_hash",
      "source_team_context_hash",
      "source_player_shot_hash",
      "source_team_defense_hash",
      "data_hash",
    ],
  },
  {
    dataset: "nba_precompute",
    table: "player_daily_cache",
    date: "cache_date",
    key: "player_lookup",
    hashes: [
      "source_player_game_hash",
      "source_team_offense_hash",
      "source_upcoming_context_hash",
      "source_shot_zone_hash",
      "data_hash",
    ],
  },
  {
    dataset: "nba_predictions",
    table: "ml_feature_store_v2",
    date: "game_date",
    key: "player_lookup",
    hashes: [
      "source_daily_cache_hash",
      "source_composite_hash",
      "source_shot_zones_hash",
      "source_team_defense_hash",
      "data_hash",
    ],
  },
];

/** The tables of the predictions, all by game_date. */
export const PREDICTED = [
  "moving_average_v1",
  "zone_matchup_v1",
  "similarity_balanced_v1",
  "xgboost_v1",
  "ensemble_v1",
  "player_prop_predictions",
  "prediction_worker_runs",
].map((table) => ({ dataset: "nba_predictions", table }));

const PLAYER = "u.player_lookup = b.player_lookup";
const COMPOSITE = "nba_precompute.player_composite_factors";
const CACHE = "nba_precompute.player_daily_cache";
const SHOT = "nba_precompute.player_shot_zone_analysis";
const DEFENSE = "nba_precompute.team_defense_zone_analysis";
const STORE = "nba_predictions.ml_feature_store_v2";
const CONTEXT = "nba_analytics.upcoming_player_game_context";

/** Source hashes that rest on one upstream row `u` of a built row `b`. */
export const SOURCE_HASHES = [
  {
    built: COMPOSITE,
    upstream: CONTEXT,
    hash: "source_player_context_hash",
    on: `u.game_date = b.game_date AND ${PLAYER}`,
  },
  {
    built: COMPOSITE,
    upstream: "nba_analytics.upcoming_team_game_context",
    hash: "source_team_context_hash",
    on: "u.game_id = b.game_id AND u.team_abbr = b.team_abbr",
  },
  {
    built: COMPOSITE,
    upstream: SHOT,
    hash: "source_player_shot_hash",
    on: `u.analysis_date = b.game_date AND ${PLAYER}`,
  },
  {
    built: COMPOSITE,
    upstream: DEFENSE,
    hash: "source_team_defense_hash",
    on: "u.analysis_date = b.game_date AND u.team_abbr = b.opponent_team_abbr",
  },
  {
    built: CACHE,
    upstream: CONTEXT,
    hash: "source_upcoming_context_hash",
    on: `u.game_date = b.cache_date AND ${PLAYER}`,
  },
  { built: CACHE, upstream: SHOT, hash: "source_shot_zone_hash", on: `u.analysis_date = b.cache_date AND ${PLAYER}` },
  { built: STORE, upstream: CACHE, hash: "source_daily_cache_hash", on: `u.cache_date = b.game_date AND ${PLAYER}` },
  { built: STORE, upstream: COMPOSITE, hash: "source_composite_hash", on: `u.game_date = b.game_date AND ${PLAYER}` },
  { built: STORE, upstream: SHOT, hash: "source_shot_zones_hash", on: `u.analysis_date = b.game_date AND ${PLAYER}` },
  {
    built: STORE,
    upstream: DEFENSE,
    hash: "source_team_defense_hash",
    on: "u.analysis_date = b.game_date AND u.team_abbr = b.opponent_team_abbr",
  },
] as const;

/** Rows of a DuckDB statement on a database file, as text. */
export async function query(file: string, sql: string): Promise<(string | null)[][]> {
  const instance = await DuckDBInstance.create(file, { threads: "1" });
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(sql);
    return reader
      .getRowsJson()
      .map((row) => row.map((cell) => (cell === null || typeof cell === "string" ? cell : JSON.stringify(cell))));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** The rows that two databases do not share, by table of Phase 4 and 5 that has any; times of writing aside. */
export async function differences(first: string, second: string): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const { dataset, table } of [...HASHED, ...PREDICTED]) {
    const columns = `COLUMNS(c -> c NOT LIKE '%\\_last\\_updated' ESCAPE '\\' AND c NOT IN ('created_at', 'processed_at', 'updated_at', 'run_date'))`;
    const rows = (database: string) => `SELECT ${columns} FROM ${database}.${dataset}.${table}`;
    const [[count]] = (await attached(
      first,
      second,
      `SELECT count(*) FROM ((${rows("a")} EXCEPT ALL ${rows("b")}) UNION ALL (${rows("b")} EXCEPT ALL ${rows("a")}))`,
    )) as [string[]];
    if (count !== "0") found[table] = Number(count);
  }
  return found;
}

/** Date and key of the rows of which a hash differs between two databases, or which only one has. */
export async function changedKeys(
  first: string,
  second: string,
  { dataset, table, date, key, hashes }: HashedTable,
): Promise<(string | null)[][]> {
  const rows = (database: string) =>
    `SELECT ${date}, ${key}, ${hashes.join(", ")} FROM ${database}.${dataset}.${table}`;
  return attached(
    first,
    second,
    `SELECT DISTINCT ${date}, ${key}
      FROM ((${rows("a")} EXCEPT ${rows("b")}) UNION ALL (${rows("b")} EXCEPT ${rows("a")})) ORDER BY ALL`,
  );
}

/** Date and key of the rows of which one column differs between two databases. */
export async function movedKeys(
  first: string,
  second: string,
  { table, date, key, column }: Readonly<Record<"table" | "date" | "key" | "column", string>>,
): Promise<(string | null)[][]> {
  const rows = (database: string) =>
    `SELECT ${date}::VARCHAR AS day, ${key} AS owner, ${column} FROM ${database}.${table}`;
  return attached(
    first,
    second,
    `SELECT DISTINCT day, owner
      FROM ((${rows("a")} EXCEPT ${rows("b")}) UNION ALL (${rows("b")} EXCEPT ${rows("a")})) ORDER BY ALL`,
  );
}

/** How many rows of other players than one differ between two databases, by table that has any; times of writing aside. */
export async function rowsOfOthers(first: string, second: string, player: string): Promise<Record<string, number>> {
  const tables = await query(
    first,
    `SELECT schema_name || '.' || table_name, to_json(list({name: column_name, type: data_type} ORDER BY column_index)
        FILTER (NOT column_name LIKE '%\\_last\\_updated' ESCAPE '\\'
          AND column_name NOT IN ('created_at', 'processed_at', 'updated_at', 'run_date')))
      FROM duckdb_columns() WHERE schema_name IN ('nba_analytics', 'nba_precompute', 'nba_predictions')
        AND (schema_name, table_name) IN (SELECT (schema_name, table_name) FROM duckdb_tables())
      GROUP BY ALL HAVING bool_or(column_name = 'player_lookup') ORDER BY 1`,
  );
  const found: Record<string, number> = {};
  for (const [table, list] of tables as [string, string][]) {
    const columns = JSON.parse(list) as { name: string; type: string }[];
    const values = columns.map(({ name, type }) => comparedValue(name, type)).join(", ");
    const rows = (database: string) => `SELECT ${values} FROM ${database}.${table} WHERE player_lookup <> '${player}'`;
    const [[count]] = (await attached(
      first,
      second,
      `SELECT count(*) FROM ((${rows("a")} EXCEPT ALL ${rows("b")}) UNION ALL (${rows("b")} EXCEPT ALL ${rows("a")}))`,
    )) as [string[]];
    if (count !== "0") found[table] = Number(count);
  }
  return found;
}

async function attached(first: string, second: string, sql: string): Promise<(string | null)[][]> {
  return query(":memory:", `ATTACH '${first}' AS a (READ_ONLY); ATTACH '${second}' AS b (READ_ONLY); ${sql}`);
}

/**
 * Makes a warehouse look as it did before the games of a date: no box score, event, line, report or roster of a later day, none of the
 * day's own results, and a schedule without them.
 */
export async function hideResultsFrom(file: string, date: string): Promise<void> {
  const results = [
    "nbac_gamebook_player_stats",
    "bdl_player_boxscores",
    "nbac_team_boxscore",
    "bigdataball_play_by_play",
    "nbac_play_by_play",
  ];
  const known = [
    "odds_api_game_lines",
    "odds_api_player_points_props",
    "bettingpros_player_points_props",
    "nbac_injury_report",
  ];
  await query(
    file,
    `${results.map((table) => `DELETE FROM nba_raw.${table} WHERE game_date >= '${date}';`).join("\n")}
    ${known.map((table) => `DELETE FROM nba_raw.${table} WHERE game_date > '${date}';`).join("\n")}
    DELETE FROM nba_raw.espn_team_rosters WHERE roster_date > '${date}';
    UPDATE nba_raw.nbac_schedule SET game_status = 1, home_team_score = NULL, away_team_score = NULL, winning_team_tricode = NULL
      WHERE game_date >= '${date}';`,
  );
}
