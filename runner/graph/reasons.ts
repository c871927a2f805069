/** What a reason means for who carries decisions out. */
interface ReasonTraits {
  readonly decision: "run" | "skip";
  /** Nothing that happens in the run can make the partition run. */
  readonly leftOut?: true;
  /** Skipped, but the record of the build must follow the code. */
  readonly recorded?: true;
  /** A guard refused it: the run ends with the exit code of a refusal, not of a failure. */
  readonly refuses?: true;
  /** It did not run because something before it did not. */
  readonly consequence?: true;
  /** How the history of runs calls a skip for it. */
  readonly skipReason?: string;
}

/** Every reason to run or skip one partition. How they are told is the renderers' affair. */
export const REASONS = {
  never_built: { decision: "run" },
  code_changed: { decision: "run" },
  engine_changed: { decision: "run" },
  inputs_changed: { decision: "run" },
  volatile: { decision: "run" },
  table_missing: { decision: "run" },
  table_modified: { decision: "run" },
  forced: { decision: "run" },
  unchanged: { decision: "skip", skipReason: "upstream_unchanged" },
  cosmetic: { decision: "skip", recorded: true, skipReason: "upstream_unchanged" },
  stale_upstream: { decision: "skip", skipReason: "stale_upstream" },
  upstream_failed: { decision: "skip", consequence: true, skipReason: "dependency_missing" },
  gate_blocked: { decision: "skip", skipReason: "gate_failed" },
  breaker_open: { decision: "skip", refuses: true, consequence: true, skipReason: "circuit_breaker_open" },
  interrupted: { decision: "skip", consequence: true, skipReason: "interrupted" },
  ruled_out: { decision: "skip", leftOut: true },
  not_selected: { decision: "skip", leftOut: true },
  disabled: { decision: "skip", leftOut: true },
} as const satisfies Readonly<Record<string, ReasonTraits>>;

export type Reason = keyof typeof REASONS;
export type RunReason = { [R in Reason]: (typeof REASONS)[R]["decision"] extends "run" ? R : never }[Reason];
export type SkipReason = Exclude<Reason, RunReason>;

/** What a reason means. */
export function traitsOf(reason: Reason): ReasonTraits {
  return REASONS[reason];
}
