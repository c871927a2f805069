import { afterAll, beforeAll, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

let rig: Rig;
beforeAll(async () => {
  rig = await projectOf({
    clean: 'config { type: "dataPreparation" }\nFROM `p.raw.people` |> SELECT *',
    adults: 'config { type: "table" }\nSELECT name FROM ${ref("clean")} WHERE age >= 18',
  });
  rig.write("definitions/actions.yaml", "actions:\n  - notebook:\n      filename: look.ipynb\n");
  rig.write("definitions/look.ipynb", '{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}');
});
afterAll(() => rig.remove());

it("tells of notebooks and data preparations, which nothing runs, and builds on what they have made elsewhere", async () => {
  const note =
    "note: not run, as by the Dataform CLI: notebook d.look, data preparation d.clean; what they make must be there\n";
  const missing = await rig.fastbreak("run");
  expect(missing.stderr).toContain(note);
  expect(missing.code).toBe(1);
  await rig.fastbreak(
    "query",
    "CREATE SCHEMA IF NOT EXISTS d; CREATE TABLE d.clean (name STRING, age INT64); INSERT d.clean VALUES ('Ann', 30)",
  );
  const { stderr, code } = await rig.fastbreak("run");
  expect([stderr.includes(note), code]).toEqual([true, 0]);
  expect(await rig.sql("SELECT name FROM d.adults")).toEqual([["Ann"]]);
  // Also from a manifest that was compiled before.
  expect((await rig.fastbreak("plan")).stderr + (await rig.fastbreak("plan")).stdout).toContain(note.trim());
});
