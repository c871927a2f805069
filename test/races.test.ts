import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomFrom } from "./random.js";
import { type Rig, ROOT } from "./rig.js";
import { projectOf } from "./small-project.js";

const RACES = Number(process.env.FASTBREAK_RACES ?? 3);

/** It adds rows and never takes one away: what is published twice stays twice. */
const LOG = `config { type: "incremental" }
SELECT n, day FROM \${ref("raw", "numbers")} \${when(incremental(), \`WHERE n > (SELECT MAX(n) FROM \${self()})\`)}`;

/** One of those who want the same warehouse. */
interface Racer {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

describe("three processes at once on one warehouse", () => {
  let rig: Rig;
  /** How long a run with work to do takes that nobody disturbs, in milliseconds. */
  let usual = 0;
  const random = randomFrom(Number(process.env.SEED ?? 3));

  beforeAll(async () => {
    rig = await projectOf({
      log: LOG,
      sums: 'config { type: "table" }\nSELECT COUNT(*) AS rows_, SUM(n) AS total FROM ${ref("log")}',
    });
    mkdirSync(join(rig.dir, "data"), { recursive: true });
    const started = performance.now();
    await rig.run([]);
    usual = performance.now() - started;
  });
  afterAll(() => rig.remove());

  const start = (...args: string[]): Racer => {
    const child = spawn(process.execPath, [join(ROOT, "bin/fastbreak.cjs"), "run", ...args], {
      cwd: rig.dir,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const ended = new Promise<Awaited<Racer["ended"]>>((resolve) =>
      child.once("close", (code) => resolve({ code, stderr })),
    );
    return { child, ended };
  };

  /** The first racer stops at some moment, and goes on when the others have ended. */
  const pauseFirst = async ([first, ...others]: readonly Racer[]) => {
    const timer = setTimeout(() => first?.child.kill("SIGSTOP"), random() * usual);
    await Promise.all(others.map(({ ended }) => ended));
    clearTimeout(timer);
    first?.child.kill("SIGCONT");
  };

  const nothingIsTwiceOrLost = async (round: number) => {
    const held = await rig.sql("SELECT count(*), count(DISTINCT n), sum(n) FROM d.log");
    expect([round, held]).toEqual([round, await rig.sql("SELECT count(*), count(*), sum(n) FROM raw.numbers")]);
    expect(await rig.sql("SELECT rows_, total FROM d.sums")).toEqual([[held[0]?.[0], held[0]?.[2]]]);
    // Each row was written by one run.
    const written = "SELECT sum(rows_inserted)::BIGINT FROM fastbreak.model_runs WHERE model = 'd.log'";
    expect(await rig.sql(written)).toEqual([[held[0]?.[0]]]);
  };

  it(`publish nothing twice and lose nothing, and whoever comes late is told who holds it (${RACES} races)`, {
    timeout: 7_200_000,
  }, async () => {
    for (let round = 1; round <= RACES; round += 1) {
      await rig.sql(`INSERT INTO raw.numbers SELECT max(n) + 1, DATE '2024-01-01' + ${round} FROM raw.numbers`);
      const racers = [start(), start(), start()];
      // In every second race one of them sleeps for a while, and wakes when the others are done.
      if (round % 2 === 0) await pauseFirst(racers);
      const ended = await Promise.all(racers.map((racer) => racer.ended));
      expect(ended.map(({ code }) => code)).toContain(0);
      for (const [index, { code, stderr }] of ended.entries()) {
        expect([0, 4], stderr).toContain(code);
        if (code === 0) continue;
        const holder = /warehouse\.duckdb is in use by .*\(PID (\d+)\); (?:wait|which is suspended)/.exec(stderr)?.[1];
        const others = racers.filter((_, other) => other !== index).map(({ child }) => child.pid);
        expect(others, stderr).toContain(Number(holder));
      }
      await nothingIsTwiceOrLost(round);
    }
    expect(await rig.sql("SELECT DISTINCT status FROM fastbreak.runs")).toEqual([["success"]]);
  });

  it("wait for each other with --wait, and each does what is left", { timeout: 600_000 }, async () => {
    await rig.sql("INSERT INTO raw.numbers SELECT max(n) + 1, DATE '2024-02-01' FROM raw.numbers");
    const racers = [start("--wait", "120"), start("--wait", "120"), start("--wait", "120")];
    const ended = await Promise.all(racers.map((racer) => racer.ended));
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
    await nothingIsTwiceOrLost(0);
  });
});
