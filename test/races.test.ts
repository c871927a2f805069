import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Rig, ROOT } from "./rig.js";
import { projectOf } from "./small-project.js";

const RACES = Number(process.env.FASTBREAK_RACES ?? 3);

/** It adds rows and never takes one away: what is published twice stays twice. */
const LOG = `config { type: "incremental" }
SELECT n, day FROM \${ref("raw", "numbers")} \${when(incremental(), \`WHERE n > (SELECT MAX(n) FROM \${self()})\`)}`;

describe("three processes at once on one warehouse", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await projectOf({
      log: LOG,
      sums: 'config { type: "table" }\nSELECT COUNT(*) AS rows_, SUM(n) AS total FROM ${ref("log")}',
    });
    mkdirSync(join(rig.dir, "data"), { recursive: true });
    await rig.run([]);
  });
  afterAll(() => rig.remove());

  const race = (...args: string[]) =>
    new Promise<{ readonly code: number | null; readonly stderr: string }>((resolve) => {
      const child = spawn(process.execPath, [join(ROOT, "bin/fastbreak.cjs"), "run", ...args], {
        cwd: rig.dir,
        stdio: ["ignore", "ignore", "pipe"],
      });
      let stderr = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        stderr += text;
      });
      child.once("close", (code) => resolve({ code, stderr }));
    });

  it(`publish nothing twice and lose nothing, and whoever comes late is told who holds it (${RACES} races)`, {
    timeout: 3_600_000,
  }, async () => {
    for (let round = 1; round <= RACES; round += 1) {
      await rig.sql(`INSERT INTO raw.numbers SELECT max(n) + 1, DATE '2024-01-01' + ${round} FROM raw.numbers`);
      const ended = await Promise.all([race(), race(), race()]);
      expect(ended.map(({ code }) => code)).toContain(0);
      for (const { code, stderr } of ended) {
        expect([0, 2, 4], stderr).toContain(code);
        if (code !== 0) expect(stderr).toMatch(/warehouse\.duckdb is in use by .*\(PID \d+\); wait for it to end/);
      }
      const held = await rig.sql(`SELECT count(*), count(DISTINCT n), sum(n) FROM d.log`);
      expect([round, held]).toEqual([round, await rig.sql("SELECT count(*), count(*), sum(n) FROM raw.numbers")]);
      expect(await rig.sql("SELECT rows_, total FROM d.sums")).toEqual([[held[0]?.[0], held[0]?.[2]]]);
    }
    expect(await rig.sql("SELECT DISTINCT status FROM fastbreak.runs")).toEqual([["success"]]);
  });

  it("wait for each other with --wait, and each does what is left", { timeout: 600_000 }, async () => {
    await rig.sql("INSERT INTO raw.numbers SELECT max(n) + 1, DATE '2024-02-01' FROM raw.numbers");
    const ended = await Promise.all([race("--wait", "120"), race("--wait", "120"), race("--wait", "120")]);
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(await rig.sql("SELECT count(*) FROM d.log")).toEqual(await rig.sql("SELECT count(*) FROM raw.numbers"));
  });
});
