import { expect, it } from "vitest";
import type { LoggedAction, LoggedRun } from "../../state/run-history.js";
import { pageRuns } from "./runs.js";

function action(key: string, status: string, durationMs: number, finishedAt: string): LoggedAction {
  const rows = { inserted: 1, updated: 2, refreshed: 3, deleted: 4, unchanged: 100 };
  return { key, type: "table", status, rows, durationMs, finishedAt, error: undefined, reasons: ["never_built"] };
}

function run(runId: string, actions: readonly LoggedAction[]): LoggedRun {
  return {
    runId,
    command: "run",
    startedAt: "2024-03-01T04:00:00.000Z",
    finishedAt: "2024-03-01T04:00:10.000Z",
    status: "success",
    window: { from: "2024-02-01", to: "2024-02-01" },
    totals: { run: 1 },
    actions,
  };
}

it("tells when each action ran, and what skips have saved: the median of what the skipped usually take", () => {
  const ran = (durationMs: number) => action("d.a", "success", durationMs, "2024-03-01T04:00:05.000Z");
  const skipped = action("d.a", "skipped", 0, "2024-03-01T04:00:10.000Z");
  const [first, second] = pageRuns(
    [
      run("new", [skipped, action("d.gone", "failed", 500, "2024-03-01T04:00:01.000Z")]),
      run("old", [ran(4000)]),
      run("older", [ran(1000)]),
      run("oldest", [ran(2000)]),
    ],
    new Map([["d.a", 7]]),
  );
  expect(first).toMatchObject({ id: "new", window: "2024-02-01", durationMs: 10_000, skipped: 1, savedMs: 2000 });
  expect(first?.actions).toEqual([
    {
      model: -1,
      key: "d.gone",
      status: "failed",
      startMs: 500,
      durationMs: 500,
      rowsWritten: 10,
      reason: "never_built",
      error: "",
    },
  ]);
  expect(second?.actions).toMatchObject([{ model: 7, startMs: 1000, durationMs: 4000 }]);
});
