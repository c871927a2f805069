import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

const DAILY = `config { type: "incremental", uniqueKey: ["day"], bigquery: { partitionBy: "day", labels: { lookback_days: "0" } } }
SELECT day, SUM(n) AS total FROM \${ref("raw", "numbers")} GROUP BY day`;

/** The partitions of d.daily that a run builds. */
async function built(rig: Rig): Promise<string[]> {
  const { actions } = await rig.run([]);
  const partitions = actions.find(({ name }) => name === "d.daily")?.partitions ?? [];
  return partitions.filter(({ decision }) => decision === "run").map(({ partition }) => partition);
}

describe("sources in fastbreak.json", () => {
  let rig: Rig;
  const says = (sources: unknown): void => rig.write("fastbreak.json", JSON.stringify({ sources }));
  beforeEach(async () => {
    rig = await projectOf({ daily: DAILY });
    await rig.sql("INSERT INTO raw.numbers VALUES (12, DATE '2024-01-02'), (1, DATE '2024-01-03')");
  });
  afterEach(() => rig.remove());

  it("give a table that another tool made its partition column: only what moved is built again", async () => {
    says({ "RAW.*": { partition: "Day" } });
    await built(rig);
    await rig.sql(
      "CREATE OR REPLACE TABLE raw.numbers AS SELECT * FROM raw.numbers UNION ALL SELECT 5, DATE '2024-01-03'",
    );
    expect(await built(rig)).toEqual(["2024-01-03"]);
    expect(await built(rig)).toEqual([]);
    expect((await rig.fastbreak("verify")).code).toBe(0);
  });

  it("must name a DATE column of a table that is named in full", async () => {
    says({ "raw.numbers": { partition: "n" } });
    const { code, stderr } = await rig.fastbreak("run");
    expect(stderr).toContain('fastbreak.json: sources."raw.numbers".partition of raw.numbers is n, which is no DATE');
    expect(code).toBe(2);
    says({ "raw.*": { partition: "other" } });
    expect((await rig.run([])).totals.failed).toBe(0);
    // A table that has a layout of its own, too.
    await rig.fastbreak(
      "query",
      "CREATE TABLE raw.laid PARTITION BY day AS SELECT n, day FROM raw.numbers; DROP TABLE raw.numbers; CREATE TABLE raw.numbers PARTITION BY day AS SELECT n, day FROM raw.laid",
    );
    says({ "raw.numbers": { partition: "other" } });
    expect((await rig.fastbreak("run")).stderr).toContain(
      'sources."raw.numbers".partition of raw.numbers is other, which it does not have',
    );
  });

  it("close the gate when a source is too old", async () => {
    says({ "raw.*": { loaded_at: "day", max_age_hours: 24 } });
    await rig.run([]);
    const old = await rig.fastbreak("gate", "--date", "2024-01-03");
    expect(old.stdout).toMatch(/the newest row of raw\.numbers is [\d.]+ h old/);
    expect(old.code).toBe(1);
    await rig.sql("INSERT INTO raw.numbers SELECT 1, CAST(now() AT TIME ZONE 'UTC' AS DATE)");
    expect((await rig.fastbreak("gate", "--date", "2024-01-03")).code).toBe(0);
    says({ "raw.*": { loaded_at: "nothing", max_age_hours: 24 } });
    expect((await rig.fastbreak("gate", "--date", "2024-01-03")).stderr).toContain(
      'fastbreak.json: sources."raw.*".loaded_at of raw.numbers is nothing, which it does not have',
    );
  });

  it("close the gate when a key does not tell the rows apart", async () => {
    says({ "raw.*": { key: ["day", "n"] } });
    await rig.run([]);
    expect((await rig.fastbreak("gate", "--date", "2024-01-03")).code).toBe(0);
    await rig.sql("INSERT INTO raw.numbers VALUES (1, DATE '2024-01-03')");
    const { code, stdout } = await rig.fastbreak("gate", "--date", "2024-01-03");
    expect(stdout).toContain("raw.numbers has 2 rows of one key: day 2024-01-03, n 1; mend raw.numbers, or correct");
    expect(code).toBe(1);
  });

  it("say which columns stand for a row: what changes besides them counts only where it is read", async () => {
    rig.write("definitions/raw.sqlx", 'config { type: "declaration", schema: "raw", name: "rows" }');
    rig.write("definitions/sums.sqlx", 'config { type: "table" }\nSELECT SUM(n) AS total FROM ${ref("raw", "rows")}');
    rig.write("definitions/seen.sqlx", 'config { type: "table" }\nSELECT id, n, loaded FROM ${ref("raw", "rows")}');
    const table = (n: number, at: string, hash: string) =>
      rig.sql(
        `CREATE OR REPLACE TABLE raw.rows AS SELECT 1::BIGINT AS id, ${n}::BIGINT AS n, DATE '${at}' AS loaded, '${hash}' AS hash`,
      );
    const ran = async () => {
      const { actions } = await rig.run([]);
      return actions.flatMap(({ name, status }) => (status === "skipped" || name === "d.daily" ? [] : [name])).sort();
    };
    says({ "raw.ro*": { key: ["ID"], rowHash: "Hash", loaded_at: "loaded" } });
    await table(1, "2024-01-01", "a");
    expect(await ran()).toEqual(["d.seen", "d.sums"]);
    await table(1, "2024-01-02", "a");
    expect(await ran()).toEqual(["d.seen"]);
    await table(2, "2024-01-02", "a");
    expect(await ran()).toEqual([]);
    await table(2, "2024-01-02", "b");
    expect(await ran()).toEqual(["d.seen", "d.sums"]);
    says({ "raw.rows": { key: "id", rowHash: "none" } });
    expect((await rig.fastbreak("run")).stderr).toContain(
      'fastbreak.json: sources."raw.rows".rowHash of raw.rows is none, which it does not have',
    );
  });
});

