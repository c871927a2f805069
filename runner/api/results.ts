import type { ActionStatus } from "../events/events.js";
import type { PublishCounts } from "../port/port.js";
import { type RunReport, reportJson, type Totals } from "../report/run-report.js";

/** The document of `run --json` and `plan --json`. */
export interface RunDocument {
  readonly run_id: string;
  /** null: every partition that the sources have. */
  readonly window: { readonly from: string; readonly to: string } | null;
  readonly target: string;
  /** False: a stored manifest was used. */
  readonly compiled: boolean;
  readonly actions: readonly ActionDocument[];
  readonly totals: Totals;
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
  /** Why the model could not be compared; null: it was. */
  readonly problem: string | null;
}

/** A report as the document that the command line prints. */
export function documentOf(report: RunReport): RunDocument {
  return reportJson(report) as RunDocument;
}
