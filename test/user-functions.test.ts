import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Rig, type RunDocument, runWithin } from "./rig.js";

runWithin();

const FUNCTIONS = `config { type: "operations", dependencies: ["shots"] }
CREATE OR REPLACE FUNCTION d.rate(made INT64, tried INT64) AS (SAFE_DIVIDE(made, tried));
CREATE OR REPLACE FUNCTION d.grade(x FLOAT64) RETURNS STRING DETERMINISTIC LANGUAGE js AS r"""
  return x >= 0.5 ? "good" : "bad";
""";
CREATE OR REPLACE FUNCTION d.both(made INT64, tried INT64) AS (d.grade(d.rate(made, tried)));
CREATE OR REPLACE TABLE FUNCTION d.of_team(t STRING) AS SELECT * FROM d.shots WHERE team = t
`;

/** Models that call functions in every way, and the declared dependency on the operation that creates them. */
const FILES: Readonly<Record<string, string>> = {
  "functions.sqlx": FUNCTIONS,
  "shots.sqlx": `config { type: "table" }
SELECT 'a' AS team, 3 AS made, 4 AS tried UNION ALL SELECT 'b', 1, 4`,
  "persistent.sqlx": `config { type: "table", dependencies: ["functions"] }
SELECT team, d.both(made, tried) AS grade FROM \${ref("shots")}`,
  "behind_view.sqlx": `config { type: "view", dependencies: ["functions"] }
SELECT team, \`p.d.rate\`(made, tried) AS rate FROM \${ref("shots")}`,
  "reads_view.sqlx": 'config { type: "table" }\nSELECT SUM(rate) AS rate FROM ${ref("behind_view")}',
  "temporary.sqlx": `config { type: "incremental", uniqueKey: ["team"] }
pre_operations {
  DECLARE least INT64 DEFAULT (SELECT MIN(tried) FROM \${ref("shots")});
  CREATE TEMP FUNCTION twice(x INT64) AS (x * 2);
  CREATE TEMP TABLE chosen AS SELECT * FROM \${ref("shots")} WHERE tried >= least;
  SET least = least + 1
}
SELECT team, twice(made) AS made, least FROM chosen
post_operations {
  CREATE OR REPLACE TABLE d.kept AS SELECT twice(least) AS n
}`,
  "of_a.sqlx": `config { type: "table", dependencies: ["functions"] }
SELECT made FROM d.of_team('a')`,
  "no_bad.sqlx": `config { type: "assertion", dependencies: ["functions"] }
SELECT * FROM \${ref("shots")} WHERE d.rate(made, tried) > 100`,
  "rate_test.sqlx": `config { type: "test", dataset: "persistent" }
input "shots" { SELECT 'z' AS team, 1 AS made, 2 AS tried }
SELECT 'z' AS team, 'good' AS grade`,
};

function project(files: Readonly<Record<string, string>>): Rig {
  const rig = Rig.empty();
  rig.bringLibrary();
  rig.write("dataform.json", JSON.stringify({ warehouse: "bigquery", defaultDatabase: "p", defaultSchema: "d" }));
  rig.write("package.json", "{}");
  mkdirSync(join(rig.dir, "definitions"));
  for (const [file, text] of Object.entries(files)) rig.write(`definitions/${file}`, text);
  return rig;
}

function statuses({ actions }: RunDocument): Record<string, string> {
  return Object.fromEntries(actions.map(({ name, status }) => [name.replace("d.", ""), status]));
}

