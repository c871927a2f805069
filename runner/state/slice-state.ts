import type { Fingerprint, Partition } from "../port/identity.js";
import type { SliceDigests, SliceRequest } from "../port/key-slices.js";
import type { Log, Observation, Transaction } from "../port/port.js";
import { columnNames, type TableCodec, textOf } from "./codec.js";

/** What one partition of an input is, slice by slice. */
export interface ReadContent extends SliceDigests {
  /** Which columns of which relation, by which key. */
  readonly question: string;
  readonly partition: Partition;
}

interface SeenSlices extends ReadContent {
  readonly runId: string;
  readonly recordedAt: string;
}

/**
 * Each content of a partition is known by its fingerprint, so that nobody takes one for another. The engine writes the rows itself.
 */
const SLICE_STATE: Omit<TableCodec<SeenSlices>, "toRow"> = {
  name: "slice_state",
  columns: [
    { name: "question", type: "STRING" },
    { name: "partition", type: "STRING" },
    { name: "fingerprint", type: "STRING" },
    { name: "seen", type: "STRING" },
    { name: "slices", type: "STRING" },
    { name: "run_id", type: "STRING" },
    { name: "recorded_at", type: "TIMESTAMP" },
  ],
  fromRow: (row) => ({
    question: textOf(row.question),
    partition: textOf(row.partition) as Partition,
    fingerprint: textOf(row.fingerprint) as Fingerprint,
    seen: textOf(row.seen),
    slices: textOf(row.slices),
    runId: textOf(row.run_id),
    recordedAt: textOf(row.recorded_at),
  }),
};

/** The log of what partitions were, slice by slice: a content that comes back is recorded anew. */
export function sliceLog(dataset: string): Log {
  return {
    table: { dataset, name: SLICE_STATE.name },
    key: ["question", "partition"],
    newestBy: ["recorded_at", "run_id"],
  };
}

/** What `slices` finds a content by. */
export function contentKey(question: string, partition: Partition, fingerprint: string): string {
  return `${question} ${partition} ${fingerprint}`;
}

/** What is recorded of some contents, and perhaps of others, by `contentKey`. Within a run newer ones may have been recorded. */
export async function readSlices(
  transaction: Observation,
  dataset: string,
  fingerprints: ReadonlySet<string>,
): Promise<ReadonlyMap<string, SliceDigests>> {
  if (fingerprints.size === 0) return new Map();
  const log = sliceLog(dataset);
  const rows = await transaction.latestRows({
    ...log,
    columns: columnNames(SLICE_STATE),
    key: [...log.key, "fingerprint"],
    where: { column: "fingerprint", values: [...fingerprints], range: undefined },
  });
  return new Map(
    rows.flatMap((row) => {
      const seen = SLICE_STATE.fromRow(row);
      return seen === undefined ? [] : [[contentKey(seen.question, seen.partition, seen.fingerprint), seen] as const];
    }),
  );
}

/** The keys of the contents that were recorded last of some questions. */
export async function readRecordedContents(
  transaction: Observation,
  dataset: string,
  questions: readonly string[],
): Promise<ReadonlySet<string>> {
  if (questions.length === 0) return new Set();
  const rows = await transaction.latestRows({
    ...sliceLog(dataset),
    columns: ["question", "partition", "fingerprint"],
    where: { column: "question", values: questions, range: undefined },
  });
  return new Set(
    rows.map((row) => contentKey(textOf(row.question), textOf(row.partition) as Partition, textOf(row.fingerprint))),
  );
}

/** Records what was read of partitions. */
export async function recordContents(
  transaction: Transaction,
  dataset: string,
  { runId, recordedAt }: { readonly runId: string; readonly recordedAt: string },
  contents: readonly ReadContent[],
): Promise<void> {
  const rows = contents.map(({ question, partition, fingerprint, seen, slices }) => ({
    question,
    partition,
    fingerprint,
    seen,
    slices,
    run_id: runId,
    recorded_at: recordedAt,
  }));
  await transaction.append({ dataset, name: SLICE_STATE.name }, SLICE_STATE.columns, rows);
}

/** Records what partitions are now. What was recorded of other contents stays as it is. */
export async function recordSlices(
  transaction: Transaction,
  dataset: string,
  run: { readonly runId: string; readonly recordedAt: string },
  asked: readonly { readonly question: string; readonly request: SliceRequest }[],
): Promise<void> {
  const records = asked.map(({ question, request }) => ({
    ...request,
    fields: { question, run_id: run.runId, recorded_at: run.recordedAt },
  }));
  await transaction.appendSliceDigests?.({ dataset, name: SLICE_STATE.name }, records);
}
