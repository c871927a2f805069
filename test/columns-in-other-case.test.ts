import { afterEach, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

let rig: Rig;
afterEach(() => rig.remove());

it("have the names that a full rebuild would give them, in tables, views and values", async () => {
  rig = await projectOf({
    shown: 'config { type: "table" }\nSELECT * FROM ${ref("numbers")}',
    view: 'config { type: "view" }\nSELECT * FROM ${ref("shown")}',
    texts: 'config { type: "table" }\nSELECT TO_JSON_STRING(v) AS text FROM ${ref("view")} AS v',
    named: 'config { type: "table" }\nSELECT n, day FROM ${ref("numbers")}',
    total: 'config { type: "table" }\nSELECT SUM(n) AS n FROM ${ref("numbers")}',
  });
  await rig.run([]);
  await rig.sql("ALTER TABLE raw.numbers RENAME n TO moved; ALTER TABLE raw.numbers RENAME moved TO N");
  const { actions } = await rig.run([]);
  const ran = actions.filter(({ partitions }) => partitions.some(({ decision }) => decision === "run"));
  expect(ran.map(({ name }) => name).sort()).toEqual(["d.shown", "d.texts", "d.view"]);
  expect(await rig.sql("SELECT text FROM d.texts")).toEqual([['{"N":4,"day":"2024-01-01"}']]);
  for (const name of ["shown", "view"])
    expect((await rig.fastbreak("query", "--csv", `SELECT * FROM d.${name}`)).stdout).toMatch(/^N,day\n/);
  // What has the rows that were built, and not the names, was changed by somebody else.
  await rig.sql("ALTER TABLE d.shown RENAME N TO moved; ALTER TABLE d.shown RENAME moved TO n");
  expect((await rig.fastbreak("run")).stdout).toMatch(/d\.shown .*table modified/);
  expect((await rig.fastbreak("query", "--csv", "SELECT * FROM d.shown")).stdout).toMatch(/^N,day\n/);
  expect((await rig.fastbreak("verify")).code).toBe(0);
});
