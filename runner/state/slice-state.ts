import type { Fingerprint, Partition } from "../port/identity.js";
import type { SliceDigests, SliceRequest } from "../port/key-slices.js";
import type { Log, Observation, RowObject, Transaction } from "../port/port.js";
import { columnNames, type TableCodec, textOf } from "./codec.js";

/** What one partition of an input was, slice by slice. */
interface SeenSlices extends SliceDigests {
  /** Which columns of which relation, by which key. */
  readonly question: string;
  readonly partition: Partition;
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

/**
 * The log of what partitions were, slice by slice. Whoever asks for an older content asks within the run that has recorded a newer one:
 * later runs know which contents stood before them by the log of what was read, which has no older ones either.
 */
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

async function rowsOf(
  transaction: Observation,
  dataset: string,
  columns: readonly string[],
  where: { readonly column: "question" | "fingerprint"; readonly values: readonly string[] },
): Promise<readonly RowObject[]> {
  if (where.values.length === 0) return [];
  return transaction.latestRows({
    table: { dataset, name: SLICE_STATE.name },
    columns,
    key: ["question", "partition", "fingerprint"],
    newestBy: ["recorded_at", "run_id"],
    where: { ...where, range: undefined },
  });
}

/** What is recorded of some contents, and perhaps of others, by `contentKey`. */
export async function readSlices(
  transaction: Observation,
  dataset: string,
  fingerprints: ReadonlySet<string>,
): Promise<ReadonlyMap<string, SliceDigests>> {
  const where = { column: "fingerprint" as const, values: [...fingerprints] };
  const rows = await rowsOf(transaction, dataset, columnNames(SLICE_STATE), where);
  return new Map(
    rows.flatMap((row) => {
      const seen = SLICE_STATE.fromRow(row);
      return seen === undefined ? [] : [[contentKey(seen.question, seen.partition, seen.fingerprint), seen] as const];
    }),
  );
}

/** The keys of all contents that are recorded of some questions. */
export async function readRecordedContents(
  transaction: Observation,
  dataset: string,
  questions: readonly string[],
): Promise<ReadonlySet<string>> {
  const where = { column: "question" as const, values: questions };
  const rows = await rowsOf(transaction, dataset, ["question", "partition", "fingerprint"], where);
  return new Set(
    rows.map((row) => contentKey(textOf(row.question), textOf(row.partition) as Partition, textOf(row.fingerprint))),
  );
}

/** Records what partitions are now. Each is another content, so that it does no harm to those that are recorded. */
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
