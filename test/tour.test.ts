import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Rig, ROOT, runWithin } from "./rig.js";
import { SHARED_TO, sharedSeason } from "./shared-season.js";

runWithin();

describe("the tour", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await sharedSeason();
  });
  afterAll(() => rig.remove());

  it("changes rows that no gate stops, and shows their consequences alone", async () => {
    const [, statement = ""] = /query "(UPDATE [^"]*)"/.exec(readFileSync(join(ROOT, "docs/tour.md"), "utf8")) ?? [];
    const { code, stdout } = await rig.fastbreak("query", statement);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^[1-9]\d* rows? changed/)]);
    const { totals } = await rig.run(["--from", "2021-10-19", "--to", SHARED_TO]);
    expect(totals.failed).toBe(0);
    expect(totals.rows_written).toBeGreaterThan(0);
    expect(totals.skipped).toBeGreaterThan(totals.run);
  });
});
