import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Rig } from "./rig.js";
import { projectOf } from "./small-project.js";

const DAILY = `config { type: "incremental", uniqueKey: ["day"],
  bigquery: { partitionBy: "day", labels: { lookback_days: "0", breaker_threshold: "2" } } }
SELECT day, SUM(n) AS total FROM \${ref("raw", "numbers")} GROUP BY day`;
const FILES = {
  daily: DAILY,
  more: 'config { type: "table" }\nSELECT total + 1 AS more FROM ${ref("daily")}',
  enough: 'config { type: "assertion", tags: ["gate"] }\nSELECT day, total FROM ${ref("daily")} WHERE total > 100',
};

describe("fastbreak status", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await projectOf(FILES);
    rig.write("fastbreak.json", JSON.stringify({ sources: { "raw.*": { max_age_hours: 24 } } }));
    mkdirSync(join(rig.dir, "data"));
    rig.write("data/raw.numbers.csv", "n,day\n4,2024-01-01\n200,2024-01-02\n");
  });
  afterAll(() => rig.remove());

  const told = async (...args: string[]) => {
    const { code, stdout, stderr } = await rig.fastbreak("status", ...args);
    expect([code, stderr]).toEqual([0, ""]);
    return stdout;
  };
  const status = async (...args: string[]) => JSON.parse((await rig.fastbreak("status", "--json", ...args)).stdout);

  it("says in one line that there is no warehouse", async () => {
    const path = join(rig.dir, ".fastbreak/none.duckdb");
    const { code, stdout } = await rig.fastbreak("status", "--database", path);
    expect([code, stdout]).toEqual([
      0,
      `There is no warehouse at ${path} yet; make one with fastbreak init, seed or load.\n`,
    ]);
    expect(await status("--database", path)).toMatchObject({ warehouse: { state: "missing", path } });
  });

  it("says that nobody knows when a source was written that no load has left, and the gate agrees", async () => {
    expect(await told()).toMatch(
      /sources {4}1 unknown\n {2}old {4}nobody knows when raw\.numbers was last written {2}at most 24 h/,
    );
    const { stdout } = await rig.fastbreak("gate", "--date", "2024-01-01");
    expect(stdout).toContain("numbers: nobody knows when raw.numbers was last written (needs 24 h); load it with");
    await rig.fastbreak("seed", "data");
    expect(await told()).toContain("sources    1 fresh\n");
  });

  it("counts what is fresh, and says what is stale and why, what is only behind it, and what failed", async () => {
    expect(await told()).toMatch(/actions .*: 0 fresh, 3 stale\n {2}stale {2}d\.daily and 2 more {2}never built\n/);
    await rig.run([]);
    const built = await status("--date", "2024-01-01");
    expect(built).toMatchObject({
      models: { fresh: 3, stale: [], failed: [] },
      gate: { date: "2024-01-01", ready: true },
    });
    expect(await status()).toMatchObject({
      gate: { date: "2024-01-02", ready: false, reasons: ["day=2024-01-02, total=200"] },
    });
    rig.edit("definitions/daily.sqlx", "SUM(n)", "SUM(nn)");
    await rig.run([], 1);
    await rig.run([], 1);
    const broken = await status();
    expect(broken.models).toMatchObject({
      fresh: 0,
      stale: [
        { name: "d.daily", why: "code changed", behind: false },
        { name: "d.more", behind: true },
        { name: "checks.enough", behind: true },
      ],
      failed: [{ name: "d.daily", error: expect.stringContaining("Unrecognized name: nn") }],
      blocked_behind: 2,
    });
    expect(broken.breakers).toMatchObject([{ name: "d.daily", state: "OPEN", failures: 2 }]);
    expect(broken.runs).toHaveLength(3);
    expect(await told()).toMatch(
      /breakers {3}1 open or half open\n {2}OPEN {3}d\.daily {2}until [\d: -]+ {2}2 failures/,
    );
  });

  it("tells the last runs, and the last tries of what is selected", async () => {
    expect((await status("--last", "1")).runs).toMatchObject([{ status: "failed", totals: { failed: 1, blocked: 2 } }]);
    const { executions } = await status("--select", "daily", "--last", "2");
    expect(executions).toMatchObject([
      { name: "d.daily", status: "failed" },
      { name: "d.daily", status: "failed" },
    ]);
  });

  it("tells the settings that hold, each with where it comes from", async () => {
    const { config } = await status("--config", "--threads", "1", "--var", "a=1");
    expect(config).toEqual(
      expect.arrayContaining([
        { name: "threads", value: "1", origin: "--threads" },
        { name: "concurrency", value: "4", origin: "default" },
        { name: "vars.a", value: "1", origin: "flag or environment" },
      ]),
    );
    expect((await rig.fastbreak("status", "--config")).stdout).toMatch(/settings\n {2}target +duckdb/);
  });

  it("answers from what the last run left while somebody holds the warehouse", async () => {
    await rig.run([], 3);
    const instance = await DuckDBInstance.create(join(rig.dir, ".fastbreak/warehouse.duckdb"));
    try {
      const held = await told();
      expect(held).toContain(`held       by process ${process.pid}; below: as the last run left it`);
      expect(held).toMatch(/1 failed, 2 not run\n {2}FAIL {3}d\.daily/);
      expect(held).toContain("OPEN   d.daily");
      expect(await status()).toMatchObject({
        as_of: "run",
        warehouse: { state: "held", holder: { pid: process.pid } },
      });
      rmSync(join(rig.dir, ".fastbreak/status.json"));
      expect((await rig.fastbreak("status")).stdout).toContain(
        `is in use by process ${process.pid}, and no earlier status was kept; ask again when it has ended.`,
      );
    } finally {
      instance.closeSync();
    }
  });
});
