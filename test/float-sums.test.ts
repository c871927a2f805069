import { afterEach, expect, it } from "vitest";
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
