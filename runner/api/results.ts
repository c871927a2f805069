import type { ActionStatus, RunEvent } from "../events/events.js";
import { type RunTotals, recordOf } from "../events/run-record.js";
import type { PublishCounts } from "../port/port.js";
import { reportJson } from "../report/run-report.js";

/** The document of `run --json` and `plan --json`. */
export interface RunDocument {
  readonly run_id: string;
  /** null: every partition that the sources have. */
  readonly window: { readonly from: string; readonly to: string } | null;
  readonly target: string;
  /** False: a stored manifest was used. */
  readonly compiled: boolean;
  readonly actions: readonly ActionDocument[];
  readonly totals: RunTotals;
}

/** What was decided about one action, and what became of it. */
export interface ActionDocument {
  /** `dataset.name` */
  readonly name: string;
  readonly type: string;
  /** Equal neighbours are one entry, as `2021-10-19..2021-11-14`. */
  readonly partitions: readonly {
    readonly partition: string;
    readonly decision: "run" | "skip";
    readonly reason: string;
  }[];
  readonly status: ActionStatus;
  readonly rows_written: number;
  readonly rows: PublishCounts | null;
  readonly duration_ms: number;
  readonly error: string | null;
}

/** One model that was rebuilt aside and compared. */
export interface VerifiedModel {
  /** `dataset.name` */
  readonly name: string;
  /** How many partitions were compared. */
  readonly partitions: number;
  /** The partitions whose rows are not what a rebuild gives. */
  readonly differences: readonly {
    readonly partition: string;
    readonly liveRows: number;
    readonly rebuiltRows: number;
  }[];
  /** Why the model differs as a whole; null: it does not. */
  readonly problem: string | null;
  /** What cannot be promised of the model; null: nothing. */
  readonly note: string | null;
}

/**
 * The events of a run as the document that the command line prints.
 * @param order keys of the actions in the order in which they are told
 */
export function documentOf(events: readonly RunEvent[], order?: readonly string[]): RunDocument {
  return reportJson(recordOf(events, order)) as RunDocument;
}
