import type { PartitionDecision } from "../graph/decision.js";
import type { DateRange, PublishCounts } from "../port/port.js";

/** `unchanged`: it ran and published nothing. `blocked`: a gate or a failed upstream kept it from being published. */
export type ActionStatus = "success" | "unchanged" | "skipped" | "failed" | "blocked";

export interface ActionResult {
  readonly key: string;
  readonly type: string;
  readonly partitions: readonly PartitionDecision[];
  readonly status: ActionStatus;
  readonly counts: PublishCounts | undefined;
  readonly durationMs: number;
  readonly error: string | undefined;
}

/** Everything that happens in a run, in order; terminal, JSON and run tables only render these. */
export type RunEvent =
  /** The project is known, the window is fixed, nothing has run. */
  | {
      readonly event: "run_started";
      readonly runId: string;
      readonly window: DateRange | undefined;
      readonly actions: number;
      readonly compiled: boolean;
    }
  /** An action leaves the queue and opens its transaction. */
  | { readonly event: "action_started"; readonly key: string; readonly type: string; readonly partitions: number }
  /** An action has ended, one way or another. */
  | { readonly event: "action_finished"; readonly result: ActionResult }
  /** Something the user should know that stops nothing. */
  | { readonly event: "warning"; readonly message: string }
  /** All actions have ended. */
  | {
      readonly event: "run_finished";
      readonly runId: string;
      readonly results: readonly ActionResult[];
      readonly durationMs: number;
    };

export type EventListener = (event: RunEvent) => void;
