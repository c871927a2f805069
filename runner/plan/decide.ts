import type { Evidence, PartitionDecision } from "../graph/decision.js";
import type { PlanNode, ReadWindow } from "../graph/node.js";
import { NO_ROWS, type Partition, WHOLE } from "../port/identity.js";
import { addDays } from "./dates.js";
import type { InputHash, LiveOutput, OutputVersion, PartitionState } from "./types.js";

/** What is recorded of a live partition and compared with it: its rows, and the columns of its table even when it has none. */
export function outputVersion(live: LiveOutput, partition: Partition): OutputVersion {
  return `${live.columns}:${live.rows.get(partition) ?? NO_ROWS}` as OutputVersion;
}

/** Its sources look unchanged and its SQL is not: something decides the SQL that no source tells. */
const UNSOUND = "unsound-skip-caught: the sources are the same, the compiled SQL is not";

/** Partitions that are going to run, by action. */
export type PendingRuns = ReadonlyMap<string, readonly Partition[]>;

export interface DecideInput {
  readonly node: PlanNode;
  readonly partitions: readonly Partition[];
  readonly state: ReadonlyMap<Partition, PartitionState>;
  readonly live: LiveOutput;
  readonly inputs: ReadonlyMap<Partition, InputHash>;
  readonly forced: boolean;
  /** Partitions of upstreams that this plan runs first, so that their digests may still move; empty while executing. */
  readonly pending: PendingRuns;
}

/**
 * Decides each partition of one node: run unless everything that is known equals what the state describes.
 * Whatever is unknown means run; a skip needs equal code, equal inputs and a live output that is the recorded one.
 */
export function decide(input: DecideInput): PartitionDecision[] {
  return input.partitions.map((partition) => decidePartition(input, partition));
}

function decidePartition(input: DecideInput, partition: Partition): PartitionDecision {
  const { node, live } = input;
  const run = (
    reason: Extract<PartitionDecision, { decision: "run" }>["reason"],
    evidence?: Evidence,
  ): PartitionDecision =>
    evidence === undefined ? { partition, decision: "run", reason } : { partition, decision: "run", reason, evidence };

  if (node.disabled) return { partition, decision: "skip", reason: "disabled" };
  if (input.forced) return run("forced");
  const state = input.state.get(partition);
  if (state === undefined) return run("never_built");
  if (!live.exists) return run("table_missing");
  if (state.compiledHash !== node.compiledHash) {
    const evidence = { what: "code", old: state.compiledHash, new: node.compiledHash } as const;
    return run("code_changed", state.codeHash === node.codeHash ? { ...evidence, note: UNSOUND } : evidence);
  }
  if (node.volatile !== undefined) return run("volatile", { what: "code", note: node.volatile });
  const version = outputVersion(live, partition);
  if (state.outputVersion !== version)
    return run("table_modified", { what: "output", old: state.outputVersion, new: version });
  const moved = movedInput(state, input.inputs.get(partition));
  if (moved !== undefined) return run("inputs_changed", moved);
  const pending = node.upstreams.find((upstream) =>
    reaches(input.pending.get(upstream.key), partition, upstream.window),
  );
  if (pending !== undefined) {
    return run("inputs_changed", {
      what: "upstream",
      upstream: pending.key,
      note: "runs first; this is skipped if its rows stay the same",
    });
  }
  return { partition, decision: "skip", reason: state.codeHash === node.codeHash ? "unchanged" : "cosmetic" };
}

function movedInput(state: PartitionState, current: InputHash | undefined): Evidence | undefined {
  if (current === undefined) return { what: "input", note: "inputs unknown" };
  if (state.inputHash === current.hash) return undefined;
  const upstream = Object.keys(current.byUpstream).find((key) => current.byUpstream[key] !== state.inputs[key]);
  if (upstream === undefined) return { what: "input", old: state.inputHash, new: current.hash };
  const evidence = { what: "input", upstream, new: current.byUpstream[upstream] ?? NO_ROWS } as const;
  const old = state.inputs[upstream];
  return old === undefined ? evidence : { ...evidence, old };
}

/** Whether partition `d` may read any of the running partitions of an upstream. */
function reaches(
  running: readonly Partition[] | undefined,
  partition: Partition,
  window: ReadWindow | undefined,
): boolean {
  if (running === undefined || running.length === 0) return false;
  if (window === undefined || partition === WHOLE || running.includes(WHOLE)) return true;
  const from = addDays(partition, -window.back);
  const to = addDays(partition, window.ahead);
  return running.some((date) => date >= from && date <= to);
}
