import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Rig, ROOT } from "./rig.js";

/** A query that takes longer than anybody waits. */
export const ENDLESS =
  "SELECT COUNT(*) AS n FROM UNNEST(GENERATE_ARRAY(1, 300000)) AS a, UNNEST(GENERATE_ARRAY(1, 300000)) AS b WHERE MOD(a * b, 7) = 3";

/** A run in another process. */
export interface SlowRun {
  readonly child: ChildProcess;
  /** What it has told on standard output until now. */
  readonly told: () => string;
  /** What it told, once it has ended. */
  readonly ended: Promise<{
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly stdout: string;
    readonly stderr: string;
  }>;
}

/** Starts a run, and returns when it has written that it began. */
export async function startRun(rig: Rig, ...args: string[]): Promise<SlowRun> {
  const child = spawn(process.execPath, [join(ROOT, "bin/fastbreak.cjs"), "run", ...args], {
    cwd: rig.dir,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1" },
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Awaited<SlowRun["ended"]>>((resolve) =>
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr })),
  );
  const log = join(rig.dir, ".fastbreak/warehouse.duckdb.wal");
  while (child.exitCode === null && !(existsSync(log) && statSync(log).size > 0)) await sleep(20);
  return { child, told: () => stdout, ended };
}