describe("user functions in a project", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = project(FILES);
    await rig.sql("CREATE SCHEMA d");
  });
  afterAll(() => rig.remove());

  it("checks models against the functions that operations create, before any warehouse has them", async () => {
    const { stdout, stderr, code } = await rig.fastbreak("check");
    expect({ stdout, stderr, code }).toEqual({ stdout: "8 actions checked, 0 errors\n", stderr: "", code: 0 });
  });

  it("runs what calls persistent and temporary functions, variables and temporary tables", async () => {
    const document = await rig.run([]);
    expect(new Set(Object.values(statuses(document)))).toEqual(new Set(["success"]));
    expect(await rig.sql("SELECT team, grade FROM d.persistent ORDER BY 1")).toEqual([
      ["a", "good"],
      ["b", "bad"],
    ]);
    expect(await rig.sql("SELECT team, made, least FROM d.temporary ORDER BY 1")).toEqual([
      ["a", "6", "5"],
      ["b", "2", "5"],
    ]);
    expect(
      await rig.sql("SELECT (SELECT n FROM d.kept), (SELECT rate FROM d.reads_view), (SELECT made FROM d.of_a)"),
    ).toEqual([["10", "1", "3"]]);
  });

  it("skips them while the functions stay, though the operation runs again", async () => {
    const document = await rig.run([]);
    expect(statuses(document)).toMatchObject({
      functions: "success",
      persistent: "skipped",
      behind_view: "skipped",
      reads_view: "skipped",
      temporary: "skipped",
      of_a: "skipped",
    });
  });

  it("runs again what calls a function whose body has changed, even through another function", async () => {
    rig.edit("definitions/functions.sqlx", "x >= 0.5", "x >= 0.2");
    const document = await rig.run([]);
    expect(statuses(document)).toMatchObject({ persistent: "success", behind_view: "skipped", of_a: "skipped" });
    const { partitions } = document.actions.find(({ name }) => name === "d.persistent") ?? {};
    expect(partitions?.[0]).toMatchObject({ decision: "run", reason: "inputs_changed" });
    expect(await rig.sql("SELECT DISTINCT grade FROM d.persistent")).toEqual([["good"]]);
  });

  it("builds with the function that stands in the warehouse, and again when the operation has replaced it", async () => {
    rig.edit("definitions/functions.sqlx", "SAFE_DIVIDE(made, tried)", "SAFE_DIVIDE(tried, made)");
    await rig.run(["--select", "persistent", "reads_view"]);
    expect(await rig.sql("SELECT rate FROM d.reads_view")).toEqual([["1"]]);
    const document = await rig.run([]);
    expect(statuses(document)).toMatchObject({ behind_view: "success", reads_view: "success" });
    expect(Number((await rig.sql("SELECT rate FROM d.reads_view"))[0]?.[0])).toBeCloseTo(4 / 3 + 4);
    expect(Number((await rig.sql("SELECT SUM(rate) FROM d.behind_view"))[0]?.[0])).toBeCloseTo(4 / 3 + 4);
  });

  it("builds again when a table has changed that only pre_operations or a function read", async () => {
    rig.edit("definitions/shots.sqlx", "3 AS made", "2 AS made");
    const document = await rig.run([]);
    expect(statuses(document)).toMatchObject({ temporary: "success", of_a: "success" });
    expect(await rig.sql("SELECT made FROM d.of_a")).toEqual([["2"]]);
  });

  it("verifies them without repeating what pre_operations change", async () => {
    const { stdout, code } = await rig.fastbreak("verify");
    expect({ stdout, code }).toEqual({
      stdout: "5 models, 5 partitions: exactly what a full rebuild gives\n",
      code: 0,
    });
  });

  it("calls them in unit tests", async () => {
    const { stdout, code } = await rig.fastbreak("test");
    expect(stdout).toMatch(/^passed {2}rate_test\n1 test: 1 passed, 0 failed/);
    expect(code).toBe(0);
  });
});

