import pLimit from "p-limit";
import { inputName, type RowDigests } from "../observe/inputs.js";
import { EngineError } from "../port/engine-error.js";
import type { Partition } from "../port/identity.js";
import type { Transaction, Warehouse } from "../port/port.js";
import {
  contentKey,
  type ReadContent,
  readRecordedContents,
  recordContents,
  recordSlices,
} from "../state/slice-state.js";
import type { BuildContext } from "./build.js";
import type { ReadSlices } from "./moved-slices.js";
import { type SlicedModel, sliceRequest } from "./sliced-inputs.js";

/** A build of a model whose rows can be told apart by a key. */
export interface SlicedBuild {
  readonly model: SlicedModel;
  /** What it was built of. */
  readonly inputs: RowDigests;
  /** What the build itself has read of it. */
  readonly read: ReadSlices;
}

type Context = Pick<BuildContext, "stateDataset" | "run">;

/**
 * Records what the inputs of builds were, slice by slice, behind the builds themselves: only a later correction asks for it, and without
 * it that builds everything. So nobody waits for it but the end of the run, and what the engine refuses is left.
 */
export class SliceRecords {
  readonly #one = pLimit(1);
  #failure: unknown;

  constructor(
    readonly warehouse: Pick<Warehouse, "transaction">,
    readonly context: Context,
    readonly isInterrupted: () => boolean,
  ) {}

  /** To be called once the build is committed. */
  add(build: SlicedBuild): void {
    void this.#one(() => this.#record(build)).catch((cause: unknown) => {
      if (!(cause instanceof EngineError || this.isInterrupted())) this.#failure ??= cause;
    });
  }

  /** Ends when all is recorded. */
  async end(): Promise<void> {
    await this.#one(() => undefined);
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #record(build: SlicedBuild): Promise<void> {
    if (this.isInterrupted()) return;
    await this.warehouse.transaction((transaction) => recordInputSlices(transaction, build, this.context));
  }
}

/** Records the partitions that nobody has, as they are by now: another build may have written to an input since. */
async function recordInputSlices(
  transaction: Transaction,
  { model, inputs: digests, read }: SlicedBuild,
  { stateDataset, run }: Context,
): Promise<void> {
  if (transaction.appendSliceDigests === undefined) return;
  const known = await readRecordedContents(
    transaction,
    stateDataset,
    model.inputs.map(({ question }) => question),
  );
  const contents: ReadContent[] = [];
  const missing = model.inputs.flatMap((input) => {
    const { question } = input;
    const then = digests.get(inputName(input.relation, input.upstream)) ?? new Map();
    const partitions = new Set<Partition>();
    for (const [partition, { digest }] of then) {
      if (known.has(contentKey(question, partition, digest))) continue;
      const content = read.get(question)?.get(partition);
      if (content !== undefined && content.fingerprint === digest) contents.push({ ...content, question, partition });
      else partitions.add(partition);
    }
    return partitions.size === 0 ? [] : [{ question, request: { ...sliceRequest(input), partitions } }];
  });
  await recordContents(transaction, stateDataset, run, contents);
  await recordSlices(transaction, stateDataset, run, missing);
}
