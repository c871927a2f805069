import { afterEach, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

let rig: Rig;
afterEach(() => rig.remove());

it("run what compares their texts when their collation comes and goes", async () => {
  rig = await projectOf({
    names: 'config { type: "declaration", schema: "raw", name: "names" }',
    spellings: 'config { type: "table" }\nSELECT COUNT(DISTINCT name) AS n FROM ${ref("names")}',
    total: 'config { type: "table" }\nSELECT SUM(n) AS n FROM ${ref("names")}',
  });
  const ranWith = async (collation: string) => {
    await rig.fastbreak("query", `CREATE OR REPLACE TABLE raw.names (name STRING${collation}, n INT64)`);
    await rig.fastbreak("query", "INSERT INTO raw.names VALUES ('a', 1), ('A', 2)");
    const { actions } = await rig.run([]);
    const ran = actions.filter(({ partitions }) => partitions.some(({ decision }) => decision === "run"));
    return [ran.map(({ name }) => name), await rig.sql("SELECT n FROM d.spellings")];
  };
  expect(await ranWith("")).toEqual([["d.spellings", "d.total"], [["2"]]]);
  expect(await ranWith(" COLLATE 'und:ci'")).toEqual([["d.spellings"], [["1"]]]);
  expect((await rig.fastbreak("verify")).code).toBe(0);
  expect(await ranWith("")).toEqual([["d.spellings"], [["2"]]]);
});
