import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Column } from "../sql-types.js";
import { type Transaction, WarehouseError } from "../warehouse/port.js";

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly template: string;
  readonly checksum: string;
}

const SCHEMA_MIGRATIONS: readonly Column[] = [
  { name: "version", type: "INT64" },
  { name: "name", type: "STRING" },
  { name: "checksum", type: "STRING" },
  { name: "applied_at", type: "TIMESTAMP" },
];

const CREATE_SCHEMA_MIGRATIONS = `
CREATE SCHEMA IF NOT EXISTS \`{{stateDataset}}\`;
CREATE TABLE IF NOT EXISTS \`{{stateDataset}}\`.schema_migrations (
  version INT64 NOT NULL,
  name STRING NOT NULL,
  checksum STRING NOT NULL,
  applied_at TIMESTAMP NOT NULL
);`;

/** The version of the newest state table that this build knows. */
const NEWEST_VERSION = 2;

/**
 * Refuses state that this build cannot read. Writes nothing: a warehouse without state tables is one that never ran.
 * @throws WarehouseError `newer_version` when a newer fastbreak has written the state
 */
export async function checkState(transaction: Transaction, dataset: string): Promise<void> {
  refuseNewer(dataset, await appliedVersions(transaction, dataset));
}

/**
 * Brings the state tables to the version this build knows; nothing is read from disk when they are there already.
 * @throws WarehouseError `newer_version` when a newer fastbreak has written the state
 */
export async function migrateState(transaction: Transaction, dataset: string): Promise<void> {
  const applied = await appliedVersions(transaction, dataset);
  refuseNewer(dataset, applied);
  if (applied.includes(NEWEST_VERSION)) return;
  const missing = readMigrations().filter((migration) => !applied.includes(migration.version));
  await applyMigrations(transaction, dataset, missing);
}

function refuseNewer(dataset: string, applied: readonly number[]): void {
  const newest = Math.max(0, ...applied);
  if (newest <= NEWEST_VERSION) return;
  throw new WarehouseError(
    "newer_version",
    `the state in ${dataset} was written by a newer fastbreak (state version ${newest}, this one knows ${NEWEST_VERSION}); upgrade fastbreak`,
  );
}

async function appliedVersions(transaction: Transaction, dataset: string): Promise<number[]> {
  const rows = await transaction.latestRows({
    table: { dataset, name: "schema_migrations" },
    columns: ["version"],
    key: ["version"],
    newestBy: ["applied_at"],
  });
  return rows.map((row) => Number(row.version));
}

async function applyMigrations(
  transaction: Transaction,
  dataset: string,
  migrations: readonly Migration[],
): Promise<void> {
  const { default: Handlebars } = await import("handlebars");
  const render = (template: string) =>
    Handlebars.compile(template, { noEscape: true, strict: true })({ stateDataset: dataset });
  await transaction.execute(render(CREATE_SCHEMA_MIGRATIONS));
  for (const migration of migrations) {
    await transaction.execute(render(migration.template));
    await transaction.append({ dataset, name: "schema_migrations" }, SCHEMA_MIGRATIONS, [
      {
        version: migration.version,
        name: migration.name,
        checksum: migration.checksum,
        applied_at: new Date().toISOString(),
      },
    ]);
  }
}

function readMigrations(): Migration[] {
  const folder = fileURLToPath(new URL("./migrations/", import.meta.url));
  return readdirSync(folder)
    .filter((file) => /^\d{4}_\w+\.sql$/.test(file))
    .sort()
    .map((file) => {
      const template = readFileSync(`${folder}${file}`, "utf8");
      return {
        version: Number(file.slice(0, 4)),
        name: file.slice(5, -4),
        template,
        checksum: createHash("sha256").update(template).digest("hex"),
      };
    });
}
