import { afterEach, expect, it } from "vitest";
import { layoutSql } from "../runner/engines/duckdb/catalog.js";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

let rig: Rig;
afterEach(() => rig.remove());

const AMOUNTS = "SELECT i % 7 AS k, i AS id, (i * 7919 % 100003) / 7::DOUBLE AS x FROM range(20000) AS r(i)";

it("are the same ones whatever order the rows lie in", async () => {
  rig = await projectOf({
    amounts: 'config { type: "declaration", schema: "raw", name: "amounts" }',
    totals:
      'config { type: "table" }\nSELECT k, SUM(x) AS s, AVG(x) AS m, SUM(DISTINCT x) AS d FROM ${ref("amounts")} GROUP BY k',
    shares:
      'config { type: "table" }\nSELECT id, x / SUM(x) OVER (PARTITION BY k) AS share, AVG(x) OVER (PARTITION BY k ORDER BY id ROWS 9 PRECEDING) AS recent FROM ${ref("amounts")}',
    behind: 'config { type: "table" }\nSELECT s FROM ${ref("totals")} WHERE k <> 3',
  });
  await rig.sql(`CREATE TABLE raw.amounts AS ${AMOUNTS}`);
  await rig.run([]);
  const before = await rig.sql("FROM d.totals ORDER BY k");
  await rig.sql(`CREATE OR REPLACE TABLE raw.amounts AS ${AMOUNTS} ORDER BY id * 7793 % 20011;
    UPDATE raw.amounts SET x = x + 1 WHERE id = 3`);
  const { actions } = await rig.run([]);
  expect(actions.find(({ name }) => name === "d.behind")?.rows_written).toBe(0);
  const differ = (await rig.sql("FROM d.totals ORDER BY k")).filter((row, at) => `${row}` !== `${before[at]}`);
  expect(differ.map(([k]) => k)).toEqual(["3"]);
  await rig.sql(
    "CREATE SCHEMA kept; CREATE TABLE kept.shares AS FROM d.shares; CREATE TABLE kept.totals AS FROM d.totals",
  );
  await rig.sql("CREATE OR REPLACE TABLE raw.amounts AS FROM raw.amounts ORDER BY id");
  await rig.run(["--full-refresh"]);
  expect(await rig.sql("FROM kept.shares EXCEPT FROM d.shares")).toEqual([]);
  expect(await rig.sql("FROM kept.totals EXCEPT FROM d.totals")).toEqual([]);
});

it("are those of a full rebuild where only rows of some keys are computed", async () => {
  const dated = (sql: string) =>
    `config { type: "incremental", uniqueKey: ["d", "k"], bigquery: { partitionBy: "d", labels: { lookback_days: "39" } } }\n${sql}`;
  rig = await projectOf({
    points: 'config { type: "declaration", schema: "raw", name: "points" }',
    windows:
      dated(`SELECT d, k, STDDEV(x) OVER w AS sd, VAR_POP(n) OVER w AS v, CORR(x, n) OVER w AS c, AVG(x) OVER w AS m
FROM \${ref("points")} WINDOW w AS (PARTITION BY k ORDER BY UNIX_DATE(d) RANGE BETWEEN 39 PRECEDING AND CURRENT ROW)`),
    groups: dated(`SELECT now.d, now.k, STDDEV(past.x) AS sd, COVAR_SAMP(past.x, past.n) AS c, SUM(past.x) AS s
FROM \${ref("points")} AS now JOIN \${ref("points")} AS past
ON past.k = now.k AND past.d BETWEEN DATE_SUB(now.d, INTERVAL 39 DAY) AND now.d GROUP BY 1, 2`),
  });
  const layout = { partitionColumn: "d", clusterBy: [], primaryKey: [] };
  await rig.sql(`CREATE TABLE raw.points AS SELECT DATE '2024-01-01' + (i // 50)::INTEGER AS d, i % 50 AS k,
    (i * 7919 % 100003) / 7::DOUBLE AS x, i * 31 % 97 AS n FROM range(3000) AS r(i);
    ${layoutSql({ dataset: "raw", name: "points" }, layout)}`);
  await rig.run([]);
  for (const day of ["05", "15"]) {
    await rig.sql(`UPDATE raw.points SET x = x + 1 WHERE k = 7 AND d = '2024-01-${day}'`);
    const { actions } = await rig.run([]);
    expect(actions.map(({ rows_written }) => rows_written)).toEqual([40, 40]);
    expect(await rig.fastbreak("verify")).toMatchObject({ code: 0 });
  }
  const { actions } = await rig.run(["--full-refresh"]);
  expect(actions.map(({ status }) => status)).toEqual(["unchanged", "unchanged"]);
});
