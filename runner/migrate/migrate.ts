import { foldedKey } from "../googlesql/project-names.js";
import { UserError } from "../graph/user-error.js";
import { EngineError } from "../port/engine-error.js";
import type { Observation, Relation, Transaction, Warehouse } from "../port/port.js";
import { type Applied, createRecord, readApplied, recordApplied } from "./applied.js";
import { type MigrationFile, numbered } from "./migration-files.js";
import { type MigrationNames, renderMigration } from "./render.js";
import { readFacts, rowLossOf, shapeLossOf } from "./table-facts.js";

/** What one migration did. */
export interface MigrationResult {
  readonly file: MigrationFile;
  /** Tables that it made, and columns that it added, as `dataset.table` and `dataset.table.column`. */
  readonly added: readonly string[];
  /** Rows of the tables that it is about, before and after. */
  readonly rows: { readonly before: number; readonly after: number };
}

/** The dataset in which a project's migrations are recorded. */
export function recordDataset({ stateDataset, suffix }: MigrationNames): string {
  return `${stateDataset}${suffix}`;
}

/**
 * The migrations that are still to be applied.
 * @throws UserError for one that was changed or removed after it was applied, and for a new one below the last that was
 */
export async function pendingMigrations(
  observation: Observation,
  files: readonly MigrationFile[],
  names: MigrationNames,
): Promise<{ readonly applied: readonly Applied[]; readonly pending: readonly MigrationFile[] }> {
  const applied = await readApplied(observation, recordDataset(names));
  const byVersion = new Map(files.map((file) => [file.version, file]));
  for (const { version, name, checksum, appliedAt } of applied) {
    const file = byVersion.get(version);
    const day = appliedAt.slice(0, 10);
    if (file === undefined)
      throw new UserError(`migrations/${numbered(version)}_${name}.sql was applied on ${day} and is gone; put it back`);
    if (file.checksum !== checksum)
      throw new UserError(
        `${file.path} was changed after it was applied on ${day}; put it back as it was, and write the change as a new migration`,
      );
  }
  const known = new Set(applied.map(({ version }) => version));
  const newest = Math.max(0, ...known);
  const late = files.find(({ version }) => version < newest && !known.has(version));
  if (late !== undefined)
    throw new UserError(
      `${late.path} is below ${numbered(newest)}, which is applied already; give it the next free number`,
    );
  return { applied, pending: files.filter(({ version }) => !known.has(version)) };
}

/**
 * Applies migrations one by one, each in one transaction with its record. What a migration does is looked at before it is committed:
 * tables and columns that were there must be there with the same rows, and a second run must change nothing, unless its file says
 * otherwise.
 * @throws UserError for one that fails or loses something; it leaves nothing, those before it stay applied
 */
export async function applyMigrations(
  warehouse: Warehouse,
  files: readonly MigrationFile[],
  names: MigrationNames,
  onApplied: (result: MigrationResult) => void,
): Promise<void> {
  if (files.length > 1 && (await appliedTogether(warehouse, files, names, onApplied))) return;
  for (const file of files) {
    const sql = await renderMigration(file, names);
    const result = await warehouse.transaction(async (transaction) => {
      await createRecord(transaction, recordDataset(names));
      return applyAndRecord(transaction, file, sql, names);
    });
    onApplied(result);
  }
}

/**
 * Applies them all in one transaction, which costs as much as one of them; false: nothing was applied, because one of them fails, and
 * those before it shall stay.
 */
async function appliedTogether(
  warehouse: Warehouse,
  files: readonly MigrationFile[],
  names: MigrationNames,
  onApplied: (result: MigrationResult) => void,
): Promise<boolean> {
  if (!warehouse.capabilities.transactionalDdl) return false;
  const results: MigrationResult[] = [];
  try {
    await warehouse.transaction(async (transaction) => {
      results.length = 0;
      await createRecord(transaction, recordDataset(names));
      for (const file of files)
        results.push(await applyAndRecord(transaction, file, await renderMigration(file, names), names));
    });
  } catch (cause) {
    if (!(cause instanceof UserError || cause instanceof EngineError)) throw cause;
    return false;
  }
  for (const result of results) onApplied(result);
  return true;
}

async function applyAndRecord(
  transaction: Transaction,
  file: MigrationFile,
  sql: string,
  names: MigrationNames,
): Promise<MigrationResult> {
  const result = await applyOne(transaction, file, sql, names);
  await recordApplied(transaction, recordDataset(names), file, result.rows);
  return result;
}

const REHEARSAL = { run: "rehearsal", action: "migrate", rehearsal: true } as const;

/** Thrown to roll back what a dry run did. */
class DryRun extends Error {
  override readonly name = "DryRun";
}

