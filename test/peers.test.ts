import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { layoutSql } from "../runner/engines/duckdb/catalog.js";
import { type Rig, ROOT, type RunDocument, runWithin } from "./rig.js";
import { dayOf, smallProject } from "./small-project.js";

runWithin();

const EVENTS = 2_000;

/** `model: reason` of everything that ran, in order. */
function ran(run: RunDocument): string[] {
  return run.actions.flatMap(({ name, partitions }) => {
    const reasons = new Set(partitions.filter(({ decision }) => decision === "run").map(({ reason }) => reason));
    return [...reasons].map((reason) => `${name}: ${reason}`);
  });
}

/** Cases that other tools are known to get wrong, by name: a false skip or a needless rebuild in each. */
describe("a decision that peers get wrong", () => {
  let built: Rig;
  let rig: Rig;
  const start = () => {
    rig = built.copy();
    return rig;
  };
  beforeAll(async () => {
    built = await smallProject(EVENTS);
    await built.run([]);
  });
  afterEach(() => rig.remove());
  afterAll(() => built.remove());

  it("sees a changed variable where it is used, and nowhere else (state:modified does not see vars)", async () => {
    start();
    rig.edit("definitions/totals.sqlx", "SUM(points)", "SUM(points) * ${dataform.projectConfig.vars.factor}");
    await rig.run([]);
    expect(ran(await rig.run(["--var", "factor=2"]))).toEqual(["d.totals: code_changed"]);
    expect(ran(await rig.run(["--var", "factor=2"]))).toEqual([]);
  });

  it("sees an include that another include reads", async () => {
    start();
    mkdirSync(join(rig.dir, "includes"));
    rig.write("includes/inner.js", 'module.exports = { aggregate: "SUM" };');
    rig.write(
      "includes/outer.js",
      'const inner = require("./inner"); module.exports = { total: (x) => `${inner.aggregate}(${x})` };',
    );
    rig.edit("definitions/totals.sqlx", "SUM(points)", '${outer.total("points")}');
    expect(ran(await rig.run([]))).toEqual([]);
    rig.write("includes/inner.js", 'module.exports = { aggregate: "MAX" };');
    expect(ran(await rig.run([]))).toEqual(["d.totals: code_changed"]);
  });

  it("does not cascade when an upstream rewrites identical rows (dbt State, Dagster)", async () => {
    start();
    await rig.sql(
      "CREATE TABLE raw.copy AS FROM raw.events; DELETE FROM raw.events; INSERT INTO raw.events FROM raw.copy ORDER BY points; DROP TABLE raw.copy",
    );
    expect(ran(await rig.run([]))).toEqual([]);
  });

  it("knows from the file alone that nobody has written, and sees at once when somebody has", async () => {
    start();
    const kept = join(rig.dir, ".fastbreak/warehouse.duckdb.digests");
    // A file that was written just now is read.
    await new Promise((resolve) => setTimeout(resolve, 3_100));
    expect(ran(await rig.run([]))).toEqual([]);
    expect(existsSync(kept)).toBe(true);
    expect(ran(await rig.run([]))).toEqual([]);
    await rig.sql(`UPDATE raw.events SET points = points + 1 WHERE day = ${dayOf(4)} AND team = 'team 1'`);
    expect(ran(await rig.run([])).length).toBeGreaterThan(0);
    expect(ran(await rig.run(["--full-refresh"])).length).toBeGreaterThan(0);
    expect(ran(await rig.run([]))).toEqual([]);
  });

  it("notices rows that arrive late in an old partition, and reads no further than the window", async () => {
    start();
    await rig.sql(`INSERT INTO raw.events SELECT ${dayOf(2)}, 'team 1', 1000`);
    const late = await rig.run([]);
    const partitions = (name: string) =>
      late.actions.find((action) => action.name === name)?.partitions.filter(({ decision }) => decision === "run");
    expect(partitions("d.daily")).toMatchObject([{ partition: "2024-01-03" }]);
    expect(partitions("d.form")).toMatchObject([{ partition: "2024-01-03..2024-01-06" }]);
  });

  it("stops where an upstream comes out the same (early cutoff)", async () => {
    start();
    await rig.sql(`INSERT INTO raw.events SELECT ${dayOf(0)}, 'team 1', unnest([5, -5])`);
    const run = await rig.run([]);
    // The day counts two more events; the points that the others read are the same.
    expect(ran(run)).toEqual(["d.daily: inputs_changed", "d.no_negative: inputs_changed"]);
  });

  it("rebuilds a table that was dropped outside (state-aware orchestration does not notice)", async () => {
    start();
    await rig.sql("DROP TABLE d.totals");
    expect(ran(await rig.run([]))).toEqual(["d.totals: table_missing"]);
  });

  it("rebuilds a table that was edited by hand", async () => {
    start();
    await rig.sql("UPDATE d.totals SET points = 0 WHERE team = 'team 1'");
    expect(ran(await rig.run([]))).toEqual(["d.totals: table_modified"]);
  });

  it("runs nothing after a comment, a new layout or a description (SQLMesh marks the children modified)", async () => {
    start();
    rig.edit("definitions/daily.sqlx", "SELECT day,", "-- totals of a day\nSELECT\n  day,");
    rig.edit("definitions/totals.sqlx", 'type: "table"', 'type: "table", description: "All points", tags: ["x"]');
    const edited = await rig.run([]);
    expect(ran(edited)).toEqual([]);
    expect(edited.totals.rows_written).toBe(0);
  });

  it("runs a model again when its layout changes though its SQL does not", async () => {
    start();
    rig.edit("definitions/daily.sqlx", 'partitionBy: "day"', 'partitionBy: "day", clusterBy: ["team"]');
    const edited = await rig.run([]);
    expect(ran(edited)).toEqual(["d.daily: code_changed", "d.no_negative: inputs_changed"]);
    expect(edited.totals.rows_written).toBe(0);
  });

  it("adopts tables that somebody else built, without rewriting a row", async () => {
    start();
    await rig.sql("DROP SCHEMA fastbreak CASCADE");
    const adopted = await rig.run([]);
    expect(adopted.totals).toMatchObject({ rows_written: 0, failed: 0 });
    expect(ran(await rig.run([]))).toEqual([]);
  });

  it("runs nothing when a source gains a column that nobody reads, or only that column changes", async () => {
    start();
    await rig.sql("ALTER TABLE raw.events ADD COLUMN venue VARCHAR DEFAULT 'home'");
    expect(ran(await rig.run([]))).toEqual([]);
    await rig.sql("UPDATE raw.events SET venue = 'away'");
    expect(ran(await rig.run([]))).toEqual([]);
    await rig.sql("UPDATE raw.events SET points = 2 WHERE points = 1");
    expect(ran(await rig.run([]))).toContain("d.daily: inputs_changed");
  });

  it("runs what reads every column when one is added, though every row has the hash that it had", async () => {
    start();
    const layout = { partitionColumn: undefined, clusterBy: [], primaryKey: ["team"] };
    await rig.sql(`CREATE TABLE raw.teams AS
      SELECT team, md5(team) AS data_hash FROM raw.events GROUP BY ALL;
      ${layoutSql({ dataset: "raw", name: "teams" }, layout)}`);
    rig.write("definitions/teams.sqlx", 'config { type: "table" }\nSELECT * FROM `raw.teams`');
    rig.write("definitions/names.sqlx", 'config { type: "table" }\nSELECT team FROM `raw.teams`');
    await rig.run([]);
    await rig.sql("ALTER TABLE raw.teams ADD COLUMN city VARCHAR DEFAULT 'unknown'");
    const run = await rig.fastbreak("run");
    expect(run.stdout).toMatch(/d\.teams .* inputs changed in the columns of raw\.teams/);
    expect(run.stdout).not.toMatch(/d\.names/);
    expect(await rig.sql("SELECT DISTINCT city FROM d.teams")).toEqual([["unknown"]]);
  });

  it("notices a column that keeps its text and changes its type", async () => {
    start();
    const layout = { partitionColumn: undefined, clusterBy: [], primaryKey: ["team"] };
    const teams = (type: string) => `CREATE OR REPLACE TABLE raw.teams AS
      SELECT team, '1'::${type} AS rank, md5(team) AS data_hash FROM raw.events GROUP BY ALL;
      ${layoutSql({ dataset: "raw", name: "teams" }, layout)}`;
    await rig.sql(teams("VARCHAR"));
    rig.write("definitions/ranks.sqlx", 'config { type: "table" }\nSELECT team, rank FROM `raw.teams`');
    await rig.run([]);
    await rig.sql(teams("BIGINT"));
    expect(ran(await rig.run([]))).toEqual(["d.ranks: inputs_changed"]);
    expect(ran(await rig.run([]))).toEqual([]);
  });

  it("notices a zero that lost its sign and an interval of the same length (equal values that functions tell apart)", async () => {
    start();
    const odd = (zero: string, span: string, list: string) =>
      rig.sql(`CREATE OR REPLACE TABLE raw.odd AS SELECT ${zero} AS zero, INTERVAL ${span} AS span, ${list} AS list`);
    await odd("0.0::DOUBLE", "30 DAY", "[0.0::DOUBLE]");
    rig.write(
      "definitions/odd.sqlx",
      'config { type: "table" }\nSELECT zero, CAST(span AS STRING) AS span, list FROM `raw.odd`',
    );
    await rig.run([]);
    const changes = [
      ["'-0.0'::DOUBLE", "30 DAY", "[0.0::DOUBLE]"],
      ["'-0.0'::DOUBLE", "1 MONTH", "[0.0::DOUBLE]"],
      ["'-0.0'::DOUBLE", "1 MONTH", "['-0.0'::DOUBLE]"],
      ["'-0.0'::DOUBLE", "1 MONTH", "['-0.0'::DOUBLE, 1]"],
    ] as const;
    for (const change of changes) {
      await odd(change[0], change[1], change[2]);
      expect(ran(await rig.run([])), change.join()).toEqual(["d.odd: inputs_changed"]);
    }
    expect(await rig.sql("SELECT zero::VARCHAR, span, list::VARCHAR FROM d.odd")).toEqual([
      ["-0.0", "0-1 0 0:0:0", "[-0.0, 1.0]"],
    ]);
  });

  it("rebuilds an empty table that somebody gave another column, or another type", async () => {
    start();
    rig.write(
      "definitions/none.sqlx",
      'config { type: "table" }\nSELECT team FROM ${ref("totals")} WHERE points < -1000',
    );
    await rig.run([]);
    await rig.sql("ALTER TABLE d.none ADD COLUMN note VARCHAR");
    expect(ran(await rig.run([]))).toEqual(["d.none: table_modified"]);
    expect(ran(await rig.run([]))).toEqual([]);
    await rig.sql("ALTER TABLE d.none ALTER team TYPE BIGINT");
    const retyped = await rig.fastbreak("verify", "--select", "none");
    expect(retyped).toMatchObject({ code: 6, stdout: expect.stringMatching(/d\.none .*other columns than its query/) });
    expect(ran(await rig.run([]))).toEqual(["d.none: table_modified"]);
    expect((await rig.fastbreak("verify", "--select", "none")).code).toBe(0);
    rig.edit("definitions/none.sqlx", "SELECT team", "SELECT team AS renamed");
    expect(ran(await rig.run([]))).toEqual(["d.none: code_changed"]);
  });

  it("runs nothing when a source whose rows carry a hash gains a column that nobody reads", async () => {
    start();
    const layout = { partitionColumn: "day", clusterBy: [], primaryKey: ["day", "team"] };
    await rig.sql(`CREATE TABLE raw.teams AS
      SELECT day, team, sum(points)::BIGINT AS points, md5(sum(points)::VARCHAR) AS data_hash FROM raw.events GROUP BY ALL;
      ${layoutSql({ dataset: "raw", name: "teams" }, layout)}`);
    rig.edit("definitions/totals.sqlx", 'FROM ${ref("form")}', "FROM `raw.teams`");
    await rig.run([]);
    await rig.sql("ALTER TABLE raw.teams ADD COLUMN city VARCHAR DEFAULT 'unknown'");
    expect(ran(await rig.run([]))).toEqual([]);
  });

  it("rebuilds nothing when the state tables gain a column, and keeps writing to them", async () => {
    start();
    await rig.sql("ALTER TABLE fastbreak.model_state ADD COLUMN bytes_billed BIGINT");
    expect(ran(await rig.run([]))).toEqual([]);
    await rig.sql("UPDATE d.totals SET points = 0 WHERE team = 'team 1'");
    expect(ran(await rig.run([]))).toEqual(["d.totals: table_modified"]);
    expect(ran(await rig.run([]))).toEqual([]);
  });

  it("runs an operation always, one that is declared skippable only when what it needs or makes has moved", async () => {
    start();
    const operation = (tags: string) =>
      `config { type: "operations", hasOutput: true, tags: [${tags}] }\nCREATE OR REPLACE TABLE \${self()} AS SELECT SUM(points) AS points FROM \${ref("totals")}`;
    rig.write("definitions/always.sqlx", operation(""));
    rig.write("definitions/sum.sqlx", operation('"skippable"'));
    expect(ran(await rig.run([]))).toEqual(["d.always: never_built", "d.sum: never_built"]);
    expect(ran(await rig.run([]))).toEqual(["d.always: volatile"]);
    await rig.sql(`INSERT INTO raw.events SELECT ${dayOf(0)}, 'team 1', 5`);
    expect(ran(await rig.run([]))).toContain("d.sum: inputs_changed");
    await rig.sql("DROP TABLE d.sum");
    expect(ran(await rig.run([]))).toContain("d.sum: table_missing");
    await rig.sql("UPDATE d.sum SET points = 0");
    expect(ran(await rig.run([]))).toContain("d.sum: table_modified");
    expect(ran(await rig.run([]))).toEqual(["d.always: volatile"]);
  });

  it("keeps environments apart", async () => {
    start();
    const dev = await rig.run(["--schema-suffix", "dev"]);
    expect(ran(dev)).toContain("d_dev.daily: never_built");
    expect(ran(await rig.run([]))).toEqual([]);
    expect(ran(await rig.run(["--schema-suffix", "dev"]))).toEqual([]);
  });

  it("builds a renamed model anew and what reads it only when its rows differ", async () => {
    start();
    rig.write("definitions/per_day.sqlx", rig.read("definitions/daily.sqlx"));
    rig.edit("definitions/form.sqlx", 'FROM ${ref("daily")}', 'FROM ${ref("per_day")}');
    const renamed = await rig.run([]);
    expect(ran(renamed)).toContain("d.per_day: never_built");
    expect(ran(renamed)).toContain("d.form: code_changed");
    expect(ran(renamed)).not.toContain("d.totals: inputs_changed");
  });

  it("never trusts a model whose compile read the clock", async () => {
    start();
    rig.edit("definitions/totals.sqlx", "SUM(points)", "SUM(points) + 0 * ${Date.now()}");
    expect(ran(await rig.run([]))).toEqual(["d.totals: code_changed"]);
    const again = await rig.run([]);
    expect(again.compiled).toBe(true);
    expect(ran(again)).toHaveLength(1);
  });

  it("never trusts a hashed column that calls RAND(), and says so", async () => {
    start();
    rig.edit("definitions/totals.sqlx", "SELECT team", "SELECT RAND() AS luck, team");
    await rig.run([]);
    const again = await rig.run([]);
    expect(ran(again)).toEqual(["d.totals: volatile"]);
  });

  it("tells what a selection leaves stale, and what nobody declared", async () => {
    start();
    await rig.sql("CREATE TABLE raw.bonus AS SELECT 'team 1' AS team, 1 AS points");
    rig.edit("definitions/totals.sqlx", "GROUP BY", "WHERE team NOT IN (SELECT team FROM `raw.bonus`) GROUP BY");
    await rig.sql(`INSERT INTO raw.events SELECT ${dayOf(1)}, 'team 2', 50`);
    const { stderr, code } = await rig.fastbreak("run", "--select", "daily");
    expect(code).toBe(0);
    expect(stderr).toMatch(/note: the selection leaves 2 stale: d\.form, d\.totals/);
    const all = await rig.fastbreak("run");
    expect(all.stderr).toMatch(/note: d\.totals reads raw\.bonus, which the project does not declare/);
    await rig.sql("INSERT INTO raw.bonus VALUES ('team 3', 1)");
    expect(ran(await rig.run([]))).toEqual(["d.totals: inputs_changed"]);
  });

  it("explains a decision down to the file, the SQL and the partition that moved", async () => {
    start();
    rig.edit("definitions/totals.sqlx", "SUM(points)", "MAX(points)");
    await rig.sql(`INSERT INTO raw.events SELECT ${dayOf(3)}, 'team 2', 50`);
    const code = await rig.fastbreak("explain", "totals");
    expect(code.stdout).toMatch(/would run: code changed/);
    expect(code.stdout).toMatch(/definitions\/totals\.sqlx \(changed\)/);
    expect(code.stdout).toMatch(/^ +-SELECT team, SUM\(points\)/m);
    expect(code.stdout).toMatch(/^ +\+SELECT team, MAX\(points\)/m);
    const data = await rig.fastbreak("explain", "daily", "--json");
    expect(JSON.parse(data.stdout)).toMatchObject({ name: "d.daily", type: "incremental" });
    const moved = (
      JSON.parse(data.stdout) as { partitions: { decision: string; evidence?: unknown }[] }
    ).partitions.find(({ decision }) => decision === "run");
    expect(moved).toMatchObject({ partition: "2024-01-04", evidence: { upstream: "raw.events", moved: "2024-01-04" } });
  });

  it("verifies the promise: equal after a run, and not after a hand edit or under a window that is declared too small", async () => {
    start();
    const equal = await rig.fastbreak("verify");
    expect(equal).toMatchObject({ code: 0, stderr: "" });
    expect(equal.stdout).toMatch(/3 models, 27 partitions: exactly what a full rebuild gives/);

    await rig.sql("UPDATE d.daily SET points = points + 1 WHERE team = 'team 1' AND day = DATE '2024-01-05'");
    const edited = await rig.fastbreak("verify", "--select", "daily", "--json");
    expect(edited.code).toBe(6);
    expect(JSON.parse(edited.stdout)).toMatchObject({
      equal: false,
      models: [{ name: "d.daily", differences: [{ partition: "2024-01-05", live_rows: 30, rebuilt_rows: 30 }] }],
    });

    await rig.run([]);
    rig.edit("definitions/form.sqlx", 'lookback_days: "3"', 'lookback_days: "1"');
    // Alone, because the table behind it rests on every partition.
    await rig.run(["--date", "2024-01-08", "--select", "form"]);
    const narrow = await rig.fastbreak("verify");
    expect(narrow.code).toBe(6);
    expect(narrow.stdout).toMatch(/d\.form {2}differs from a rebuild in 1 partition:\n {4}2024-01-08/);
  });

  it("needs neither the compiler nor the SQL parser where nothing has to run", async () => {
    start();
    const home = mkdtempSync(join(tmpdir(), "fastbreak-dist-"));
    for (const folder of ["bin", "dist"]) cpSync(join(ROOT, folder), join(home, folder), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(home, "node_modules"));
    const parser = readdirSync(join(home, "dist")).filter((file) => file.startsWith("script-"));
    expect(parser.length).toBeGreaterThan(0);
    const command = [join(home, "bin/fastbreak.cjs"), "run", "--json"];
    // The engine's version is made of these files' bytes; here it is a constant, so that they can go.
    writeFileSync(join(home, "dist/engine-files.json"), "[]");
    execFileSync(process.execPath, command, { cwd: rig.dir });
    for (const file of parser) rmSync(join(home, "dist", file));
    const idle = JSON.parse(execFileSync(process.execPath, command, { cwd: rig.dir, encoding: "utf8" })) as RunDocument;
    expect(idle).toMatchObject({ compiled: false, totals: { run: 0, failed: 0 } });
    rmSync(home, { recursive: true });
  });
});
