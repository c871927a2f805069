import type { RunnableAction } from "../graph/action.js";
import type { Upstream } from "../graph/node.js";
import { asPartitionedNow, inputsOf, recordedOf } from "../observe/inputs.js";
import type { Snapshot } from "../observe/snapshot.js";
import { setOf } from "../plan/coverage.js";
import { inputHashes } from "../plan/input-hash.js";
import { COLUMNS } from "../plan/moves.js";
import { reachOfSet } from "../plan/read-window.js";
import type { InputDigest, InputDigests } from "../plan/types.js";
import { type Fingerprint, NO_ROWS, type Partition, WHOLE } from "../port/identity.js";
import { differingSlices, type KeySlices, SLICES, type SliceDigests } from "../port/key-slices.js";
import { holds } from "../port/partition-set.js";
import type { Relation, Transaction } from "../port/port.js";
import { contentKey, readSlices } from "../state/slice-state.js";
import type { BuildContext, BuildTask } from "./build.js";
import { type SlicedInput, type SlicedModel, sliceRequest } from "./sliced-inputs.js";

/** More slices than this part of all are not worth telling apart. */
const WORTH_IT = 1 / 3;

type Context = Pick<BuildContext, "stateDataset" | "fingerprints">;

/** What was read of inputs, slice by slice: by the input's question, and partition. */
export type ReadSlices = ReadonlyMap<string, ReadonlyMap<Partition, SliceDigests>>;

/** What a look at the slices of moved inputs gives. */
export interface MovedSlices {
  /** The slices of a model's rows that may be others than the table has; undefined: any rows may be. */
  readonly only: KeySlices | undefined;
  readonly read: ReadSlices;
}

export const ANY_ROWS: MovedSlices = { only: undefined, read: new Map() };

type SliceTask = Pick<BuildTask, "action" | "stale" | "states" | "coverage" | "snapshot">;

/**
 * The slices of a model's rows that may be others than the table has, where nothing but rows of inputs has moved since its partitions were
 * built, and it is recorded what these inputs were.
 */
export async function movedSlices(
  transaction: Transaction,
  model: SlicedModel,
  task: SliceTask,
  { stateDataset, fingerprints }: Context,
): Promise<MovedSlices> {
  const { stale, states } = task;
  if (transaction.sliceDigests === undefined || states === undefined) return ANY_ROWS;
  if (!stale.every(({ reason }) => reason === "inputs_changed")) return ANY_ROWS;
  const moved = movedInputs(model, task, fingerprints);
  // What has not moved cannot be why they are stale.
  if (moved === undefined || moved.length === 0) return ANY_ROWS;
  const were = moved.flatMap(({ partitions, before }) => [...partitions].map((name) => before.get(name) ?? NO_ROWS));
  const recorded = await readSlices(transaction, stateDataset, new Set(were.filter((content) => content !== NO_ROWS)));
  const slices = new Set<string>();
  const now = await transaction.sliceDigests(
    moved.map(({ input, partitions }) => ({ ...sliceRequest(input), partitions })),
  );
  const read = new Map(moved.map(({ input }, index) => [input.question, now[index] ?? new Map()]));
  for (const [index, { input, partitions, before }] of moved.entries()) {
    for (const partition of partitions) {
      const fingerprint = before.get(partition) ?? NO_ROWS;
      const old = fingerprint === NO_ROWS ? NOTHING : recorded.get(contentKey(input.question, partition, fingerprint));
      const current = now[index]?.get(partition) ?? NOTHING;
      if (old === undefined || (input.seen !== undefined && old.seen !== current.seen))
        return { only: undefined, read };
      for (const slice of differingSlices(old.slices, current.slices)) slices.add(slice);
    }
  }
  if (slices.size > SLICES * WORTH_IT) return { only: undefined, read };
  return { only: { column: model.key, slices: [...slices].sort() }, read };
}

const NOTHING = { seen: "", slices: "" };

interface MovedInput {
  readonly input: SlicedInput;
  /** Those with other rows than the stale partitions were built of. */
  readonly partitions: ReadonlySet<Partition>;
  /** Fingerprints of what these were built of. */
  readonly before: ReadonlyMap<string, string>;
}

/** The inputs that moved; undefined: nobody knows what they were, or not only rows of keys have moved. */
function movedInputs(
  { inputs }: SlicedModel,
  { action, stale, states, coverage, snapshot }: SliceTask,
  fingerprints: Context["fingerprints"],
): readonly MovedInput[] | undefined {
  const { node } = action;
  const partitions = stale.map(({ partition }) => partition);
  const current = inputsOf(action, snapshot.relations, snapshot.inputs);
  const now = inputHashes(node, partitions, current, coverage.outside);
  const then = inputHashes(node, partitions, inputsAtStart(action, snapshot, fingerprints), coverage.outside);
  const movedKeys = new Set<string>();
  for (const partition of partitions) {
    const state = states?.get(partition);
    if (state === undefined) return undefined;
    for (const { key } of node.upstreams) {
      const built = state.inputs[key];
      if (built === now.get(partition)?.byUpstream[key]) continue;
      if (built === undefined || built !== then.get(partition)?.byUpstream[key]) return undefined;
      movedKeys.add(key);
    }
  }
  const moved: MovedInput[] = [];
  for (const key of movedKeys) {
    const input = inputs.find(({ upstream }) => upstream.key === key);
    const before = input && recordedAtStart(input.relation, input.upstream, fingerprints);
    const seen = current.get(key);
    if (input === undefined || before === undefined || seen === undefined) return undefined;
    if (seen.columns !== before.get(COLUMNS)) return undefined;
    const reach = reachOfSet(setOf(partitions, coverage), input.upstream.window);
    const isRead = (partition: Partition) => partition === WHOLE || reach === undefined || holds(reach, partition);
    moved.push({ input, before, partitions: new Set([...differing(before, seen)].filter(isRead)) });
  }
  return moved;
}

function differing(before: ReadonlyMap<string, string>, { partitions }: InputDigest): ReadonlySet<Partition> {
  const names = new Set([...before.keys(), ...partitions.keys()].filter((name) => name !== COLUMNS) as Partition[]);
  return new Set(
    [...names].filter((name) => (before.get(name) ?? NO_ROWS) !== (partitions.get(name)?.digest ?? NO_ROWS)),
  );
}

/** What an action would have seen of its inputs when the run began, as far as earlier runs have recorded it. */
function inputsAtStart(
  { node }: RunnableAction,
  { relations }: Snapshot,
  fingerprints: Context["fingerprints"],
): InputDigests {
  const inputs = new Map<string, InputDigest>();
  for (const upstream of node.upstreams) {
    const relation = relations.get(upstream.key);
    const before = relation && recordedAtStart(relation, upstream, fingerprints);
    const columns = before?.get(COLUMNS);
    if (before === undefined || columns === undefined) continue;
    const partitions = [...before].filter(([name, digest]) => name !== COLUMNS && digest !== NO_ROWS);
    inputs.set(upstream.key, {
      columns,
      partitions: new Map(
        partitions.map(([name, digest]) => [name as Partition, { rows: 0, digest: digest as Fingerprint }]),
      ),
    });
  }
  return inputs;
}

function recordedAtStart(
  relation: Relation,
  upstream: Upstream,
  fingerprints: Context["fingerprints"],
): ReadonlyMap<string, string> | undefined {
  const recorded = recordedOf(relation, upstream, (name) => fingerprints.atStart(name));
  return recorded && asPartitionedNow(relation, recorded);
}
