import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sha256 } from "../port/digest-text.js";
import { EngineError } from "../port/engine-error.js";
import type { Observation, Transaction } from "../port/port.js";
import type { Column } from "../port/sql-types.js";

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly template: string;
  readonly checksum: string;
}

/** What was applied to the runner's own tables. */
const RECORD = "state_migrations";
/** Where earlier builds kept it; the name belongs to the project's own migrations. */
const OLD_RECORD = "schema_migrations";

const COLUMNS: readonly Column[] = [
  { name: "version", type: "INT64" },
  { name: "name", type: "STRING" },
  { name: "checksum", type: "STRING" },
  { name: "applied_at", type: "TIMESTAMP" },
];

const CREATE_RECORD = `
CREATE SCHEMA IF NOT EXISTS \`{{stateDataset}}\`;
CREATE TABLE IF NOT EXISTS \`{{stateDataset}}\`.state_migrations (
  version INT64 NOT NULL,
  name STRING NOT NULL,
  checksum STRING NOT NULL,
  applied_at TIMESTAMP NOT NULL
);`;

/**
 * Refuses state that this build cannot read. Writes nothing: a warehouse without state tables is one that never ran.
 * @throws EngineError `newer_state` when a newer fastbreak has written the state
 */
export async function checkState(transaction: Observation, dataset: string): Promise<void> {
  refuseUnreadable(dataset, await appliedMigrations(transaction, dataset));
}

/**
 * Brings the state tables to the version this build knows.
 * @param standing what the warehouse has, by `dataset.name`: a state table that somebody dropped is made again, empty, because what is
 * unknown runs; undefined: they are taken to be there
 * @throws EngineError `newer_state` when a newer fastbreak has written the state
 */
export async function migrateState(
  transaction: Transaction,
  dataset: string,
  standing?: ReadonlyMap<string, unknown>,
): Promise<void> {
  const applied = await appliedMigrations(transaction, dataset);
  const known = new Set(applied.map(({ version }) => version));
  refuseUnreadable(dataset, applied);
  const all = migrationFiles().map(readMigration);
  const missing = all.filter(({ version }) => !known.has(version));
  if (missing.length > 0) await applyMigrations(transaction, dataset, missing);
  if (standing?.has(`${dataset}.${RECORD}`) && lacksTable(all, dataset, standing))
    await transaction.execute(naming(dataset, scriptOf(all)));
}

/** Whether a table that some migration makes is not there. */
function lacksTable(
  migrations: readonly Migration[],
  dataset: string,
  standing: ReadonlyMap<string, unknown>,
): boolean {
  return migrations
    .flatMap(({ template }) => [...template.matchAll(/^CREATE TABLE IF NOT EXISTS `\{\{stateDataset\}\}`\.(\w+)/gm)])
    .some(([, table]) => !standing.has(`${dataset}.${table}`));
}

/** In their order; each statement repeats without harm. */
function scriptOf(migrations: readonly Migration[]): string {
  return migrations.map(({ template }) => template).join("\n");
}

/** What the warehouse says of a migration that was applied to it. */
interface Applied {
  readonly version: number;
  readonly checksum: string;
}

/** State that a newer build wrote, or that another migration of the same number made, means something that nobody here knows. */
function refuseUnreadable(dataset: string, applied: readonly Applied[]): void {
  const files = new Map(migrationFiles().map((file) => [file.version, file]));
  const newest = Math.max(...files.keys());
  for (const { version, checksum } of applied) {
    const file = files.get(version);
    if (version > newest)
      throw new EngineError(
        "newer_state",
        `the state in ${dataset} was written by a newer fastbreak (state version ${version}, this one knows ${newest}); upgrade fastbreak`,
      );
    if (file !== undefined && readMigration(file).checksum !== checksum)
      throw new EngineError(
        "newer_state",
        `the state in ${dataset} was made by another ${file.file} than this fastbreak has; install the version that made it, or drop the dataset ${dataset} to begin anew`,
      );
  }
}

async function appliedMigrations(transaction: Observation, dataset: string): Promise<Applied[]> {
  const applied = await recordedIn(RECORD, transaction, dataset);
  return applied.length > 0 ? applied : recordedIn(OLD_RECORD, transaction, dataset);
}

async function recordedIn(name: string, transaction: Observation, dataset: string): Promise<Applied[]> {
  const rows = await transaction.latestRows({
    table: { dataset, name },
    columns: ["version", "checksum"],
    key: ["version"],
    newestBy: ["applied_at"],
  });
  return rows.map((row) => ({ version: Number(row.version), checksum: String(row.checksum) }));
}

/** Brings the record of an earlier build to its new place. */
async function moveOldRecord(transaction: Transaction, dataset: string): Promise<void> {
  if ((await recordedIn(OLD_RECORD, transaction, dataset)).length === 0) return;
  if ((await recordedIn(RECORD, transaction, dataset)).length > 0) return;
  const columns = COLUMNS.map(({ name }) => name).join(", ");
  await transaction.execute(
    `INSERT INTO \`${dataset}\`.${RECORD} (${columns}) SELECT ${columns} FROM \`${dataset}\`.${OLD_RECORD};
     DROP TABLE \`${dataset}\`.${OLD_RECORD};`,
  );
}

/** In one script and one write of records: each repeats without harm when a process ends between the two. */
async function applyMigrations(
  transaction: Transaction,
  dataset: string,
  migrations: readonly Migration[],
): Promise<void> {
  await transaction.execute(naming(dataset, CREATE_RECORD));
  await moveOldRecord(transaction, dataset);
  await transaction.execute(naming(dataset, scriptOf(migrations)));
  await transaction.append(
    { dataset, name: RECORD },
    COLUMNS,
    migrations.map(({ version, name, checksum }) => ({
      version,
      name,
      checksum,
      applied_at: new Date().toISOString(),
    })),
  );
}

function naming(dataset: string, template: string): string {
  return template.replaceAll("{{stateDataset}}", dataset);
}

interface MigrationFile {
  readonly version: number;
  readonly file: string;
}

let folder: string | undefined;

/** `migrations/` beside this file, built or not. */
function migrationsFolder(): string {
  folder ??= [fileURLToPath(new URL("./migrations/", import.meta.url))].find((place) =>
    existsSync(`${place}0001_state.sql`),
  );
  if (folder === undefined) throw new Error("the package lacks its migrations; install it again");
  return folder;
}

/** The migrations of this build by number; only names are read. */
function migrationFiles(): MigrationFile[] {
  return readdirSync(migrationsFolder())
    .filter((file) => /^\d{4}_\w+\.sql$/.test(file))
    .sort()
    .map((file) => ({ version: Number(file.slice(0, 4)), file }));
}

function readMigration({ version, file }: MigrationFile): Migration {
  const template = readFileSync(`${migrationsFolder()}${file}`, "utf8");
  return { version, name: file.slice(5, -4), template, checksum: sha256(template) };
}
