import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Rig, RunDocument } from "./rig.js";
import { dayOf, smallProject } from "./small-project.js";

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
  let rig: Rig;
  const start = async () => {
    rig = await smallProject(EVENTS);
    await rig.run([]);
    return rig;
  };
  afterEach(() => rig.remove());

  it("sees a changed variable where it is used, and nowhere else (state:modified does not see vars)", async () => {
    await start();
    rig.edit("definitions/totals.sqlx", "SUM(points)", "SUM(points) * ${dataform.projectConfig.vars.factor}");
    await rig.run([]);
    expect(ran(await rig.run(["--var", "factor=2"]))).toEqual(["d.totals: code_changed"]);
    expect(ran(await rig.run(["--var", "factor=2"]))).toEqual([]);
  });

  it("sees an include that another include reads", async () => {
    await start();
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
    await start();
    await rig.sql(
      "CREATE TABLE raw.copy AS FROM raw.events; DELETE FROM raw.events; INSERT INTO raw.events FROM raw.copy ORDER BY points; DROP TABLE raw.copy",
    );
    expect(ran(await rig.run([]))).toEqual([]);
  });

  it("notices rows that arrive late in an old partition, and reads no further than the window", async () => {
    await start();
    await rig.sql(`INSERT INTO raw.events SELECT ${dayOf(2)}, 'team 1', 1000`);
    const late = await rig.run([]);
    const partitions = (name: string) =>
      late.actions.find((action) => action.name === name)?.partitions.filter(({ decision }) => decision === "run");
    expect(partitions("d.daily")).toMatchObject([{ partition: "2024-01-03" }]);
    expect(partitions("d.form")).toMatchObject([{ partition: "2024-01-03..2024-01-06" }]);
  });

  it("stops where an upstream comes out the same (early cutoff)", async () => {
    await start();
    await rig.sql(`INSERT INTO raw.events SELECT ${dayOf(0)}, 'team 1', unnest([5, -5])`);
    const run = await rig.run([]);
    // The day counts two more events; the points that the others read are the same.
    expect(ran(run)).toContain("d.daily: inputs_changed");
    expect(run.actions.find(({ name }) => name === "d.form")?.status).toBe("unchanged");
    expect(run.actions.find(({ name }) => name === "d.totals")?.status).toBe("skipped");
  });

  it("rebuilds a table that was dropped outside (state-aware orchestration does not notice)", async () => {
    await start();
    await rig.sql("DROP TABLE d.totals");
    expect(ran(await rig.run([]))).toEqual(["d.totals: table_missing"]);
  });

  it("rebuilds a table that was edited by hand", async () => {
    await start();
    await rig.sql("UPDATE d.totals SET points = 0 WHERE team = 'team 1'");
    expect(ran(await rig.run([]))).toEqual(["d.totals: table_modified"]);
  });

  it("runs nothing after a comment, a new layout or a description (SQLMesh marks the children modified)", async () => {
    await start();
    rig.edit("definitions/daily.sqlx", "SELECT day,", "-- totals of a day\nSELECT\n  day,");
    rig.edit("definitions/totals.sqlx", 'type: "table"', 'type: "table", description: "All points", tags: ["x"]');
    const edited = await rig.run([]);
    expect(ran(edited)).toEqual([]);
    expect(edited.totals.rows_written).toBe(0);
  });

  it("runs a model again when its layout changes though its SQL does not", async () => {
    await start();
    rig.edit("definitions/daily.sqlx", 'partitionBy: "day"', 'partitionBy: "day", clusterBy: ["team"]');
    const edited = await rig.run([]);
    expect(ran(edited)).toEqual(["d.daily: code_changed", "d.no_negative: inputs_changed"]);
    expect(edited.totals.rows_written).toBe(0);
  });

  it("adopts tables that somebody else built, without rewriting a row", async () => {
    await start();
    await rig.sql("DROP SCHEMA fastbreak CASCADE");
    const adopted = await rig.run([]);
    expect(adopted.totals).toMatchObject({ rows_written: 0, failed: 0 });
    expect(ran(await rig.run([]))).toEqual([]);
  });

  it("keeps environments apart", async () => {
    await start();
    const dev = await rig.run(["--schema-suffix", "dev"]);
    expect(ran(dev)).toContain("d_dev.daily: never_built");
    expect(ran(await rig.run([]))).toEqual([]);
    expect(ran(await rig.run(["--schema-suffix", "dev"]))).toEqual([]);
  });

  it("builds a renamed model anew and what reads it only when its rows differ", async () => {
    await start();
    rig.write("definitions/per_day.sqlx", rig.read("definitions/daily.sqlx"));
    rig.edit("definitions/form.sqlx", 'FROM ${ref("daily")}', 'FROM ${ref("per_day")}');
    const renamed = await rig.run([]);
    expect(ran(renamed)).toContain("d.per_day: never_built");
    expect(ran(renamed)).toContain("d.form: code_changed");
    expect(ran(renamed)).not.toContain("d.totals: inputs_changed");
  });

  it("never trusts a model whose compile read the clock", async () => {
    await start();
    rig.edit("definitions/totals.sqlx", "SUM(points)", "SUM(points) + 0 * ${Date.now()}");
    expect(ran(await rig.run([]))).toEqual(["d.totals: code_changed"]);
    const again = await rig.run([]);
    expect(again.compiled).toBe(true);
    expect(ran(again)).toHaveLength(1);
  });

  it("never trusts a hashed column that calls RAND(), and says so", async () => {
    await start();
    rig.edit("definitions/totals.sqlx", "SELECT team", "SELECT RAND() AS luck, team");
    await rig.run([]);
    const again = await rig.run([]);
    expect(ran(again)).toEqual(["d.totals: volatile"]);
  });

  it("tells what a selection leaves stale, and what nobody declared", async () => {
    await start();
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
    await start();
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
});