describe("what is not certain", () => {
  it("runs every time", async () => {
    const rig = project({
      "random.sqlx": `config { type: "table" }
pre_operations { CREATE TEMP FUNCTION f(x FLOAT64) RETURNS FLOAT64 LANGUAGE js AS "return x" }
SELECT f(1) AS x`,
      "clock.sqlx":
        'config { type: "table" }\npre_operations { DECLARE today DATE DEFAULT CURRENT_DATE() }\nSELECT today',
      "foreign_function.sqlx": 'config { type: "table" }\nSELECT elsewhere.f(1) AS x',
      "wildcard.sqlx": 'config { type: "table" }\nSELECT _TABLE_SUFFIX AS day, x FROM `elsewhere.events_*`',
      "sure.sqlx": `config { type: "table" }
pre_operations { CREATE TEMP FUNCTION f(x FLOAT64) RETURNS FLOAT64 DETERMINISTIC LANGUAGE js AS "return x" }
SELECT f(1) AS x`,
    });
    expect((await rig.fastbreak("check")).stderr).toMatch(
      /not checked: d.foreign_function: no operation of the project creates function elsewhere.f/,
    );
    await rig.sql("CREATE SCHEMA d; CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.events_1 AS SELECT 5::BIGINT AS x");
    await rig.fastbreak("query", "CREATE FUNCTION elsewhere.f(x INT64) AS (x)");
    await rig.run([]);
    const { actions } = await rig.run([]);
    const reasons = Object.fromEntries(actions.map(({ name, partitions }) => [name, partitions[0]?.reason]));
    expect(reasons).toEqual({
      "d.random": "volatile",
      "d.clock": "volatile",
      "d.foreign_function": "volatile",
      "d.wildcard": "volatile",
      "d.sure": "unchanged",
    });
    rig.remove();
  });
});

describe("what an operation with hasOutput makes", () => {
  const rig = project({
    "plus.sqlx": `config { type: "operations", hasOutput: true }
CREATE OR REPLACE FUNCTION \${self()}(x INT64) AS (x + 1)`,
    "seen.sqlx": `config { type: "operations", hasOutput: true, tags: ["skippable"] }
CREATE OR REPLACE VIEW \${self()} AS SELECT id FROM \${ref("raw", "s")}`,
    "reads.sqlx": 'config { type: "table" }\nSELECT ${ref("plus")}(id) AS n FROM ${ref("seen")}',
    "s.sqlx": 'config { type: "declaration", schema: "raw", name: "s" }',
  });
  afterAll(() => rig.remove());
  const reasonOf = ({ actions }: RunDocument, name: string) =>
    actions.find((action) => action.name === name)?.partitions?.[0]?.reason;

  it("may be a function or a view: no table is missing", async () => {
    await rig.sql("CREATE SCHEMA d; CREATE SCHEMA raw; CREATE TABLE raw.s AS SELECT 1 AS id");
    await rig.run([]);
    const second = await rig.run([]);
    expect(["d.plus", "d.seen", "d.reads"].map((name) => reasonOf(second, name))).toEqual([
      "volatile",
      "unchanged",
      "unchanged",
    ]);
  });

  it("is made again when it is another view or gone; what reads it follows its rows", async () => {
    await rig.sql("INSERT INTO raw.s VALUES (5)");
    await rig.run([]);
    expect(await rig.sql("SELECT n FROM d.reads ORDER BY n")).toEqual([["2"], ["6"]]);
    for (const change of ["CREATE OR REPLACE VIEW d.seen AS SELECT 7 AS id", "DROP VIEW d.seen"]) {
      await rig.sql(change);
      expect(reasonOf(await rig.run([]), "d.seen")).toBe(
        change.startsWith("DROP") ? "table_missing" : "table_modified",
      );
      expect(await rig.sql("SELECT n FROM d.reads ORDER BY n")).toEqual([["2"], ["6"]]);
    }
  });

  it("is made again when it is skippable and another function or none stands under its name", async () => {
    rig.edit("definitions/plus.sqlx", "hasOutput: true", 'hasOutput: true, tags: ["skippable"]');
    await rig.run([]);
    expect(reasonOf(await rig.run([]), "d.plus")).toBe("unchanged");
    for (const change of ["CREATE OR REPLACE FUNCTION d.plus(x INT64) AS (x + 100)", "DROP FUNCTION d.plus"]) {
      expect((await rig.fastbreak("query", change)).code).toBe(0);
      expect(reasonOf(await rig.run([]), "d.plus")).toBe("table_modified");
      expect(await rig.sql("SELECT n FROM d.reads ORDER BY n")).toEqual([["2"], ["6"]]);
    }
  });
});
