import type { RecordedFingerprints } from "../plan/moves.js";
import type { RowObject, Transaction } from "../warehouse/port.js";
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

/** Appends the fingerprints that differ from the recorded ones, for the next run to tell what has moved. */
export async function recordFingerprints(
  transaction: Transaction,
  dataset: string,
  run: { readonly runId: string; readonly recordedAt: string },
  observed: RecordedFingerprints,
  recorded: RecordedFingerprints,
): Promise<void> {
  const rows: RowObject[] = [];
  for (const [relation, partitions] of observed) {
    for (const [partition, fingerprint] of partitions) {
      if (recorded.get(relation)?.get(partition) === fingerprint) continue;
      rows.push({ relation, partition, fingerprint, run_id: run.runId, recorded_at: run.recordedAt });
    }
  }
  await transaction.append({ dataset, name: "relation_state" }, RELATION_STATE, rows);
}
