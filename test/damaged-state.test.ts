import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

let built: Rig;
beforeAll(async () => {
  built = await projectOf({
    doubled: 'config { type: "table" }\nSELECT n * 2 AS n, day FROM ${ref("raw", "numbers")}',
    totals: 'config { type: "table" }\nSELECT day, SUM(n) AS n FROM ${ref("doubled")} GROUP BY day',
  });
  await built.run([]);
});
afterAll(() => built.remove());

describe("a state table that somebody dropped", () => {
  it.each(["model_state", "relation_state", "runs", "model_runs", "slice_state"])("%s is made again", async (table) => {
    const rig = built.copy();
    await rig.sql(`DROP TABLE fastbreak.${table}`);
    await rig.sql("UPDATE raw.numbers SET n = 5");
    const { totals } = await rig.run([]);
    expect(totals.run + totals.unchanged).toBe(2);
    expect(await rig.sql("SELECT n FROM d.totals")).toEqual([["10"]]);
    expect((await rig.run([])).totals.skipped).toBe(2);
    rig.remove();
  });
});

describe("a stored manifest that nobody can read", () => {
  it.each(["", "{", "no gzip", "H4sIAAAA"])("%j: the project is compiled", async (text) => {
    const rig = built.copy();
    await rig.sql(`UPDATE fastbreak.manifests SET manifest = '${text}'`);
    rmSync(join(rig.dir, ".fastbreak/manifest"));
    const { compiled, totals } = await rig.run([]);
    expect([compiled, totals.skipped]).toEqual([true, 2]);
    rig.remove();
  });
});

describe("state that an early version has written", () => {
  it("is read as far as it goes: everything is looked at again, and what comes out the same stays", async () => {
    const rig = built.copy();
    for (const column of ["engine_version", "resting_on", "verdict"])
      await rig.sql(`ALTER TABLE fastbreak.model_state DROP COLUMN ${column}`);
    await rig.sql("DELETE FROM fastbreak.state_migrations WHERE version >= 3");
    expect((await rig.fastbreak("plan")).code).toBe(0);
    expect((await rig.run([])).totals).toMatchObject({ run: 0, unchanged: 2, rows_written: 0 });
    expect((await rig.run([])).totals.skipped).toBe(2);
    rig.remove();
  });
});
