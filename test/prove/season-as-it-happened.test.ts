import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT, runProcess } from "../rig.js";

it("ends as one load and one run do when nights are played one by one, with late and corrected results", async () => {
  const tool = join(ROOT, "tools/season-night-by-night.mjs");
  const { code, stdout, stderr } = await runProcess(
    process.execPath,
    [tool, "2021-11-09", "2021-11-10", "--errors-every=1", "--games=170"],
    ROOT,
  );
  expect(stderr).toBe("");
  expect(stdout).not.toContain("DIFFERENT");
  expect(code).toBe(0);
  const told = /\n(\d+) of 2 nights were predicted before their games; (\d+) of (\d+) predictions stand/.exec(stdout);
  const [nights, stand, made] = (told ?? []).slice(1).map(Number);
  expect(nights).toBe(2);
  expect(made).toBeGreaterThan(200);
  // Each night has errors. What is corrected a day later changes features of a night that is predicted already, whose
  // predictions stand until it is run again.
  expect(stand).toBeGreaterThan(0.6 * (made ?? 0));
  expect(stand).toBeLessThan(made ?? 0);
}, 900_000);
