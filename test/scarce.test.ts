import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

let rig: Rig;
beforeAll(async () => {
  rig = await projectOf({
    counted: `config { type: "table" }
SELECT ARRAY_LENGTH(ARRAY_AGG(i ORDER BY MOD(i, 7), i)) AS n FROM UNNEST(GENERATE_ARRAY(1, 2000000)) AS i
`,
  });
  await rig.run(["--select", "counted"]);
});
afterAll(() => rig.remove());

it("finds no difference in a model that it has no memory to build again", async () => {
  const { code, stdout, stderr } = await rig.fastbreak("verify", "--select", "counted", "--memory", "60MB");
  expect(stdout).toBe("");
  expect(stderr).toMatch(/\w+\.counted cannot be built again to be compared: more memory is needed .*--memory$/m);
  expect(code).toBe(1);
  expect(await rig.fastbreak("verify", "--select", "counted")).toMatchObject({ code: 0 });
});

it.runIf(process.platform === "linux")("names the file that a full disk does not take", async () => {
  const file = join(rig.dir, ".fastbreak", "running.json");
  symlinkSync("/dev/full", file);
  const { code, stderr } = await rig.fastbreak("run", "--select", "counted", "--full-refresh");
  rmSync(file);
  expect(stderr).toMatch(/^fastbreak: \S*running\.json: the disk is full$/m);
  expect(code).toBe(1);
});
