import type { RunnableAction } from "../graph/action.js";
import { inputsOf, observedInputs } from "../observe/inputs.js";
import { readRoutineDigests } from "../observe/routine-digests.js";
import { effectRequests, liveOutput, outputRequest, type Snapshot } from "../observe/snapshot.js";
import type { Coverage } from "../plan/coverage.js";
import { effectsVersion, outputVersion } from "../plan/decide.js";
import { inputHashes, MORE_TO_TAKE, UNKNOWN_INPUTS } from "../plan/input-hash.js";
import type { LiveOutput } from "../plan/types.js";
import { EFFECTS, NO_ROWS, type Partition } from "../port/identity.js";
import { type PartitionDigests, relationKey, type Transaction } from "../port/port.js";
import { type BuiltPartition, recordModelStates } from "../state/model-state.js";
import type { BuildContext } from "./build.js";

/** Partitions of one action that were built, and what they were built of. */
export interface BuiltPartitions {
  readonly action: RunnableAction;
  readonly partitions: readonly Partition[];
  readonly coverage: Coverage;
  readonly snapshot: Snapshot;
  /** What an assertion that only reports has found. */
  readonly verdict: string | undefined;
  /** The incremental query may give rows that the full one has left out. */
  readonly takesMore?: boolean;
}

/** What stands in a record that is of no rows. */
const NO_PARTITION = {
  partition: EFFECTS,
  inputHash: UNKNOWN_INPUTS,
  inputs: {},
  fingerprint: NO_ROWS,
  rows: 0,
  restingOn: [],
  verdict: undefined,
};

/** Records builds in the transaction that made them. */
export class BuildRecorder {
  constructor(
    readonly transaction: Transaction,
    readonly context: BuildContext,
  ) {}

  /** @returns what the action has left */
  async record({ action, partitions, coverage, snapshot, verdict, takesMore }: BuiltPartitions): Promise<LiveOutput> {
    const { context, transaction } = this;
    const { outside } = coverage;
    const output = await this.#outputOf(action, coverage);
    const { relations, inputs } = snapshot;
    const hashes = inputHashes(action.node, partitions, inputsOf(action, relations, inputs), outside);
    const common = {
      model: action.node.key,
      codeHash: action.node.codeHash,
      compiledHash: action.node.compiledHash,
      engineVersion: context.engineVersion,
    };
    const built = partitions.map(
      (partition): BuiltPartition => ({
        ...common,
        partition,
        inputHash: takesMore ? MORE_TO_TAKE : (hashes.get(partition)?.hash ?? UNKNOWN_INPUTS),
        inputs: hashes.get(partition)?.byUpstream ?? {},
        fingerprint: output.rows.get(partition)?.digest ?? NO_ROWS,
        outputVersion: outputVersion(output.live, partition, outside),
        rows: output.rows.get(partition)?.rows ?? 0,
        restingOn: context.restingOn(action, partition, outside),
        verdict,
      }),
    );
    if (output.live.effects !== "")
      built.push({ ...common, ...NO_PARTITION, outputVersion: effectsVersion(output.live) });
    await recordModelStates(transaction, context.stateDataset, context.run, built);
    const { fingerprints } = context;
    const recorded = (input: string) => fingerprints.atStart(input);
    await fingerprints.append(transaction, observedInputs(action, relations, inputs, coverage, recorded));
    return output.live;
  }

  /** Reads back what is there now, in the transaction that wrote it, and with it what its readers will ask for. */
  async #outputOf(
    action: RunnableAction,
    coverage: Coverage,
  ): Promise<{ readonly rows: PartitionDigests; readonly live: LiveOutput }> {
    const relations = await this.transaction.relations();
    const own = outputRequest(action, relations, coverage);
    const requests = [...(own === undefined ? [] : [own]), ...effectRequests(action, relations)];
    const asked = this.context.askedByReaders(relationKey(action.target), relations);
    const all = await this.transaction.digests([...requests, ...asked]);
    const digests = all.slice(0, requests.length);
    const routines = await readRoutineDigests(this.transaction, [action]);
    const [rows, contents] = own === undefined ? [undefined, digests] : [digests[0], digests.slice(1)];
    return { rows: rows ?? new Map(), live: liveOutput(action, relations, rows, contents, routines) };
  }
}