describe("the partition column of a source", () => {
  let rig: Rig;
  afterEach(() => rig.remove());

  it("is the DATE column on which all dated readers agree that pass it on as it is", async () => {
    rig = await projectOf({ daily: DAILY, copy: DAILY.replace("SUM(n)", "MAX(n)") });
    await rig.sql("INSERT INTO raw.numbers VALUES (12, DATE '2024-01-02')");
    expect(await built(rig)).toEqual(["2024-01-01..2024-01-02", "rest"]);
    await rig.sql("INSERT INTO raw.numbers VALUES (5, DATE '2024-01-02')");
    expect(await built(rig)).toEqual(["2024-01-02"]);
    rig.write("definitions/copy.sqlx", DAILY.replace("SELECT day", "SELECT DATE_ADD(day, INTERVAL 1 DAY) AS day"));
    await rig.run([]);
    expect((await rig.fastbreak("verify")).code).toBe(0);
    expect(await rig.sql("SELECT day::VARCHAR, total FROM d.copy ORDER BY 1")).toEqual([
      ["2024-01-02", "4"],
      ["2024-01-03", "17"],
    ]);
  });

  it("is kept when another tool replaces the table, and told when it is lost", async () => {
    const shifted = DAILY.replace("SELECT day", "SELECT DATE_ADD(day, INTERVAL 0 DAY) AS day");
    rig = await projectOf({ daily: shifted });
    const made = await rig.fastbreak(
      "query",
      "DROP TABLE raw.numbers; CREATE TABLE raw.numbers PARTITION BY day AS SELECT n, DATE_ADD(DATE '2024-01-01', INTERVAL n DAY) AS day FROM UNNEST([0, 1, 2]) AS n",
    );
    expect(made.code).toBe(0);
    await rig.run([]);
    await rig.sql("CREATE OR REPLACE TABLE raw.numbers AS SELECT n + (n = 1)::BIGINT AS n, day FROM raw.numbers");
    expect(await built(rig)).toEqual(["2024-01-02"]);
    await rig.sql("CREATE OR REPLACE TABLE raw.numbers AS SELECT n, day::VARCHAR AS day FROM raw.numbers");
    const { stderr } = await rig.fastbreak("plan");
    expect(stderr).toMatch(
      /^note: raw\.numbers was partitioned by day, which is no DATE column of it any more; it is compared as/m,
    );
  });
});
