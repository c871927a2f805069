import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { dayOf, smallProject } from "./small-project.js";

runWithin();

let built: Rig;
let rig: Rig;
beforeAll(async () => {
  built = await smallProject(360);
  built.write("definitions/best.sqlx", 'config { type: "view" }\nSELECT * FROM ${ref("totals")} WHERE points > 0');
  built.write("definitions/champion.sqlx", 'config { type: "table" }\nSELECT MAX(team) AS team FROM ${ref("best")}');
  await built.run([]);
});
beforeEach(() => {
  rig = built.copy();
});
afterEach(() => rig.remove());
afterAll(() => built.remove());

const DEV = ["--schema-suffix", "dev"];
const defer = (...args: string[]) => rig.run([...DEV, "--defer", ...args]);
const ran = async (...args: string[]) =>
  (await defer(...args)).actions
    .filter(({ status }) => status === "success" || status === "unchanged")
    .map(({ name }) => name);
const tables = async () =>
  (await rig.sql("SELECT table_name FROM information_schema.tables WHERE table_schema = 'd_dev' ORDER BY 1")).flat();

/** The rows of what the environment has made are those of an environment in which everything was made. */
async function expectLikeFull(): Promise<void> {
  const file = join(rig.dir, ".fastbreak/full.duckdb");
  cpSync(join(rig.dir, ".fastbreak/warehouse.duckdb"), file);
  await rig.run([...DEV, "--database", file]);
  const made = await rig.sql(
    "SELECT table_name FROM information_schema.tables WHERE table_schema = 'd_dev' AND table_type = 'BASE TABLE'",
  );
  const [whole, own] = ["whole.d_dev", "d_dev"];
  const counts = made.flat().map(
    (name) =>
      `SELECT '${name}' AS name, (SELECT COUNT(*) FROM (FROM ${own}.${name} EXCEPT ALL FROM ${whole}.${name})) +
        (SELECT COUNT(*) FROM (FROM ${whole}.${name} EXCEPT ALL FROM ${own}.${name})) AS differences`,
  );
  const found = await rig.sql(`ATTACH '${file}' AS whole (READ_ONLY); ${counts.join(" UNION ALL ")} ORDER BY name`);
  expect(found.length).toBeGreaterThan(0);
  expect(found.filter(([, differences]) => differences !== "0")).toEqual([]);
}

describe("run --defer", () => {
  it("makes nothing where nothing differs", async () => {
    expect(await ran()).toEqual([]);
    expect(await tables()).toEqual([]);
    expect((await rig.fastbreak("plan", ...DEV, "--defer")).stderr).toBe(
      "note: nothing differs from the published datasets: there is nothing to make\n",
    );
  });

  it("makes what was edited and what reads it, on published tables, and once", async () => {
    rig.edit("definitions/form.sqlx", "SUM(past.points)", "SUM(past.points) + 1");
    const published = await rig.sql("SELECT * FROM d.form ORDER BY ALL");
    expect((await rig.fastbreak("plan", ...DEV, "--defer")).stderr).toMatch(
      /^note: 4 actions made here, 1 read where published/m,
    );
    expect(await ran()).toEqual(["d_dev.form", "d_dev.totals", "d_dev.best", "d_dev.champion"]);
    expect(await tables()).toEqual(["best", "champion", "form", "totals"]);
    expect(await rig.sql("SELECT * FROM d.form ORDER BY ALL")).toEqual(published);
    await expectLikeFull();
    expect(await ran()).toEqual([]);
    // What is published decides for itself, as if the environment were not there.
    expect((await rig.run([])).actions.find(({ name }) => name === "d.daily")?.status).toBe("skipped");
  });

  it("follows rows that are corrected and published while the environment stands", async () => {
    rig.edit("definitions/totals.sqlx", "SUM(points)", "MAX(points)");
    await defer();
    await rig.sql(`UPDATE raw.events SET points = 60 WHERE day = ${dayOf(3)} AND team = 'team 3'`);
    // The correction is not published yet: what reads it differs, too.
    expect(await ran()).toContain("d_dev.daily");
    await expectLikeFull();
    await rig.run(["--select", "form", "daily"]);
    await defer();
    await expectLikeFull();
  });

  it("makes only what is selected, with the views that it reads", async () => {
    rig.edit("definitions/totals.sqlx", "SUM(points)", "MAX(points)");
    expect(await ran("--select", "champion")).toEqual(["d_dev.totals", "d_dev.champion"]);
    expect(await ran("--select", "daily")).toEqual([]);
  });

  it("makes for one date what one date needs", async () => {
    rig.edit("definitions/form.sqlx", "SUM(past.points)", "SUM(past.points) + 1");
    await defer("--select", "form", "--date", "2024-01-05");
    expect(await rig.sql("SELECT DISTINCT day::VARCHAR FROM d_dev.form")).toEqual([["2024-01-05"]]);
  });

  it("makes what statements around a query may name", async () => {
    rig.write(
      "definitions/noted.sqlx",
      'config { type: "table" }\nSELECT COUNT(*) AS n FROM ${ref("totals")}\npost_operations { INSERT INTO ${self()} SELECT COUNT(*) FROM ${ref("daily")} }',
    );
    expect(await ran()).toEqual(expect.arrayContaining(["d_dev.daily", "d_dev.totals", "d_dev.noted"]));
    await expectLikeFull();
  });

  it("needs an environment of its own", async () => {
    expect(await rig.fastbreak("run", "--defer")).toMatchObject({
      code: 2,
      stderr: "fastbreak: --defer needs an environment to make what differs in; give --schema-suffix too\n",
    });
    expect((await rig.fastbreak("run", ...DEV, "--defer", "--select", "state:stale")).code).toBe(2);
  });
});

it("fastbreak env lists the environments that stand, and drops one with nothing of others", async () => {
  expect((await rig.fastbreak("env")).stdout).toMatch(/^No environment stands/);
  rig.edit("definitions/totals.sqlx", "SUM(points)", "MAX(points)");
  await defer();
  await rig.sql(
    "CREATE TABLE d_dev.notes AS SELECT 1 AS x; CREATE SCHEMA d_other; CREATE TABLE d_other.unknown AS SELECT 1 AS x",
  );
  expect((await rig.fastbreak("env", "list")).stdout).toBe("dev  2 tables  1 view\n");
  expect((await rig.fastbreak("env", "drop", "deb")).stderr).toMatch(
    /^fastbreak: no environment stands under the suffix deb; did you mean "?dev/,
  );
  expect((await rig.fastbreak("env", "drop")).code).toBe(2);
  expect((await rig.fastbreak("env", "drop", "dev")).stdout).toBe("dropped 3 relations of dev\n");
  expect(await tables()).toEqual(["notes"]);
  // What was dropped is made again.
  expect(await ran()).toEqual(["d_dev.totals", "d_dev.best", "d_dev.champion"]);
  expect((await rig.fastbreak("verify", "--select", "daily")).code).toBe(0);
});
