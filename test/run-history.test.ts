import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { ENDLESS, startRun } from "./slow-run.js";
import { projectOf } from "./small-project.js";

runWithin();

const daily = (column: string) => `config { type: "incremental", uniqueKey: ["day"],
  bigquery: { partitionBy: "day", labels: { lookback_days: "0", breaker_threshold: "1" } } }
SELECT day, SUM(${column}) AS total, 50.0 AS source_a_pct, 100.0 AS source_b_pct,
  TIMESTAMP_SUB(TIMESTAMP '2024-01-01', INTERVAL 2 HOUR) AS source_a_at, TIMESTAMP '2024-01-01' AS source_b_at
FROM \${ref("raw", "numbers")} GROUP BY day`;

const MIGRATION = `CREATE SCHEMA IF NOT EXISTS \`{{dataset "ops"}}\`;
CREATE TABLE IF NOT EXISTS \`{{dataset "ops"}}\`.steps (
  processor_name STRING NOT NULL, run_id STRING NOT NULL, run_date TIMESTAMP, success BOOL, duration_seconds FLOAT64,
  date_range_start DATE, date_range_end DATE, analysis_date DATE, records_processed INT64, records_inserted INT64,
  records_updated INT64, records_skipped INT64, errors_json STRING, dependency_check_passed BOOL,
  data_completeness_pct FLOAT64, upstream_data_age_hours FLOAT64, config_hash STRING, processor_version STRING,
  skip_reason STRING, created_at TIMESTAMP, of_nobody STRING);
CREATE TABLE IF NOT EXISTS \`{{dataset "ops"}}\`.loads (
  run_id STRING NOT NULL, processor_name STRING, started_at TIMESTAMP, completed_at TIMESTAMP, status STRING,
  error_message STRING, rows_processed INT64, rows_inserted INT64, rows_updated INT64, total_runtime_seconds FLOAT64,
  opts JSON, file_path STRING, skip_reason STRING);`;

const SETTINGS = {
  autoMigrate: true,
  history: {
    loads: "ops.loads",
    steps: {
      "ops.steps": { select: ["daily", "more"], completeness: "source_*_pct", updated: "source_*_at", running: true },
    },
  },
};

