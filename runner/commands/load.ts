import type { LoadedTable, LoaderResult, LoadProgress, SkippedRows, TableBatch } from "../api/loader.js";
import { type RowObject, relationKey, type Transaction, type Warehouse } from "../port/port.js";
import { alignColumns, count, duration, plainLine, plural, widthOf, writeLines, writeNote } from "../report/text.js";
import { WorkProgress, type WorkState } from "../report/work-progress.js";
import { announced } from "../session/announce.js";
import { logFailedLoad, loggedLoad, refuseOpenCircuit } from "../session/logged-load.js";
import { findPlace, withWarehouse } from "../session/place.js";
import { newRunId } from "../session/run-id.js";
import { waitForLock } from "../session/wait-for-lock.js";
import type { LoadOutcome } from "../state/load-log.js";
import { WAIT_FLAGS, withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { EXIT, usageError } from "./exit.js";
import { importLoader } from "./load-module.js";
import { placeOf } from "./selection-options.js";
import { storedRows } from "./stored-rows.js";

export const command = defineCommand({
  positionals: [
    { name: "loader", describe: "a loader that fastbreak.json names", required: true },
    { name: "args", describe: "what the loader takes, such as a folder", many: true },
  ],
  flags: withCommon(WAIT_FLAGS),
  passesUnknownFlags: true,
  notes: ["Other options are the loader's own; they have a value each."],
  examples: ["fastbreak load sample --games 200", "fastbreak load files DIR"],

  async execute({ flags: options, words: [name = "", ...rest] }): Promise<number> {
    const started = performance.now();
    const place = findPlace(placeOf(options));
    if (place.engine.refusesLoaders !== undefined) throw usageError(place.engine.refusesLoaders);
    const loader = await importLoader(place, name);
    const { positionals, values } = loaderArguments(rest);
    const progress = WorkProgress.ofCommand(options.json);
    const startedAt = new Date();
    const load = { runId: newRunId(startedAt), loader: name, arguments: rest, path: positionals[0], startedAt };
    await waitForLock(options.wait, writeNote, () => refuseOpenCircuit(place, load));
    const result = await loader.load(positionals, values).catch(async (cause: unknown) => {
      await logFailedLoad(place, load, cause);
      throw cause;
    });
    const open = <T>(work: (warehouse: Warehouse) => Promise<T>) =>
      waitForLock(options.wait, writeNote, () => withWarehouse(place, true, work));
    const tables = await open((warehouse) =>
      announced(place, "load", () =>
        loggedLoad(warehouse, place, load, (transaction) => write(transaction, result, started, progress)),
      ),
    ).finally(() => progress.end());
    const { notes, skipped = [] } = result;
    const report = { loader: name, tables, skipped, notes, duration_ms: Math.round(performance.now() - started) };
    if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
    else writeLines(process.stdout, summary(report, widthOf(process.stdout)));
    return EXIT.done;
  },
});

interface LoadReport {
  readonly loader: string;
  readonly tables: readonly LoadedTable[];
  readonly skipped: readonly SkippedRows[];
  readonly notes: readonly string[];
  readonly duration_ms: number;
}

/** All batches in one transaction: a damaged file leaves the warehouse as it was. */
async function write(
  transaction: Transaction,
  loaded: LoaderResult,
  started: number,
  progress: WorkProgress,
): Promise<{ readonly result: LoadedTable[]; readonly outcome: LoadOutcome }> {
  const { batches, skipped = [] } = loaded;
  const tables = new Map<string, LoadedTable>();
  let read = 0;
  async function* counted(rows: TableBatch["rows"], table: string): AsyncGenerator<RowObject> {
    for await (const row of rows) {
      read += 1;
      if (read % TICK_ROWS === 1) progress.tick(() => stateOf(progressOf(loaded), read, table));
      yield row;
    }
  }
  let writing = 0;
  for await (const { table, rows, covers } of typeof batches === "function"
    ? batches(storedRows(transaction))
    : batches) {
    const name = relationKey(table.id);
    const began = performance.now();
    const counts = await transaction.replaceRows(table, counted(rows, name), covers ?? (() => []));
    writing += performance.now() - began;
    const before = tables.get(name);
    tables.set(name, {
      table: name,
      rowsRead: (before?.rowsRead ?? 0) + counts.read,
      inserted: (before?.inserted ?? 0) + counts.inserted,
      updated: (before?.updated ?? 0) + counts.updated,
      unchanged: (before?.unchanged ?? 0) + counts.unchanged,
      deleted: (before?.deleted ?? 0) + counts.deleted,
    });
  }
  const result = [...tables.values()];
  const outcome = result.map(({ table, rowsRead, ...counts }) => ({
    relation: table,
    read: rowsRead,
    skipped: skippedRows(skipped, table),
    ...counts,
  }));
  const readSeconds = (performance.now() - started - writing) / 1000;
  return { result, outcome: { status: "success", tables: outcome, readSeconds, writeSeconds: writing / 1000 } };
}

function skippedRows(skipped: readonly SkippedRows[], table: string): number {
  return skipped.reduce((sum, odd) => sum + (odd.table === table ? odd.rows : 0), 0);
}

/** Rows between two looks at the clock. */
const TICK_ROWS = 256;

function stateOf(parts: LoadProgress | undefined, rows: number, table: string): WorkState {
  return { parts, rows, now: parts?.now === undefined ? table : `${plainLine(String(parts.now))} to ${table}` };
}

/** How far a loader says it is, where it says something that can be shown. */
function progressOf({ progress }: LoaderResult): LoadProgress | undefined {
  const said = progress?.();
  return typeof said?.done === "number" && typeof said.of === "number" ? said : undefined;
}

/** What the runner does not know belongs to the loader: words, and `--name value` or `--name=value` options. */
function loaderArguments(args: readonly string[]): { positionals: string[]; values: Readonly<Record<string, string>> } {
  const positionals: string[] = [];
  const values: Record<string, string> = Object.create(null) as Record<string, string>;
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, name, given] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) {
      positionals.push(word);
      continue;
    }
    if (Object.hasOwn(values, name)) throw usageError(`--${name} is given twice; give it once`);
    const value = given ?? (rest[0]?.startsWith("--") ? undefined : rest.shift());
    if (value === undefined || value === "") throw usageError(`--${name} needs a value`);
    values[name] = value;
  }
  return { positionals, values };
}

