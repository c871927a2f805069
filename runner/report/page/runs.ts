import type { LoggedAction, LoggedRun } from "../../state/run-history.js";
import type { PageRun, PageRunAction } from "./page-data.js";

/** The runs of the log as pages show them, with the time that skips have saved. */
export function pageRuns(runs: readonly LoggedRun[], placeOf: ReadonlyMap<string, number>): readonly PageRun[] {
  const usual = usualDurations(runs);
  return runs.map((run): PageRun => {
    const started = Date.parse(run.startedAt);
    const skipped = run.actions.filter(({ status }) => status === "skipped");
    return {
      id: run.runId,
      command: run.command,
      startedAt: run.startedAt,
      durationMs: Math.max(0, Date.parse(run.finishedAt) - started),
      status: run.status,
      window: run.window === undefined ? "" : spanOf(run.window),
      totals: run.totals,
      actions: run.actions
        .filter(({ status }) => status !== "skipped")
        .map((action) => pageAction(action, started, placeOf.get(action.key) ?? -1)),
      skipped: skipped.length,
      savedMs: skipped.reduce((sum, { key }) => sum + (usual.get(key) ?? 0), 0),
    };
  });
}

function spanOf({ from, to }: { readonly from: string; readonly to: string }): string {
  return from === to ? from : `${from}..${to}`;
}

function pageAction(action: LoggedAction, started: number, model: number): PageRunAction {
  const { key, status, rows, durationMs, finishedAt, error } = action;
  return {
    model,
    key,
    status,
    startMs: Math.max(0, Date.parse(finishedAt) - durationMs - started),
    durationMs,
    rowsWritten: rows === undefined ? 0 : rows.inserted + rows.updated + rows.refreshed + rows.deleted,
    reason: action.reasons[0] ?? "",
    error: error ?? "",
  };
}

/** The median of what each action took when it ran, in milliseconds. */
function usualDurations(runs: readonly LoggedRun[]): ReadonlyMap<string, number> {
  const taken = new Map<string, number[]>();
  for (const { actions } of runs) {
    for (const { key, status, durationMs } of actions) {
      if (status !== "success" && status !== "unchanged") continue;
      taken.set(key, [...(taken.get(key) ?? []), durationMs]);
    }
  }
  return new Map(
    [...taken].map(([key, durations]) => [key, durations.sort((a, b) => a - b)[durations.length >> 1] ?? 0]),
  );
}
