import { afterEach, describe, expect, it } from "vitest";
import { layoutSql } from "../runner/engines/duckdb/catalog.js";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

const rigs: Rig[] = [];
afterEach(() => {
  for (const rig of rigs.splice(0)) rig.remove();
});

async function project(files: Readonly<Record<string, string>>): Promise<Rig> {
  const rig = await projectOf(files);
  rigs.push(rig);
  return rig;
}

const status = (run: Awaited<ReturnType<Rig["run"]>>, name: string) =>
  run.actions.find((action) => action.name === name)?.status;

describe("a soft dependency", () => {
  const FRAIL = 'config { type: "table" }\nSELECT 12 / (n - 4) AS ratio FROM ${ref("raw", "numbers")}';
  const reader = (labels: string) =>
    `config { type: "table", bigquery: { labels: { ${labels} } } }\nSELECT COUNT(*) AS found FROM \${ref("frail")}`;

  it("blocks like any other without the label", async () => {
    const rig = await project({ frail: FRAIL, reader: reader("") });
    const run = await rig.run([], 1);
    expect([status(run, "d.frail"), status(run, "d.reader")]).toEqual(["failed", "blocked"]);
  });

  it("lets a model be built when it failed, from an empty table the first time, from what is there later", async () => {
    const rig = await project({ frail: FRAIL, reader: reader('soft_dependency__frail: "true"') });
    const run = await rig.run([], 1);
    expect([status(run, "d.frail"), status(run, "d.reader")]).toEqual(["failed", "success"]);
    expect(await rig.sql("SELECT found FROM d.reader")).toEqual([["0"]]);

    await rig.sql("UPDATE raw.numbers SET n = 8");
    await rig.run([]);
    expect(await rig.sql("SELECT found, ratio FROM d.reader, d.frail")).toEqual([["1", "3"]]);

    await rig.sql("UPDATE raw.numbers SET n = 4");
    const again = await rig.run([], 1);
    expect([status(again, "d.frail"), status(again, "d.reader")]).toEqual(["failed", "skipped"]);
    expect(await rig.sql("SELECT found FROM d.reader")).toEqual([["1"]]);
  });

  it("must name a table of the project and be true", async () => {
    const rig = await project({ frail: FRAIL, reader: reader('soft_dependency__fail: "true"') });
    expect(await rig.fastbreak("run")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('label "soft_dependency__fail" names no table of the project'),
    });
    rig.write("definitions/reader.sqlx", reader('soft_dependency__frail: "yes"'));
    expect(await rig.fastbreak("run")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('definitions/reader.sqlx:1: label "soft_dependency__frail" must be "true"'),
    });
  });
});

describe("a model that reads its own rows", () => {
  /** Keeps the highest number that it has ever seen on each day. */
  const HIGHEST = `config {
  type: "incremental", uniqueKey: ["day"], protected: true,
  bigquery: { partitionBy: "day", labels: { lookback_days: "0" } }
}
SELECT day, MAX(n) AS n
FROM (
  SELECT day, n FROM \${ref("raw", "numbers")}
  \${when(incremental(), \`UNION ALL SELECT day, n FROM \${self()}\`)}
)
GROUP BY day`;
  const DAYS = ["--from", "2024-01-01", "--to", "2024-01-02"];

  it("builds from them once its table is there, also when it is forced, and is skipped when nothing moved", async () => {
    const rig = await project({ highest: HIGHEST });
    await rig.run(DAYS);
    await rig.sql("UPDATE raw.numbers SET n = 2");
    await rig.run(DAYS);
    expect(await rig.sql("SELECT n FROM d.highest")).toEqual([["4"]]);
    expect((await rig.run(DAYS)).totals).toMatchObject({ run: 0, rows_written: 0 });
    await rig.run([...DAYS, "--full-refresh"]);
    expect(await rig.sql("SELECT n FROM d.highest")).toEqual([["4"]]);
    await rig.sql("UPDATE raw.numbers SET n = 9");
    await rig.run(DAYS);
    expect(await rig.sql("SELECT n FROM d.highest")).toEqual([["9"]]);
  });

  it("takes what is newer than the newest of them, of whatever day that is", async () => {
    const newer = (labels: string, newest: string) =>
      `config { type: "incremental", bigquery: { partitionBy: "day", labels: { ${labels} } } }
SELECT day, n FROM \${ref("raw", "numbers")} \${when(incremental(), \`WHERE day > (SELECT ${newest} FROM \${self()})\`)}`;
    const rig = await project({
      newer: newer('lookback_days: "0"', "MAX(day)"),
      within: newer('lookback_days: "0", lookback_days__within: "1"', "IFNULL(MAX(day), '2024-01-09')"),
    });
    await rig.run([]);
    await rig.sql("INSERT INTO raw.numbers VALUES (7, DATE '2024-01-02'), (8, DATE '2024-01-12')");
    await rig.run(["--date", "2024-01-02"]);
    await rig.run(["--date", "2024-01-12"]);
    expect(await rig.sql("SELECT n FROM d.newer ORDER BY day")).toEqual([["4"], ["7"], ["8"]]);
    expect(await rig.sql("SELECT n FROM d.within ORDER BY day")).toEqual([["4"], ["7"], ["8"]]);
    await rig.sql("INSERT INTO raw.numbers VALUES (9, DATE '2024-01-08'), (10, DATE '2024-01-20')");
    await rig.run([]);
    expect(await rig.sql("SELECT n FROM d.newer ORDER BY day")).toEqual([["4"], ["7"], ["8"], ["10"]]);
    expect((await rig.run([])).totals).toMatchObject({ run: 0, rows_written: 0 });
    expect(await rig.fastbreak("verify", "--select", "newer")).toMatchObject({ code: 0 });
  });

  it("leaves the rows of other days alone", async () => {
    const rig = await project({ highest: HIGHEST });
    await rig.run(DAYS);
    await rig.sql("INSERT INTO raw.numbers VALUES (7, DATE '2024-01-02')");
    await rig.run(["--date", "2024-01-02"]);
    expect(await rig.sql("SELECT n FROM d.highest ORDER BY day")).toEqual([["4"], ["7"]]);
  });
});

describe("a model whose rows are history", () => {
  it("writes into the table that stands, however that is partitioned, and is skipped when nothing moved", async () => {
    const kept = `config { type: "incremental", uniqueKey: ["n"], protected: true, bigquery: { partitionBy: "day" } }
SELECT n, day FROM \${ref("raw", "numbers")} \${when(incremental(), \`WHERE n NOT IN (SELECT n FROM \${self()})\`)}`;
    const rig = await projectOf({ kept });
    const layout = { partitionColumn: undefined, clusterBy: ["n"], primaryKey: ["n"] };
    await rig.sql(`CREATE SCHEMA d; CREATE TABLE d.kept AS SELECT 1::BIGINT AS n, DATE '2020-01-01' AS day;
      ${layoutSql({ dataset: "d", name: "kept" }, layout)}`);
    await rig.run([]);
    const again = await rig.run([]);
    expect(again.totals).toMatchObject({ run: 0, unchanged: 0, failed: 0, rows_written: 0 });
    expect(await rig.sql("SELECT n FROM d.kept ORDER BY n")).toEqual([["1"], ["4"]]);
    rig.remove();
  });
});
