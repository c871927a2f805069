import type { RecordedFingerprints } from "../plan/moves.js";
import type { Log, Observation, RowObject, Transaction } from "../port/port.js";
import { columnNames, type TableCodec, textOf } from "./codec.js";

interface SeenFingerprint {
  readonly relation: string;
  readonly partition: string;
  readonly fingerprint: string;
  readonly runId: string;
  readonly recordedAt: string;
}

/** A log of what models have read, so that a moved input can be named by its partition. */
export const RELATION_STATE: TableCodec<SeenFingerprint> = {
  name: "relation_state",
  columns: [
    { name: "relation", type: "STRING" },
    { name: "partition", type: "STRING" },
    { name: "fingerprint", type: "STRING" },
    { name: "run_id", type: "STRING" },
    { name: "recorded_at", type: "TIMESTAMP" },
  ],
  toRow: ({ relation, partition, fingerprint, runId, recordedAt }) => ({
    relation,
    partition,
    fingerprint,
    run_id: runId,
    recorded_at: recordedAt,
  }),
  fromRow: (row) => ({
    relation: textOf(row.relation),
    partition: textOf(row.partition),
    fingerprint: textOf(row.fingerprint),
    runId: textOf(row.run_id),
    recordedAt: textOf(row.recorded_at),
  }),
};

/** The log of what was read. */
export function relationLog(dataset: string): Log {
  return {
    table: { dataset, name: RELATION_STATE.name },
    key: ["relation", "partition"],
    newestBy: ["recorded_at", "run_id"],
  };
}

/** Reads the fingerprints that earlier runs saw. */
export async function readRecordedFingerprints(
  transaction: Observation,
  dataset: string,
): Promise<RecordedFingerprints> {
  const rows = await transaction.latestRows({
    ...relationLog(dataset),
    columns: columnNames(RELATION_STATE),
  });
  const recorded = new Map<string, Map<string, string>>();
  for (const row of rows) {
    const seen = RELATION_STATE.fromRow(row);
    if (seen === undefined) continue;
    const partitions = recorded.get(seen.relation) ?? new Map<string, string>();
    recorded.set(seen.relation, partitions.set(seen.partition, seen.fingerprint));
  }
  return recorded;
}

/** Knows which fingerprints are recorded already, so that the many readers of a relation record it once. */
export class FingerprintLog {
  readonly #added = new Map<string, string>();

  constructor(
    readonly dataset: string,
    readonly run: { readonly runId: string; readonly recordedAt: string },
    readonly before: RecordedFingerprints | FingerprintLog,
  ) {}

  /** What was recorded of a relation before the run. */
  atStart(relation: string): ReadonlyMap<string, string> | undefined {
    return this.before instanceof FingerprintLog ? this.before.atStart(relation) : this.before.get(relation);
  }

  /** A log for one transaction: what it appends is forgotten unless `commit` is called. */
  begin(): FingerprintLog {
    return new FingerprintLog(this.dataset, this.run, this);
  }

  commit(): void {
    if (!(this.before instanceof FingerprintLog)) return;
    for (const [place, fingerprint] of this.#added) this.before.#added.set(place, fingerprint);
  }

  /** Appends what differs from what is recorded, for the next run to tell what has moved. */
  async append(transaction: Transaction, observed: RecordedFingerprints): Promise<void> {
    const rows: RowObject[] = [];
    for (const [relation, partitions] of observed) {
      for (const [partition, fingerprint] of partitions) {
        if (this.#find(relation, partition) === fingerprint) continue;
        this.#added.set(`${relation} ${partition}`, fingerprint);
        rows.push(RELATION_STATE.toRow({ relation, partition, fingerprint, ...this.run }));
      }
    }
    await transaction.append({ dataset: this.dataset, name: RELATION_STATE.name }, RELATION_STATE.columns, rows);
  }

  #find(relation: string, partition: string): string | undefined {
    const added = this.#added.get(`${relation} ${partition}`);
    if (added !== undefined) return added;
    return this.before instanceof FingerprintLog
      ? this.before.#find(relation, partition)
      : this.before.get(relation)?.get(partition);
  }
}