const KINDS = ["rows", "new", "changed", "unchanged", "gone", "skipped"];

function summary(report: LoadReport, width: number): string[] {
  const counted = report.tables.map(({ table, rowsRead, inserted, updated, unchanged, deleted }) => ({
    table,
    counts: [rowsRead, inserted, updated, unchanged, deleted, skippedRows(report.skipped, table)],
  }));
  // A table of which the load says nothing is not worth a line.
  const shown = counted.filter(({ counts }) => counts.some((number) => number !== 0));
  const tableOf = (isShown: (kind: number) => boolean) => {
    const kinds = KINDS.flatMap((name, index) => (isShown(index) ? [{ name, index }] : []));
    const header = ["  table", ...kinds.map(({ name }) => name)];
    const rows = shown.map(({ table, counts }) => [
      `  ${table}`,
      ...kinds.map(({ index }) => count(counts[index] ?? 0)),
    ]);
    return alignColumns([header, ...rows], new Set([1, 2, 3, 4, 5, 6]));
  };
  const whole = tableOf(() => true);
  const fits = whole.every((line) => line.length <= width);
  // Where there is no room for every kind of row, those that do not occur go.
  const table = fits ? whole : tableOf((kind) => kind === 0 || shown.some(({ counts }) => counts[kind] !== 0));
  const written = report.tables.reduce((sum, { inserted, updated, deleted }) => sum + inserted + updated + deleted, 0);
  const skipped = report.skipped.flatMap(({ file, reason, rows: odd, first }) => [
    `skipped: ${plural(odd, "row")} of ${file}: ${reason}`,
    `  first: ${first}`,
  ]);
  const notes = report.notes.map((note) => `note: ${plainLine(String(note))}`);
  return [...table, ...skipped, ...notes, `${plural(written, "row")} written | ${duration(report.duration_ms)}`];
}
