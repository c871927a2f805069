import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Rig } from "./rig.js";
import { ENDLESS, startRun } from "./slow-run.js";
import { projectOf } from "./small-project.js";

describe("a run that is stopped", () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await projectOf({
      done_before: 'config { type: "table" }\nSELECT n FROM ${ref("raw", "numbers")}',
      slow: `config { type: "table", dependencies: ["done_before"] }\n${ENDLESS}`,
      behind: 'config { type: "table" }\nSELECT n FROM ${ref("slow")}',
    });
  });
  afterEach(() => rig.remove());

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "by %s rolls back what is not published, says what stands, and ends with %i; the next run continues",
    async (signal, code) => {
      const { child, told, ended } = await startRun(rig, "--output", "jsonl");
      // What is stopped is the query that never ends.
      while (child.exitCode === null && !hasBegun(told(), "d.slow")) await sleep(50);
      child.kill(signal);
      const finished = await ended;
      expect([finished.code, finished.signal]).toEqual([code, null]);
      expect(finished.stderr).toContain(
        `warning: interrupted by ${signal}: 1 action ran and stand as published, 1 rolled back, 1 not begun; the next run continues`,
      );
      expect(existsSync(join(rig.dir, ".fastbreak/running.json"))).toBe(false);
      expect(await rig.sql("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'd'")).toEqual([
        ["done_before"],
      ]);
      expect(await rig.sql("SELECT status FROM fastbreak.runs")).toEqual([["interrupted"]]);
      expect(await rig.sql("SELECT model, status, skip_reason FROM fastbreak.model_runs ORDER BY 1")).toEqual([
        ["d.behind", "skipped", "interrupted"],
        ["d.done_before", "success", "null"],
        ["d.slow", "blocked", "interrupted"],
      ]);
      const status = JSON.parse((await rig.fastbreak("status", "--json")).stdout);
      expect(status).toMatchObject({ models: { fresh: 1 }, runs: [{ status: "interrupted" }] });

      rig.write("definitions/slow.sqlx", 'config { type: "table", dependencies: ["done_before"] }\nSELECT 7 AS n');
      const { actions } = await rig.run([]);
      expect(actions.map(({ name, status }) => [name, status])).toEqual([
        ["d.done_before", "skipped"],
        ["d.slow", "success"],
        ["d.behind", "success"],
      ]);
    },
  );
});

/** Whether a run has told that it has begun with an action. */
function hasBegun(events: string, key: string): boolean {
  return events
    .split("\n")
    .some((line) => line.includes('"event":"action_started"') && line.includes(`"key":"${key}"`));
}