/** The same, all of them in one transaction that is rolled back. */
export async function tryMigrations(
  warehouse: Warehouse,
  files: readonly MigrationFile[],
  names: MigrationNames,
): Promise<readonly MigrationResult[]> {
  const results: MigrationResult[] = [];
  try {
    await warehouse.transaction(async (transaction) => {
      results.length = 0;
      for (const file of files)
        results.push(await applyOne(transaction, file, await renderMigration(file, names), names));
      throw new DryRun();
    }, REHEARSAL);
  } catch (cause) {
    if (!(cause instanceof DryRun)) throw cause;
  }
  return results;
}

async function applyOne(
  transaction: Transaction,
  file: MigrationFile,
  sql: string,
  names: MigrationNames,
): Promise<MigrationResult> {
  const keys = await tablesOf(sql, file, names);
  const relations = await transaction.relations();
  const routines = await transaction.routines();
  const before = await readFacts(transaction, keys);
  await run(transaction, file, sql);
  await requireKept(transaction, file, { relations, routines });
  const columns = new Map([...before].map(([key, { relation }]) => [key, relation.columns.map(({ name }) => name)]));
  const kept = await readFacts(transaction, keys, (key) => columns.get(key));
  for (const [key, facts] of before) {
    const now = kept.get(key);
    const loss = now && rowLossOf(facts, now, file.changesRows);
    if (loss !== undefined)
      throw new UserError(`${file.path}: ${key} ${loss}; ${KEEPS} (or it says "-- fastbreak: changes rows")`);
  }
  const after = await readFacts(transaction, keys);
  if (!file.once) await runAgain(transaction, file, sql, keys);
  const now = await transaction.relations();
  const added = [...now].flatMap(([key, relation]) => {
    const old = relations.get(key);
    if (old === undefined) return [key];
    const known = new Set(old.columns.map(({ name }) => name));
    return relation.columns.flatMap(({ name }) => (known.has(name) ? [] : [`${key}.${name}`]));
  });
  const rowsOf = (facts: typeof before) => [...facts.values()].reduce((sum, { rows }) => sum + rows, 0);
  return { file, added, rows: { before: rowsOf(before), after: rowsOf(after) } };
}

const KEEPS = "a migration adds and keeps what is there";

/**
 * What is there is looked at as a whole: a text that is put together names no table that could be seen in it.
 * @throws UserError for a table, view or function that is gone, and for what has lost columns
 */
async function requireKept(
  transaction: Transaction,
  { path }: MigrationFile,
  before: { readonly relations: ReadonlyMap<string, Relation>; readonly routines: ReadonlyMap<string, string> },
): Promise<void> {
  const relations = await transaction.relations();
  for (const [key, relation] of before.relations) {
    const loss = shapeLossOf(relation, relations.get(key));
    if (loss !== undefined) throw new UserError(`${path}: ${key} ${loss}; ${KEEPS}`);
  }
  const routines = await transaction.routines();
  const gone = [...before.routines.keys()].find((key) => !routines.has(key));
  if (gone !== undefined) throw new UserError(`${path}: ${gone} is gone; ${KEEPS}`);
}

/** A migration that was applied may be applied again, to a warehouse that had half of it by other ways: it must change nothing. */
async function runAgain(
  transaction: Transaction,
  file: MigrationFile,
  sql: string,
  keys: readonly string[],
): Promise<void> {
  const before = await readFacts(transaction, keys);
  const again = 'write IF NOT EXISTS, or say "-- fastbreak: once"';
  try {
    await run(transaction, file, sql);
  } catch (cause) {
    throw new UserError(
      `${cause instanceof Error ? cause.message : String(cause)}; that is a second run of it: ${again}`,
    );
  }
  const after = await readFacts(transaction, keys);
  for (const [key, { rows, content }] of before) {
    const now = after.get(key);
    if (now?.rows !== rows || now.content !== content)
      throw new UserError(`${file.path}: a second run of it changes ${key}; ${again}`);
  }
}

async function run(transaction: Transaction, { path }: MigrationFile, sql: string): Promise<void> {
  try {
    await transaction.script((script) => script.execute(sql));
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    const { line, column, message } = cause;
    throw new UserError(`${path}:${line === undefined ? "" : `${line}:${column ?? 1}:`} ${message}`);
  }
}

/** Keys of the tables that a migration names to change them. */
async function tablesOf(sql: string, { path }: MigrationFile, names: MigrationNames): Promise<readonly string[]> {
  const { scanScript } = await import("../googlesql/index.js");
  try {
    return [...new Set(scanScript(sql).writes.map((write) => foldedKey(write.path, names.project)))];
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    throw new UserError(`${path}:${cause.line ?? 1}:${cause.column ?? 1}: ${cause.message}`);
  }
}
