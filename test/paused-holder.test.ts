import { existsSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Rig } from "./rig.js";
import { type SlowRun, startRun } from "./slow-run.js";
import { projectOf } from "./small-project.js";

const SLOW =
  "SELECT COUNT(*) AS n FROM UNNEST(GENERATE_ARRAY(1, 2500)) AS a, UNNEST(GENERATE_ARRAY(1, 2500)) AS b WHERE MOD(a * b, 7) = 3";

// Only Linux tells from outside that a process is suspended.
describe.skipIf(process.platform !== "linux")("a run that is suspended while it holds the warehouse", () => {
  let rig: Rig;
  let holder: SlowRun;
  let started: SlowRun[];
  beforeEach(async () => {
    rig = await projectOf({
      done_before: 'config { type: "incremental" }\nSELECT n, day FROM ${ref("raw", "numbers")}',
      slow: `config { type: "table", dependencies: ["done_before"] }\n${SLOW}`,
      behind: 'config { type: "table" }\nSELECT n FROM ${ref("slow")}',
    });
    started = [];
    holder = await start();
    // It has published one of its models, and computes the next one.
    await until(() => isInLog("done_before"));
    holder.child.kill("SIGSTOP");
    await until(() => / [Tt] /.test(readFileSync(`/proc/${holder.child.pid}/stat`, "utf8")));
  });
  afterEach(() => {
    for (const { child } of started) child.kill("SIGKILL");
    rig.remove();
  });

  const start = async (...args: string[]) => {
    const run = await startRun(rig, ...args);
    started.push(run);
    return run;
  };
  const log = () => join(rig.dir, ".fastbreak/warehouse.duckdb.wal");
  const isInLog = (name: string) => existsSync(log()) && readFileSync(log()).includes(name);
  const until = async (holds: () => boolean) => {
    while (!holds()) await sleep(20);
  };
  /** A run that waits for the holder; it has said so. */
  const waiting = async () => {
    const run = await start("--wait", "60");
    let told = "";
    run.child.stderr?.on("data", (text: string) => {
      told += text;
    });
    await until(() => told.includes("waiting for it"));
    return run;
  };
  const published = () =>
    rig.sql("SELECT (SELECT count(*) FROM d.done_before), (SELECT n FROM d.slow) = (SELECT n FROM d.behind)");

  it("is named, waited for, and ends what it began when it wakes", async () => {
    const refused = await rig.fastbreak("run");
    expect([refused.code, refused.stdout]).toEqual([4, ""]);
    expect(refused.stderr).toContain(`(PID ${holder.child.pid}); which is suspended`);
    expect(refused.stderr).toContain(`'kill -CONT ${holder.child.pid}'`);
    expect(refused.stderr).toContain("(fastbreak run)");
    const waiter = await waiting();
    holder.child.kill("SIGCONT");
    expect(await Promise.all([holder.ended, waiter.ended])).toMatchObject([{ code: 0 }, { code: 0 }]);
    expect(await published()).toEqual([["1", "true"]]);
    expect(await rig.sql("SELECT status FROM fastbreak.runs")).toEqual([["success"]]);
  });

  it("leaves explain what the last run that ended decided, if there is one", async () => {
    expect((await rig.fastbreak("explain", "slow")).code).toBe(4);
    holder.child.kill("SIGCONT");
    await holder.ended;
    const again = await start("--full-refresh");
    again.child.kill("SIGSTOP");
    const explained = await rig.fastbreak("explain", "slow");
    const { stdout } = await rig.fastbreak("explain", "d.slow", "--json");
    const unknown = await rig.fastbreak("explain", "nothing");
    again.child.kill("SIGKILL");
    expect(explained).toMatchObject({ code: 0, stderr: expect.stringContaining("this is what the last run") });
    expect(explained.stdout).toMatch(/^d\.slow {2}table, success in run \w+-\w+\n {2}all of it\s+run\s+never built\n$/);
    expect(JSON.parse(stdout)).toMatchObject({
      name: "d.slow",
      partitions: [{ decision: "run", reason: "never_built" }],
    });
    expect(unknown.code).toBe(4);
  });

  it("publishes nothing, and takes nothing away, when somebody has put another file in its place", async () => {
    const file = join(rig.dir, ".fastbreak/warehouse.duckdb");
    renameSync(file, `${file}.old`);
    await rig.sql("CREATE SCHEMA raw");
    await rig.sql("CREATE TABLE raw.numbers AS SELECT 5::BIGINT AS n, DATE '2024-01-01' AS day");
    const next = await start();
    await until(() => isInLog("done_before"));
    next.child.kill("SIGSTOP");
    holder.child.kill("SIGCONT");
    const { code, stdout, stderr } = await holder.ended;
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain("warehouse.duckdb was removed or replaced while this command wrote to it");
    // What the other run has published so far is only in the log beside the file.
    expect(statSync(log()).size).toBeGreaterThan(0);
    next.child.kill("SIGKILL");
    await next.ended;
    expect(await rig.sql("SELECT n FROM d.done_before")).toEqual([["5"]]);
    expect((await rig.run([])).totals).toMatchObject({ failed: 0 });
    expect(await published()).toEqual([["1", "true"]]);
  });
});
