import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

const LOG =
  'CREATE SCHEMA IF NOT EXISTS `{{dataset "ops"}}`;\nCREATE TABLE IF NOT EXISTS `{{dataset "ops"}}`.log (id STRING, ok BOOL NOT NULL);\n';
const REASON = 'ALTER TABLE `{{dataset "ops"}}`.log ADD COLUMN IF NOT EXISTS reason STRING;\n';

describe("fastbreak migrate", () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await projectOf({ daily: 'config { type: "table" }\nSELECT n FROM ${ref("raw", "numbers")}' });
    mkdirSync(join(rig.dir, "migrations"));
  });
  afterEach(() => rig.remove());

  const says = (files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) rig.write(`migrations/${name}.sql`, text);
  };
  const told = async (...args: string[]) => {
    const { code, stdout, stderr } = await rig.fastbreak("migrate", ...args);
    return `${code} ${stdout}${stderr}`.trim();
  };
  const columns = async () =>
    (await rig.sql("SELECT column_name FROM duckdb_columns() WHERE schema_name = 'ops' ORDER BY column_index")).flat();

  it("applies each once and in order, tells what is pending, and tries without leaving anything", async () => {
    expect(await told()).toBe("0 The project has no migrations: no file migrations/NNNN_name.sql.");
    says({ "0001_log": LOG, "0002_reason": REASON });
    expect(await told("--dry-run")).toContain("2 migrations would be applied; nothing was changed");
    expect(await columns()).toEqual([]);
    expect(await told("--status")).toMatch(/0001 {2}log +pending\n.*pending\n2 migrations: 0 applied, 2 pending/);
    expect(await told()).toBe("0   0001  log: adds ops.log\n  0002  reason: adds ops.log.reason\n2 migrations applied");
    expect(await columns()).toEqual(["id", "ok", "reason"]);
    expect(await told()).toBe("0 Nothing to apply: 2 migrations applied before.");
    expect(JSON.parse((await told("--schema-suffix", "dev", "--json")).slice(2))).toMatchObject({
      applied: [{ version: 1, added: ["ops_dev.log"] }, { version: 2 }],
    });
  });

  it("lets a migration ask INFORMATION_SCHEMA what is there, also where there is no warehouse yet", async () => {
    const named = "SELECT 1 FROM `{{dataset \"ops\"}}`.INFORMATION_SCHEMA.COLUMNS WHERE column_name = 'reason'";
    says({ "0001_log": LOG, "0002_reason": `IF NOT EXISTS (${named}) THEN ${REASON} END IF;` });
    expect(await told("--dry-run", "--database", "none-yet.duckdb")).toContain("reason: adds ops.log.reason");
    expect(await told()).toContain("reason: adds ops.log.reason");
  });

  it("refuses a folder that makes no sense in one line", async () => {
    const wrong: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
      [{ "0001_log": LOG, "0003_x": REASON }, /^2 fastbreak: migrations\/0003_x\.sql: number 0002 is missing/],
      [{ "0001_log": LOG, "0001_more": REASON }, /0001_log\.sql and migrations\/0001_more\.sql have the same number/],
      [{ "1_log": LOG }, /migrations\/1_log\.sql: a migration is called NNNN_name\.sql/],
      [{ "0001_log": "\nSELECT {{other}};" }, /0001_log\.sql:2:10: \{\{other\}\} is not known/],
      [{ "0001_log": "SELECT 1;\nALTER TABEL x;" }, /^2 fastbreak: migrations\/0001_log\.sql:2:7: /],
    ];
    for (const [files, message] of wrong) {
      rmSync(join(rig.dir, "migrations"), { recursive: true });
      mkdirSync(join(rig.dir, "migrations"));
      says(files);
      const line = await told();
      expect(line).toMatch(message);
      expect(line.split("\n")).toHaveLength(1);
    }
  });

  it("leaves nothing of one that fails or loses something", async () => {
    const wrong = [
      [`${REASON}SELECT 1 / 0;`, "migrations/0002_x.sql:2:1: division by zero"],
      [`${REASON}ASSERT (SELECT COUNT(*) FROM ops.log) = 7 AS 'seven';`, "0002_x.sql:2:1: seven"],
      ["ALTER TABLE ops.log DROP COLUMN id;", "ops.log has lost its column id; a migration adds"],
      ["DROP VIEW IF EXISTS seen.ids;", "0002_x.sql: seen.ids is gone; a migration adds"],
      ["CREATE OR REPLACE VIEW seen.ids AS SELECT ok FROM ops.log;", "seen.ids has lost its column id;"],
      ["DROP VIEW IF EXISTS seen.ids; CREATE TABLE IF NOT EXISTS seen.ids (id STRING);", "is a table, it was a view"],
      ["EXECUTE IMMEDIATE CONCAT('DROP TABLE IF EXISTS ', 'ops', '.log');", "ops.log is gone;"],
      ["DROP FUNCTION IF EXISTS ops.twice;", "ops.twice is gone;"],
      ["DELETE FROM ops.log WHERE TRUE;", "ops.log has 0 rows, it had 1;"],
      ["ALTER TABLE ops.log ADD COLUMN reason STRING;", "Column already exists: reason; that is a second"],
      ["-- fastbreak: changes rows\nINSERT INTO ops.log VALUES ('b', TRUE);", "a second run of it changes"],
    ];
    says({ "0001_log": LOG });
    await told();
    await rig.sql("INSERT INTO ops.log VALUES ('a', TRUE)");
    await rig.sql("CREATE SCHEMA seen");
    await rig.sql("CREATE VIEW seen.ids AS SELECT id FROM ops.log");
    await rig.fastbreak("query", "CREATE FUNCTION ops.twice(x INT64) AS (2 * x)");
    for (const [text = "", message] of wrong) {
      says({ "0002_x": text });
      expect(await told()).toContain(message);
      expect(await columns()).toEqual(["id", "ok"]);
      expect(await rig.sql("SELECT * FROM ops.log")).toEqual([["a", "true"]]);
    }
    expect(await told("--status")).toContain("1 applied, 1 pending");
  });

  it("refuses one that was changed or removed after it was applied, and a new one below the last", async () => {
    says({ "0001_log": LOG, "0002_reason": REASON });
    await told();
    says({ "0001_log": `${LOG}-- changed\n` });
    expect(await told("--status")).toMatch(
      /^2 fastbreak: migrations\/0001_log\.sql was changed after it was applied on /,
    );
    says({ "0001_log": LOG });
    rmSync(join(rig.dir, "migrations/0002_reason.sql"));
    expect(await told()).toMatch(
      /^2 fastbreak: migrations\/0002_reason\.sql was applied on \S+ and is gone; put it back$/,
    );
  });

  it("are applied by a run first where the project says so", async () => {
    says({ "0001_log": LOG });
    await rig.run([]);
    expect(await columns()).toEqual([]);
    rig.write("fastbreak.json", JSON.stringify({ autoMigrate: true }));
    expect((await rig.fastbreak("run")).stderr).toBe("");
    says({ "0002_reason": REASON });
    expect((await rig.fastbreak("run")).stderr).toBe("note: migration 0002 reason applied\n");
    expect(await columns()).toEqual(["id", "ok", "reason"]);
  });
});

