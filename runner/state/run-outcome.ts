import type { DateRange, PublishCounts } from "../port/port.js";

/** One run as the run tables keep it. */
export interface RunOutcome {
  readonly runId: string;
  readonly command: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly status: "success" | "failed";
  readonly window: DateRange | undefined;
  readonly compiled: boolean;
  readonly totals: Readonly<Record<string, number>>;
  readonly actions: readonly ActionOutcome[];
}

export interface ActionOutcome {
  readonly key: string;
  readonly type: string;
  readonly status: string;
  /** Decisions per partition, grouped, as JSON text. */
  readonly partitions: string;
  readonly counts: PublishCounts | undefined;
  readonly durationMs: number;
  readonly error: string | undefined;
}
