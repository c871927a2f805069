import { describe, expect, it } from "vitest";
import type { Job } from "./job.js";
import { TableQuotas } from "./table-quotas.js";

const jobOf = (query: string) => ({ configuration: { query: { query } } }) as Job;
const nothing = async () => undefined;

describe("quotas of a table", () => {
  it("take five definitions in ten seconds, of each table for itself", async () => {
    let now = 0;
    const quotas = new TableQuotas(() => now);
    const alter = jobOf("ALTER TABLE a.t SET OPTIONS (description = 'x')");
    for (let count = 0; count < 5; count += 1) await quotas.hold(alter, nothing);
    await expect(quotas.hold(alter, nothing)).rejects.toMatchObject({ reason: "rateLimitExceeded" });
    await quotas.hold(jobOf("CREATE OR REPLACE TABLE a.other AS SELECT 1 AS x"), nothing);
    // Reading, and changing rows, is no definition.
    await quotas.hold(jobOf("INSERT INTO a.t VALUES (1); SELECT * FROM a.t"), nothing);
    now = 10_001;
    await quotas.hold(alter, nothing);
  });

  it("count each definition of a script, and take 1,500 a day", async () => {
    let now = 0;
    const quotas = new TableQuotas(() => now);
    const three = "ALTER TABLE a.t ADD COLUMN x INT64;".repeat(3);
    await quotas.hold(jobOf(three), nothing);
    await expect(quotas.hold(jobOf(three), nothing)).rejects.toMatchObject({ reason: "rateLimitExceeded" });
    now += 10_001;
    for (let count = 5; count < 1500; count += 1) {
      now += 2001;
      quotas.update("a.t");
    }
    now += 10_001;
    expect(() => quotas.update("a.t")).toThrow(expect.objectContaining({ reason: "quotaExceeded" }));
    now += 86_400_000;
    quotas.update("a.t");
  });

  it("run two changes of rows at once, let twenty wait, and refuse the next", async () => {
    const quotas = new TableQuotas();
    const merge = jobOf("MERGE a.t USING (SELECT 1 AS x) AS s ON FALSE WHEN NOT MATCHED THEN INSERT ROW");
    const ends: (() => void)[] = [];
    let [running, most] = [0, 0];
    const work = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((end) => ends.push(end));
      running -= 1;
    };
    const all = Array.from({ length: 22 }, () => quotas.hold(merge, work));
    await expect(quotas.hold(jobOf("DELETE FROM a.t WHERE TRUE"), work)).rejects.toMatchObject({
      reason: "resourcesExceeded",
      message: expect.stringContaining("Too many DML statements outstanding against table a.t, limit is 20"),
    });
    for (let ended = 0; ended < 22; ) {
      await new Promise((turn) => setImmediate(turn));
      for (const end of ends.splice(0)) {
        ended += 1;
        end();
      }
    }
    await Promise.all(all);
    expect([running, most]).toEqual([0, 2]);
    await quotas.hold(merge, nothing);
  });
});
