import type { Evidence, PartitionDecision } from "../graph/decision.js";
import type { PlanNode } from "../graph/node.js";
import type { RunReason } from "../graph/reasons.js";
import { digestText } from "../port/digest-text.js";
import { EFFECTS, NO_ROWS, type Partition, REST } from "../port/identity.js";
import { holds } from "../port/partition-set.js";
import type { DateRange } from "../port/port.js";
import { areSameInputs, MORE_TO_TAKE } from "./input-hash.js";
import { reachOf, touches } from "./read-window.js";
import type { InputHash, LiveOutput, OutputVersion, PartitionState } from "./types.js";

/** What is recorded of a live partition and compared with it: its rows, and the columns of its table even when it has none. */
export function outputVersion(
  live: LiveOutput,
  partition: Partition,
  outside: readonly DateRange[] | undefined,
): OutputVersion {
  const rows = partition === REST ? restOf(live, outside ?? []) : live.rows.get(partition);
  return `${live.columns}:${rows ?? NO_ROWS}` as OutputVersion;
}

/** What is recorded, under `EFFECTS`, of the other relations that the action makes: any partition's build may have changed them. */
export function effectsVersion({ effects }: LiveOutput): OutputVersion {
  return effects as OutputVersion;
}

/** Everything that lies outside the ranges, as one. */
function restOf({ rows }: LiveOutput, outside: readonly DateRange[]): string | undefined {
  const rest = [...rows].filter(([partition]) => holds({ within: [], outside }, partition)).sort();
  return rest.length === 0 ? undefined : digestText(rest.join("\n"));
}

/** Its sources look unchanged and its SQL is not: something decides the SQL that no source tells. */
const UNSOUND = "unsound-skip-caught: the sources are the same, the compiled SQL is not";

/** Partitions that are going to run, by action. */
export type PendingRuns = ReadonlyMap<string, readonly Partition[]>;

export interface DecideInput {
  readonly node: PlanNode;
  readonly partitions: readonly Partition[];
  /** The ranges that `REST` leaves out; undefined: `REST` is not asked for. */
  readonly outside: readonly DateRange[] | undefined;
  readonly state: ReadonlyMap<Partition, PartitionState>;
  readonly live: LiveOutput;
  readonly inputs: ReadonlyMap<Partition, InputHash>;
  /** Version of everything between SQL and result: dialect, runtime library, engine. */
  readonly engineVersion: string;
  readonly forced: boolean;
  /** Partitions of upstreams that this plan runs first, so that their digests may still move; empty while executing. */
  readonly pending: PendingRuns;
  /** Upstreams in reach of a partition that are stale and will stay so, sorted; empty: it rests on fresh ones. */
  readonly staleUpstreams: (partition: Partition) => readonly string[];
}

/**
 * Decides each partition of one node: run unless everything that is known equals what the state describes.
 * Whatever is unknown means run; a skip needs equal code, equal engine, equal inputs and a live output that is the recorded one.
 */
export function decide(input: DecideInput): PartitionDecision[] {
  return input.partitions.map((partition) => decidePartition(input, partition));
}

function decidePartition(input: DecideInput, partition: Partition): PartitionDecision {
  const { node, live } = input;
  const run = (reason: RunReason, evidence?: Evidence): PartitionDecision =>
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
  if (state.engineVersion !== input.engineVersion)
    return run("engine_changed", { what: "engine", old: state.engineVersion, new: input.engineVersion });
  if (node.volatile !== undefined) return run("volatile", { what: "code", note: node.volatile });
  const version = outputVersion(live, partition, input.outside);
  if (state.outputVersion !== version)
    return run("table_modified", { what: "output", old: state.outputVersion, new: version });
  const effects = input.state.get(EFFECTS)?.outputVersion;
  if (live.effects !== "" && effects !== effectsVersion(live)) {
    const evidence = { what: "output", new: effectsVersion(live) } as const;
    return run("table_modified", effects === undefined ? evidence : { ...evidence, old: effects });
  }
  const moved = movedInput(state, input.inputs.get(partition));
  if (moved !== undefined) return run("inputs_changed", moved);
  const pending = node.upstreams.find((upstream) => {
    const pendingThere = input.pending.get(upstream.key);
    if (pendingThere === undefined || pendingThere.length === 0) return false;
    const reach = reachOf(partition, upstream.window, input.outside);
    return pendingThere.some((running) => touches(reach, running, input.outside));
  });
  if (pending !== undefined) {
    return run("inputs_changed", {
      what: "upstream",
      upstream: pending.key,
      note: "runs first; this is skipped if its rows stay the same",
    });
  }
  const [stale] = input.staleUpstreams(partition);
  if (stale !== undefined)
    return { partition, decision: "skip", reason: "stale_upstream", evidence: { what: "upstream", upstream: stale } };
  // What was built on stale rows and turned out right says so from now on.
  const isAsRecorded = state.codeHash === node.codeHash && state.restingOn.length === 0;
  return { partition, decision: "skip", reason: isAsRecorded ? "unchanged" : "cosmetic" };
}

function movedInput(state: PartitionState, current: InputHash | undefined): Evidence | undefined {
  if (current === undefined) return { what: "input", note: "inputs unknown" };
  if (areSameInputs(state, current)) return undefined;
  if (state.inputHash === MORE_TO_TAKE)
    return { what: "input", note: "its incremental query may take more than its full one" };
  const upstream = Object.keys(current.byUpstream).find((key) => current.byUpstream[key] !== state.inputs[key]);
  if (upstream === undefined) return { what: "input", old: state.inputHash, new: current.hash };
  const evidence = { what: "input", upstream, new: current.byUpstream[upstream] ?? NO_ROWS } as const;
  const old = state.inputs[upstream];
  return old === undefined ? evidence : { ...evidence, old };
}