describe("the migrations of this warehouse", () => {
  let rig: Rig;
  beforeAll(() => {
    rig = Rig.warehouseProject();
  });
  afterAll(() => rig.remove());
  const warehouse = join(".fastbreak", "warehouse.duckdb");
  const fresh = () => rmSync(join(rig.dir, warehouse), { force: true });
  const migrate = async () => {
    const { code, stdout, stderr } = await rig.fastbreak("migrate", "--json");
    expect([code, stderr]).toEqual([0, ""]);
    return (JSON.parse(stdout) as { applied: { version: number; added: string[]; rows_after: number }[] }).applied;
  };
  const namesOf = async (schema: string, table: string) =>
    (
      await rig.sql(
        `SELECT column_name FROM duckdb_columns() WHERE schema_name = '${schema}' AND table_name = '${table}' ORDER BY column_index`,
      )
    ).flat();
  /** The table as it was before any migration. */
  const precomputeRuns = (rows: number) =>
    rig.sql(`CREATE SCHEMA nba_processing; CREATE TABLE nba_processing.precompute_processor_runs AS
      SELECT 'player_daily_cache' AS processor_name, 'run ' || i AS run_id, TIMESTAMPTZ '2021-11-15 23:00:00+00' AS run_date,
        i % 3 > 0 AS success, i / 7.0::DOUBLE AS duration_seconds, DATE '2021-11-15' - i::INTEGER AS analysis_date FROM range(${rows}) AS r(i);
      ALTER TABLE nba_processing.precompute_processor_runs ALTER COLUMN success SET NOT NULL`);

  it("make an empty warehouse ready, and do nothing the second time", async () => {
    fresh();
    const applied = await migrate();
    expect(applied.map(({ version }) => version)).toEqual(Array.from({ length: 23 }, (_, index) => index + 1));
    expect(await migrate()).toEqual([]);
    expect(await namesOf("nba_processing", "processor_runs")).toContain("skip_reason");
    expect(await namesOf("nba_processing", "analytics_processor_runs")).toContain("skip_reason");
    expect(await namesOf("nba_processing", "precompute_processor_runs")).toEqual(
      expect.arrayContaining([
        "analysis_date",
        "dependency_check_passed",
        "data_completeness_pct",
        "upstream_data_age_hours",
        "skip_reason",
        "config_hash",
      ]),
    );
  });

  it.each([238, 0])("make success nullable and keep %i rows as they are, also the second time", async (rows) => {
    fresh();
    await precomputeRuns(rows);
    const table = "nba_processing.precompute_processor_runs";
    await expect(
      rig.sql(`INSERT INTO ${table} (processor_name, run_id, run_date) VALUES ('a', 'b', now())`),
    ).rejects.toThrow("NOT NULL");
    const content = () =>
      rig.sql(`SELECT count(*), count(DISTINCT run_id), md5(string_agg(t::VARCHAR, '|' ORDER BY run_id)) FROM (
        SELECT processor_name, run_id, run_date, success, duration_seconds, analysis_date FROM ${table}) AS t`);
    const before = await content();
    expect(before[0]?.[0]).toBe(String(rows));
    const relaxed = (await migrate()).find(({ version }) => version === 18);
    expect(relaxed).toMatchObject({ rows_before: rows, rows_after: rows });
    expect(await content()).toEqual(before);
    // A warehouse whose record was lost: everything is applied once more.
    await rig.sql("DROP TABLE nba_orchestration.schema_migrations");
    expect(await migrate()).toHaveLength(23);
    expect(await content()).toEqual(before);
    await rig.sql(`INSERT INTO ${table} (processor_name, run_id, run_date) VALUES ('a', 'b', now())`);
    expect(await rig.sql(`SELECT success FROM ${table} WHERE processor_name = 'a'`)).toEqual([["null"]]);
  });

  it("give tables that stand from before the columns that they lack, with their rows as they were", async () => {
    fresh();
    await rig.sql(`CREATE SCHEMA nba_precompute; CREATE SCHEMA nba_processing;
      CREATE TABLE nba_precompute.player_daily_cache AS SELECT 'a' AS player_lookup, DATE '2021-11-15' AS cache_date;
      CREATE TABLE nba_processing.processor_runs AS SELECT 'r' AS run_id`);
    await migrate();
    expect(
      (await namesOf("nba_precompute", "player_daily_cache")).filter((name) => name.endsWith("_hash")),
    ).toHaveLength(5);
    expect(await namesOf("nba_processing", "processor_runs")).toEqual(["run_id", "skip_reason"]);
    expect(await rig.sql("SELECT player_lookup, data_hash FROM nba_precompute.player_daily_cache")).toEqual([
      ["a", "null"],
    ]);
  });
});
