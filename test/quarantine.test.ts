import { afterEach, describe, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

const rigs: Rig[] = [];
afterEach(() => {
  for (const rig of rigs.splice(0)) rig.remove();
});

const COPY = 'config { type: "table" }\nSELECT n, day FROM ${ref("raw", "numbers")}';
const small = (tags = "") =>
  `config { type: "assertion", tags: [${tags}] }\nSELECT n, day FROM \${ref("copy")} WHERE n > 9`;
const READER = 'config { type: "table" }\nSELECT SUM(n) AS total FROM ${ref("copy")}';

async function project(files: Readonly<Record<string, string>>, settings: object = {}): Promise<Rig> {
  const rig = await projectOf({ copy: COPY, reader: READER, ...files });
  rig.write("fastbreak.json", JSON.stringify(settings));
  rigs.push(rig);
  return rig;
}

const standing = (rig: Rig) =>
  rig.sql(
    "SELECT assertion, model, row_number, row_json, rows_found, released_at IS NULL FROM fastbreak.quarantined_rows ORDER BY ALL",
  );
const failures = (rig: Rig) =>
  rig.sql('SELECT model, "partition", category, can_retry FROM fastbreak.model_failures ORDER BY ALL');
const statuses = async (rig: Rig, code: number) => {
  const { actions } = await rig.run([], code);
  return Object.fromEntries(actions.map(({ name, status }) => [name, status]));
};

describe("a gate that finds rows", () => {
  it("keeps the old rows of its model and what it found, and tells the query that shows it", async () => {
    const rig = await project({ small: small() });
    await rig.run([]);
    await rig.sql("INSERT INTO raw.numbers VALUES (12, DATE '2024-01-02'), (10, NULL)");
    const { code, stderr } = await rig.fastbreak("run");
    expect(code).toBe(1);
    expect(await rig.sql("SELECT n FROM d.copy")).toEqual([["4"]]);
    expect(await standing(rig)).toEqual([
      ["checks.small", "d.copy", "1", '{"n":"12","day":"2024-01-02"}', "2", "true"],
      ["checks.small", "d.copy", "2", '{"n":"10","day":null}', "2", "true"],
    ]);
    const query = /2 rows that checks.small found: fastbreak query "(.*)"/.exec(stderr)?.[1] ?? "";
    const shown = await rig.fastbreak("query", "--json", query);
    expect(JSON.parse(shown.stdout)).toHaveLength(2);
    expect(await failures(rig)).toEqual([
      ["d.copy", "*", "MINIMUM_THRESHOLD_NOT_MET", "true"],
      ["d.reader", "*", "MISSING_DEPENDENCY", "true"],
    ]);
  });

  it("replaces what it found before, and releases it when it finds nothing", async () => {
    const rig = await project({ small: small() });
    await rig.sql("INSERT INTO raw.numbers VALUES (12, NULL)");
    await rig.run([], 1);
    await rig.sql("UPDATE raw.numbers SET n = 13 WHERE n = 12");
    await rig.run([], 1);
    expect((await standing(rig)).map((row) => row[3])).toEqual(['{"n":"13","day":null}']);
    await rig.sql("UPDATE raw.numbers SET n = 3 WHERE n = 13");
    await rig.run([]);
    expect((await standing(rig)).map((row) => row.at(-1))).toEqual(["false"]);
    expect(await failures(rig)).toEqual([]);
  });

  it("releases what it found when the clock has gone back since it last found something", async () => {
    const rig = await project({ small: small() });
    await rig.sql("INSERT INTO raw.numbers VALUES (12, NULL)");
    await rig.run([], 1);
    await rig.sql("UPDATE raw.numbers SET n = 3 WHERE n = 12");
    await rig.run([]);
    await rig.sql(
      "UPDATE fastbreak.quarantined_rows SET quarantined_at = quarantined_at + INTERVAL 1 DAY, released_at = released_at + INTERVAL 1 DAY",
    );
    await rig.sql("UPDATE raw.numbers SET n = 13 WHERE n = 3");
    await rig.run([], 1);
    await rig.sql("UPDATE raw.numbers SET n = 3 WHERE n = 13");
    await rig.run([]);
    expect((await standing(rig)).map((row) => row.at(-1))).toEqual(["false", "false"]);
  });

  it("releases what it found although nothing had to run once the rows were as before", async () => {
    const rig = await project({ small: small(), other: 'config { type: "table" }\nSELECT 1 AS one' });
    await rig.run([]);
    await rig.sql("UPDATE raw.numbers SET n = 12");
    await rig.run([], 1);
    await rig.sql("UPDATE raw.numbers SET n = 4");
    expect(await statuses(rig, 0)).toMatchObject({ "d.copy": "skipped", "d.other": "skipped" });
    expect((await standing(rig)).map((row) => row.at(-1))).toEqual(["false"]);
    expect(await failures(rig)).toEqual([]);
  });

  it("keeps the number of all rows where there are more than are kept", async () => {
    const rig = await project({ small: small() });
    await rig.sql("INSERT INTO raw.numbers SELECT 20 + i, NULL FROM range(1500) AS r(i)");
    await rig.run([], 1);
    expect(await rig.sql("SELECT count(*), max(rows_found) FROM fastbreak.quarantined_rows")).toEqual([
      ["1000", "1500"],
    ]);
  });
});

describe("the setting failedAssertions", () => {
  it("keep publishes the model and what reads it, fails the run, and keeps what was found", async () => {
    const rig = await project({ small: small() }, { failedAssertions: "keep" });
    await rig.sql("INSERT INTO raw.numbers VALUES (12, NULL)");
    expect(await statuses(rig, 1)).toEqual({ "d.copy": "success", "d.reader": "success", "checks.small": "failed" });
    expect(await rig.sql("SELECT total FROM d.reader")).toEqual([["16"]]);
    expect((await standing(rig)).map((row) => row.slice(0, 2))).toEqual([["checks.small", "null"]]);
    expect(await statuses(rig, 1)).toMatchObject({ "d.copy": "skipped", "checks.small": "failed" });
  });

  it("keep leaves assertions with the tag before_publishing as gates", async () => {
    const rig = await project({ small: small('"before_publishing"') }, { failedAssertions: "keep" });
    await rig.sql("INSERT INTO raw.numbers VALUES (12, NULL)");
    expect(await statuses(rig, 1)).toEqual({ "d.copy": "blocked", "d.reader": "blocked", "checks.small": "failed" });
  });

  it("knows no other value", async () => {
    const rig = await project({}, { failedAssertions: "ignore" });
    expect(await rig.fastbreak("run")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('fastbreak.json:1: "failedAssertions": must be rollback or keep'),
    });
  });
});
