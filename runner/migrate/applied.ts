import { type Observation, relationKey, type Transaction } from "../port/port.js";
import type { Column } from "../port/sql-types.js";
import { isoTimeOf, textOf } from "../state/codec.js";
import type { MigrationFile } from "./migration-files.js";

const TABLE = "schema_migrations";
const COLUMNS: readonly Column[] = [
  { name: "version", type: "INT64" },
  { name: "name", type: "STRING" },
  { name: "checksum", type: "STRING" },
  { name: "applied_at", type: "TIMESTAMP" },
  { name: "rows_before", type: "INT64" },
  { name: "rows_after", type: "INT64" },
];

/** A migration that was applied to a warehouse. */
export interface Applied {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
  readonly appliedAt: string;
}

/** What was applied, in order; nothing where no migration ever was. */
export async function readApplied(observation: Observation, dataset: string): Promise<readonly Applied[]> {
  const record = (await observation.relations()).get(relationKey({ dataset, name: TABLE }));
  // Earlier builds kept another record under this name, without numbers of rows.
  if (record?.columns.some(({ name }) => name === "rows_before") !== true) return [];
  const rows = await observation.latestRows({
    table: { dataset, name: TABLE },
    columns: ["version", "name", "checksum", "applied_at"],
    key: ["version"],
    newestBy: ["applied_at"],
  });
  return rows
    .map((row) => ({
      version: Number(row.version),
      name: textOf(row.name),
      checksum: textOf(row.checksum),
      appliedAt: isoTimeOf(row.applied_at) ?? "",
    }))
    .sort((a, b) => a.version - b.version);
}

/** Makes the record of a project's migrations. */
export async function createRecord(transaction: Transaction, dataset: string): Promise<void> {
  await transaction.execute(`
    CREATE SCHEMA IF NOT EXISTS \`${dataset}\`;
    CREATE TABLE IF NOT EXISTS \`${dataset}\`.${TABLE} (
      version INT64 NOT NULL, name STRING NOT NULL, checksum STRING NOT NULL, applied_at TIMESTAMP NOT NULL,
      rows_before INT64, rows_after INT64
    );`);
}

/** Notes one as applied; belongs into the transaction that applies it. */
export async function recordApplied(
  transaction: Transaction,
  dataset: string,
  { version, name, checksum }: MigrationFile,
  rows: { readonly before: number; readonly after: number },
): Promise<void> {
  await transaction.append({ dataset, name: TABLE }, COLUMNS, [
    {
      version,
      name,
      checksum,
      applied_at: new Date().toISOString(),
      rows_before: rows.before,
      rows_after: rows.after,
    },
  ]);
}
