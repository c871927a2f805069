import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { type Rig, ROOT } from "./rig.js";

/** Files of a season, each with its date where it is cut off. */
const FILES = [
  ["schedule.csv.gz", undefined],
  ["player_box.csv.gz", "GAME_DATE"],
  ["team_box.csv.gz", "game_date"],
  ["game_lines.csv.gz", "date"],
  ["injury_transactions.csv.gz", '"Date"'],
  ["shots.parquet", "strptime(GAME_DATE, '%Y%m%d')::DATE::VARCHAR"],
] as const;

/** Writes what was known of a season before a date into a folder. */
export async function writeSeasonBefore(season: string, date: string, folder: string): Promise<void> {
  mkdirSync(folder);
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  for (const [file, column] of FILES) {
    const isCsv = file.endsWith(".csv.gz");
    const from = join(season, file);
    const rows = isCsv ? `read_csv('${from}', all_varchar = true, header = true)` : `'${from}'`;
    const where = column === undefined ? "" : `WHERE ${column} < '${date}'`;
    const to = join(folder, isCsv ? file.replace(".gz", "") : file);
    await connection.run(`COPY (FROM ${rows} ${where}) TO '${to}' (FORMAT ${isCsv ? "csv, HEADER" : "parquet"})`);
  }
  connection.closeSync();
  instance.closeSync();
}

/** Nobody waits longer for a run to come as far as it is to be killed. */
const PATIENCE_MS = 240_000;

/** Starts a run and kills its process once it has told that some actions are done. */
export async function killedRun(rig: Rig, done: readonly string[], ...args: string[]): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [join(ROOT, "bin/fastbreak.cjs"), "run", "--output", "jsonl", ...args], {
    cwd: rig.dir,
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, NO_COLOR: "1" },
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) =>
    child.once("close", (_code, signal) => resolve(signal)),
  );
  const timer = setTimeout(() => child.kill("SIGTERM"), PATIENCE_MS);
  let told = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    told += part;
    const isDone = (key: string) => told.includes(`{"event":"action_finished","result":{"key":"${key}"`);
    if (done.every(isDone)) child.kill("SIGKILL");
  });
  const signal = await ended;
  clearTimeout(timer);
  return signal;
}

/** Rows of a DuckDB query on the warehouse file, which is left as it is: the next run need not look whether somebody wrote. */
export async function looked(rig: Rig, query: string): Promise<string[][]> {
  const file = join(rig.dir, ".fastbreak/warehouse.duckdb");
  const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(query);
    return reader.getRowsJson().map((row) => row.map(String));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** What everything that a warehouse keeps of its nights has got since a time, as lines. */
export async function linesSince(rig: Rig, since: string, date: string): Promise<string[]> {
  const rows = await looked(
    rig,
    `
    WITH mine AS (SELECT run_id, started_at FROM nba_orchestration.runs WHERE started_at >= '${since}'),
    steps AS (
      SELECT 1 AS kind, 'precompute' AS title, run_id, processor_name, success, skip_reason, records_processed
        FROM nba_processing.precompute_processor_runs
      UNION ALL
      SELECT 2, 'analytics', run_id, processor_name, success, skip_reason, records_processed
        FROM nba_processing.analytics_processor_runs
    ),
    step_lines AS (
      SELECT kind, started_at, title || ': ' || string_agg(
        processor_name || ' ' || coalesce(skip_reason, CASE success WHEN TRUE THEN records_processed::VARCHAR WHEN FALSE THEN 'failed' ELSE 'running' END),
        ', ' ORDER BY processor_name) AS line
      FROM steps JOIN mine USING (run_id) GROUP BY kind, started_at, title
    ),
    alerts AS (SELECT *, severity || ' ' || alert_name || coalesce(' of ' || analysis_date, '') || if(informational, ' (expected)', '') AS told FROM nba_orchestration.alerts_log)
    SELECT line FROM (
      SELECT 0 AS kind, started_at AS told_at, 'run ' || window_from || if(window_to = window_from, '', '..' || window_to) || ': ' || status AS line
        FROM nba_orchestration.runs WHERE started_at >= '${since}'
      UNION ALL SELECT kind, started_at, line FROM step_lines
      UNION ALL SELECT 3, changed_at, 'breaker of ' || split_part(processor_name, '.', 2) || ': ' || from_state || ' -> ' || to_state || ' (' || cause || ')' FROM nba_orchestration.breaker_events WHERE changed_at >= '${since}'
      UNION ALL SELECT 4, NULL, 'breaker of ' || split_part(processor_name, '.', 2) || ' is ' || state || ', ' || failure_count || ' failed, ' || success_count || ' succeeded' FROM nba_orchestration.circuit_breaker_state
      UNION ALL SELECT 5, NULL, 'failure ' || processor_name || ': ' || failure_category FROM nba_processing.precompute_failures WHERE analysis_date = '${date}' AND entity_id = 'DATE_LEVEL'
      UNION ALL SELECT 6, NULL, 'issue ' || issue_type || ' of ' || game_date || if(resolved, ' resolved', '') FROM nba_processing.precompute_data_issues WHERE issue_type != 'VALUE_OUT_OF_RANGE'
      UNION ALL SELECT 7, NULL, 'alert + ' || told FROM alerts WHERE created_at >= '${since}'
      UNION ALL SELECT 8, NULL, 'alert - ' || told FROM alerts WHERE resolved_at >= '${since}'
    ) ORDER BY kind, told_at, line`,
  );
  return rows.map(([line]) => line as string);
}
