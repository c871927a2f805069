import type { RecordedFingerprints } from "../plan/moves.js";
import type { RowObject, Transaction } from "../port/port.js";
import { RELATION_STATE } from "./tables.js";

/** Reads the fingerprints that earlier runs saw. */
export async function readRecordedFingerprints(
  transaction: Transaction,
  dataset: string,
): Promise<RecordedFingerprints> {
  const rows = await transaction.latestRows({
    table: { dataset, name: "relation_state" },
    columns: ["relation", "partition", "fingerprint"],
    key: ["relation", "partition"],
    newestBy: ["recorded_at", "run_id"],
  });
  const recorded = new Map<string, Map<string, string>>();
  for (const row of rows) {
    const relation = String(row.relation);
    const partitions = recorded.get(relation) ?? new Map<string, string>();
    partitions.set(String(row.partition), String(row.fingerprint));
    recorded.set(relation, partitions);
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
        rows.push({ relation, partition, fingerprint, run_id: this.run.runId, recorded_at: this.run.recordedAt });
      }
    }
    await transaction.append({ dataset: this.dataset, name: "relation_state" }, RELATION_STATE, rows);
  }

  #find(relation: string, partition: string): string | undefined {
    const added = this.#added.get(`${relation} ${partition}`);
    if (added !== undefined) return added;
    return this.before instanceof FingerprintLog
      ? this.before.#find(relation, partition)
      : this.before.get(relation)?.get(partition);
  }
}