describe("the history of runs", () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await projectOf({
      daily: daily("n"),
      more: 'config { type: "table" }\nSELECT total FROM ${ref("daily")}',
      other: 'config { type: "table" }\nSELECT 1 AS n',
    });
    mkdirSync(join(rig.dir, "migrations"));
    rig.write("migrations/0001_history.sql", MIGRATION);
    rig.write("fastbreak.json", JSON.stringify(SETTINGS));
  });
  afterEach(() => rig.remove());

  const steps = (columns: string, where = "TRUE") =>
    rig.sql(`SELECT processor_name, ${columns} FROM ops.steps WHERE ${where} ORDER BY created_at, processor_name`);

  it("gets a row for each step, with all that a run knows of it", async () => {
    await rig.run([]);
    expect(
      await steps(`success, date_range_start, analysis_date, records_processed, records_inserted, errors_json,
        dependency_check_passed, data_completeness_pct, skip_reason, of_nobody`),
    ).toEqual([
      ["daily", "true", "2024-01-01", "2024-01-01", "1", "1", "[]", "true", "75", "null", "null"],
      ["more", "true", "null", "null", "1", "1", "[]", "true", "null", "null", "null"],
    ]);
    const [row] = await rig.sql(`SELECT s.run_id = r.run_id, s.config_hash = m.compiled_hash, s.duration_seconds > 0,
        round(s.upstream_data_age_hours - date_diff('second', TIMESTAMP '2023-12-31 22:00:00', s.run_date::TIMESTAMP) / 3600.0, 2) = 0
      FROM ops.steps s, fastbreak.runs r, fastbreak.model_state m WHERE s.processor_name = 'daily' AND m.model = 'd.daily' LIMIT 1`);
    expect(row).toEqual(["true", "true", "true", "true"]);
  });

  it("says why a step did not run: unchanged, behind one that failed, refused by its breaker", async () => {
    await rig.run([]);
    rig.edit("definitions/other.sqlx", "1 AS n", "2 AS n");
    await rig.run([]);
    rig.write("definitions/daily.sqlx", daily("nn"));
    await rig.run([], 1);
    await rig.run([], 3);
    expect(
      await steps("success, skip_reason, dependency_check_passed, contains(errors_json, 'Unrecognized name: nn')"),
    ).toEqual([
      ["daily", "true", "null", "true", "false"],
      ["more", "true", "null", "true", "false"],
      ["daily", "true", "upstream_unchanged", "true", "false"],
      ["more", "true", "upstream_unchanged", "true", "false"],
      ["daily", "false", "null", "true", "true"],
      ["more", "false", "dependency_missing", "false", "false"],
      ["daily", "false", "circuit_breaker_open", "true", "true"],
      ["more", "false", "dependency_missing", "false", "false"],
    ]);
  });

  it("ends the run of a process that died, as interrupted", async () => {
    await rig.run([]);
    rig.write(
      "definitions/more.sqlx",
      `config { type: "table" }\n${ENDLESS}, (SELECT total FROM \${ref("daily")})`.replace(
        ", (SELECT",
        " AND EXISTS (SELECT",
      ),
    );
    const { child, ended } = await startRun(rig);
    child.kill("SIGKILL");
    expect((await ended).signal).toBe("SIGKILL");
    expect(await steps("success", "success IS NULL")).toEqual([["more", "null"]]);
    rig.write("definitions/more.sqlx", 'config { type: "table" }\nSELECT total + 1 AS total FROM ${ref("daily")}');
    await rig.run([]);
    expect(await rig.sql("SELECT status FROM fastbreak.runs ORDER BY started_at")).toEqual([
      ["success"],
      ["interrupted"],
      ["success"],
    ]);
    expect(await steps("success, contains(errors_json, 'interrupted')", "processor_name = 'more'")).toEqual([
      ["more", "true", "false"],
      ["more", "false", "true"],
      ["more", "true", "false"],
    ]);
    expect((await rig.fastbreak("status")).stdout).toMatch(/interrupted/);
  });

  it("has a row for each table of a load, and for a load that failed", async () => {
    mkdirSync(join(rig.dir, "data"));
    rig.write("data/raw.numbers.csv", "n,day\n4,2024-01-01\n");
    await rig.fastbreak("seed", "data");
    rig.write("data/raw.numbers.csv", "n,day\nx,2024-01-01\n");
    expect((await rig.fastbreak("seed", "data")).code).toBe(2);
    expect(
      await rig.sql(`SELECT processor_name, status, rows_processed, rows_inserted, file_path, opts->>'loader',
        error_message IS NULL, contains(run_id, '/numbers'), completed_at >= started_at FROM ops.loads ORDER BY started_at`),
    ).toEqual([
      ["numbers", "success", "1", "1", "data", "seed", "true", "true", "true"],
      ["seed", "failed", "0", "0", "data", "seed", "false", "false", "true"],
    ]);
  });

  it("is not begun where its table is missing, and a selector must match", async () => {
    rig.write("fastbreak.json", JSON.stringify({ ...SETTINGS, autoMigrate: false }));
    const missing = await rig.fastbreak("run");
    expect([missing.code, missing.stderr]).toEqual([
      2,
      'fastbreak: fastbreak.json: history.steps."ops.steps" is not in the warehouse; make it with fastbreak migrate, or correct the name\n',
    ]);
    rig.write(
      "fastbreak.json",
      JSON.stringify({ autoMigrate: true, history: { steps: { "ops.steps": { select: ["dayli"] } } } }),
    );
    expect((await rig.fastbreak("run")).stderr).toContain('history.steps."ops.steps".select: ');
  });
});
