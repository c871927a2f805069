import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Rig } from "./rig.js";
import { projectOf } from "./small-project.js";

const DAILY = `config { type: "incremental", uniqueKey: ["day"], bigquery: { partitionBy: "day", labels: { lookback_days: "0" } } }
SELECT day, SUM(n) AS total FROM \${ref("raw", "numbers")} GROUP BY day`;

/** The partitions of d.daily that a run builds. */
async function built(rig: Rig): Promise<string[]> {
  const { actions } = await rig.run([]);
  const partitions = actions.find(({ name }) => name === "d.daily")?.partitions ?? [];
  return partitions.filter(({ decision }) => decision === "run").map(({ partition }) => partition);
}

describe("sources in fastbreak.json", () => {
  let rig: Rig;
  const says = (sources: unknown): void => rig.write("fastbreak.json", JSON.stringify({ sources }));
  beforeEach(async () => {
    rig = await projectOf({ daily: DAILY });
    await rig.sql("INSERT INTO raw.numbers VALUES (12, DATE '2024-01-02'), (1, DATE '2024-01-03')");
  });
  afterEach(() => rig.remove());

  it("give a table that another tool made its partition column: only what moved is built again", async () => {
    says({ "RAW.*": { partition: "Day" } });
    await built(rig);
    await rig.sql(
      "CREATE OR REPLACE TABLE raw.numbers AS SELECT * FROM raw.numbers UNION ALL SELECT 5, DATE '2024-01-03'",
    );
    expect(await built(rig)).toEqual(["2024-01-03"]);
    expect(await built(rig)).toEqual([]);
    expect((await rig.fastbreak("verify")).code).toBe(0);
  });

  it("must name a DATE column of a table that is named in full", async () => {
    says({ "raw.numbers": { partition: "n" } });
    const { code, stderr } = await rig.fastbreak("run");
    expect(stderr).toContain('fastbreak.json: sources."raw.numbers".partition of raw.numbers is n, which is no DATE');
    expect(code).toBe(2);
    says({ "raw.*": { partition: "other" } });
    expect((await rig.run([])).totals.failed).toBe(0);
  });

  it("close the gate when a source is too old", async () => {
    says({ "raw.*": { loaded_at: "day", max_age_hours: 24 } });
    await rig.run([]);
    const old = await rig.fastbreak("gate", "--date", "2024-01-03");
    expect(old.stdout).toMatch(/the newest row of raw\.numbers is [\d.]+ h old/);
    expect(old.code).toBe(1);
    await rig.sql("INSERT INTO raw.numbers SELECT 1, CAST(now() AT TIME ZONE 'UTC' AS DATE)");
    expect((await rig.fastbreak("gate", "--date", "2024-01-03")).code).toBe(0);
    says({ "raw.*": { loaded_at: "nothing", max_age_hours: 24 } });
    expect((await rig.fastbreak("gate", "--date", "2024-01-03")).stderr).toContain(
      'fastbreak.json: sources."raw.*".loaded_at of raw.numbers is nothing, which it does not have',
    );
  });
});
