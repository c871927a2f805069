import type { RunnableAction } from "../graph/action.js";
import type { PartitionDecision } from "../graph/decision.js";
import { inputsOf, recordedInputsOf } from "../observe/inputs.js";
import type { Snapshot } from "../observe/snapshot.js";
import type { Coverage } from "../plan/coverage.js";
import { type DecideInput, decide } from "../plan/decide.js";
import { inputHashes } from "../plan/input-hash.js";
import { nameMoves, type RecordedFingerprints } from "../plan/moves.js";
import { partitionsOf } from "../plan/partitions.js";
import { reachOf, touches } from "../plan/read-window.js";
import type { LiveOutput } from "../plan/types.js";
import type { Partition } from "../port/identity.js";
import type { DateRange } from "../port/port.js";
import type { ModelStates } from "../state/model-state.js";

export interface DecideContext {
  readonly states: ModelStates;
  readonly snapshot: Snapshot;
  readonly engineVersion: string;
  /** Runs whatever the state says. */
  readonly isForced: (partition: Partition) => boolean;
  /** Partitions that run before the action, by relation. */
  readonly pending: ReadonlyMap<string, readonly Partition[]>;
  /** Partitions that are stale and stay so, by relation. */
  readonly staleUpstreams: ReadonlyMap<string, readonly Partition[]>;
}

const NOT_THERE: LiveOutput = { exists: false, columns: "", effects: "", rows: new Map() };

/** Decides the covered partitions of one action against a snapshot. */
export function decideAction(
  action: RunnableAction,
  coverage: Coverage,
  context: DecideContext,
): readonly PartitionDecision[] {
  const { node } = action;
  const { snapshot } = context;
  const partitions = partitionsOf(node, coverage);
  const { outside } = coverage;
  const input: DecideInput = {
    node,
    partitions,
    outside,
    state: context.states.get(node.key) ?? new Map(),
    live: snapshot.outputs.get(node.key) ?? NOT_THERE,
    inputs: inputHashes(node, partitions, inputsOf(action, snapshot.relations, snapshot.inputs), outside),
    engineVersion: context.engineVersion,
    forced: false,
    pending: context.pending,
    staleUpstreams: (partition) => staleUpstreamsOf(action, partition, outside, context.staleUpstreams),
  };
  const forced = decide({ ...input, partitions: partitions.filter(context.isForced), forced: true });
  const byPartition = new Map(forced.map((decision) => [decision.partition, decision]));
  return decide(input).map((decision) => byPartition.get(decision.partition) ?? decision);
}

/** The upstreams whose stale partitions one partition may read, and the stale views that it reads as they stand, sorted. */
export function staleUpstreamsOf(
  { node }: RunnableAction,
  partition: Partition,
  outside: readonly DateRange[] | undefined,
  stale: ReadonlyMap<string, readonly Partition[]>,
): readonly string[] {
  if (stale.size === 0 || (node.kind !== "model" && node.kind !== "view")) return [];
  const views = node.standingViews.filter((key) => stale.has(key));
  // A view shows the rows of tables whatever they are.
  if (node.kind === "view") return views;
  const tables = node.upstreams.filter(({ key, window }) => {
    const staleThere = stale.get(key);
    if (staleThere === undefined) return false;
    const reach = reachOf(partition, window, outside);
    return staleThere.some((one) => touches(reach, one, outside));
  });
  return [...tables.map(({ key }) => key), ...views].sort();
}

/** The decisions with the partitions of the inputs that moved. */
export function withMoves(
  action: RunnableAction,
  decisions: readonly PartitionDecision[],
  { relations, inputs }: Snapshot,
  recorded: RecordedFingerprints,
  outside: readonly DateRange[] | undefined,
): readonly PartitionDecision[] {
  if (decisions.every(({ reason }) => reason !== "inputs_changed")) return decisions;
  const before = recordedInputsOf(action, relations, recorded);
  return nameMoves(action.node, decisions, inputsOf(action, relations, inputs), before, outside);
}
