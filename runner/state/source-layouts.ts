import type { Observation, Transaction } from "../port/port.js";
import { RELATION_STATE } from "./relation-state.js";

/** The row of a table of others that says by which column it is partitioned. */
const LAYOUT = "partitioned by";
const relationOf = (key: string): string => `layout of ${key}`;

/** The columns by which tables of others were partitioned when a run last saw them, by `dataset.name`. */
export async function readLayouts(observation: Observation, dataset: string): Promise<ReadonlyMap<string, string>> {
  const rows = await observation.latestRows({
    table: { dataset, name: RELATION_STATE.name },
    columns: ["relation", "fingerprint"],
    key: ["relation"],
    newestBy: ["recorded_at", "run_id"],
    where: { column: "partition", values: [LAYOUT], range: undefined },
  });
  const prefix = relationOf("");
  return new Map(rows.map(({ relation, fingerprint }) => [String(relation).slice(prefix.length), String(fingerprint)]));
}

/** Keeps what is known now and was not known before: tools that replace a table leave nothing of it in the table. */
export async function recordLayouts(
  transaction: Transaction,
  dataset: string,
  run: { readonly runId: string; readonly recordedAt: string },
  layouts: ReadonlyMap<string, string>,
): Promise<void> {
  if (layouts.size === 0) return;
  const known = await readLayouts(transaction, dataset);
  const rows = [...layouts]
    .filter(([key, column]) => known.get(key) !== column)
    .map(([key, column]) =>
      RELATION_STATE.toRow({ relation: relationOf(key), partition: LAYOUT, fingerprint: column, ...run }),
    );
  await transaction.append({ dataset, name: RELATION_STATE.name }, RELATION_STATE.columns, rows);
}
