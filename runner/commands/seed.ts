import { readFileSync } from "node:fs";
import { foldedKey } from "../googlesql/project-names.js";
import { quoteKey } from "../googlesql/quote.js";
import { UserError } from "../graph/user-error.js";
import { EngineError } from "../port/engine-error.js";
import { type RelationId, relationKey, type Transaction } from "../port/port.js";
import { systemReason } from "../port/system-error.js";
import { partitionsSaid } from "../project/inferred-partitions.js";
import type { Manifest } from "../project/manifest.js";
import { relationOf } from "../project/runnable.js";
import { alignColumns, count, duration, plural, writeLines } from "../report/text.js";
import { WorkProgress } from "../report/work-progress.js";
import { announced } from "../session/announce.js";
import { fileLoader } from "../session/file-loader.js";
import { loadPlace } from "../session/load-place.js";
import { loggedLoad } from "../session/logged-load.js";
import { findPlace, withWarehouse } from "../session/place.js";
import { newRunId } from "../session/run-id.js";
import { type SeedFile, seedFiles } from "../session/seed-files.js";
import { ownRelations } from "../session/session.js";
import type { LoadOutcome } from "../state/load-log.js";
import { onOff, wholeNumber } from "./arguments/flags.js";
import { OVERRIDE_FLAGS, withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { EXIT, usageError } from "./exit.js";
import { scaffoldSources } from "./seed-scaffold.js";
import { placeOf } from "./selection-options.js";

export const command = defineCommand({
  positionals: [{ name: "files", describe: "CSV, JSON lines or Parquet files, folders of them, or SQL", many: true }],
  flags: withCommon({
    scaffold: onOff("print CREATE TABLE statements for the sources that are missing"),
    write: onOff("with --scaffold: run the statements"),
    rows: wholeNumber("with --scaffold: plausible rows in each of the tables", 1, 100_000),
    ...OVERRIDE_FLAGS,
  }),
  notes: [
    "A file is for the source that it is called after: orders.csv, raw.orders.csv\nor raw/orders.csv. It replaces the content of the table. A table that is\nthere keeps its columns; another one takes the types of the file.",
    "A file of GoogleSQL (.sql) is run as it is: CREATE TABLE, LOAD DATA, INSERT.",
    "--scaffold infers columns and types of the sources from the SQL that reads them.",
  ],
  examples: ["fastbreak seed data", "fastbreak seed --scaffold --write --rows 20"],

  async execute({ flags: options, words }): Promise<number> {
    const started = performance.now();
    if (options.scaffold) {
      if (words.length > 0) throw usageError("seed --scaffold takes no files; load them with a seed of its own");
      const { write, rows, json } = options;
      return scaffoldSources(findPlace(placeOf(options)), { write, rows: rows ?? 0, json });
    }
    if (options.write || options.rows !== undefined)
      throw usageError(`${options.write ? "--write" : "--rows"} goes with --scaffold; give that too`);
    if (words.length === 0) throw usageError("seed needs files or folders; see fastbreak seed --help");
    const place = findPlace(placeOf(options));
    const { manifest } = await loadPlace(place);
    const scripts = words.filter((word) => SCRIPT.test(word)).map(readScript);
    const files = seedFiles(
      words.filter((word) => !SCRIPT.test(word)),
      targetsOf(manifest),
    );
    const progress = WorkProgress.ofCommand(options.json);
    const startedAt = new Date();
    const identity = { runId: newRunId(startedAt), loader: "seed", arguments: words, path: words[0], startedAt };
    const keys = [...files.map(({ table }) => relationKey(table)), ...(await writtenBy(scripts, manifest.homeProject))];
    const named = { ...place, relations: async () => [...keys, ...ownRelations(place.settings)] };
    const tables = await withWarehouse(named, true, (warehouse) =>
      announced(place, "seed", () =>
        loggedLoad(warehouse, place, identity, async (transaction) => {
          const loaded: SeededTable[] = [];
          const total = scripts.length + files.length;
          const tell: Tell = (done, rows, now) =>
            progress.show({ parts: { done, of: total, unit: "file" }, rows: rowsOf(loaded) + rows, now });
          for (const [index, script] of scripts.entries()) {
            tell(index, 0, script.shown);
            loaded.push(...(await run(transaction, script, manifest.homeProject)));
          }
          const partitionOf = partitionsSaid(manifest, place.settings.sources);
          const fromFiles = await load(transaction, files, partitionOf, (done, rows, now) =>
            tell(scripts.length + done, rows, now),
          );
          const seeded = [...loaded, ...fromFiles];
          return { result: seeded, outcome: outcomeOf(seeded) };
        }),
      ),
    ).finally(() => progress.end());
    const report = { tables, duration_ms: Math.round(performance.now() - started) };
    if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
    else writeLines(process.stdout, summary(report), 4);
    return EXIT.done;
  },
});

/** What one file has left. */
interface SeededTable {
  readonly table: string;
  readonly file: string;
  readonly rows: number;
  /** Rows that were there before and are gone; null: the table is new. */
  readonly replaced: number | null;
  /** Columns of the table that the file does not have. */
  readonly absent: readonly string[];
}

/** A file replaces a table: every row is new, and those that were there are gone. */
function outcomeOf(seeded: readonly SeededTable[]): LoadOutcome {
  const tables = seeded.map(({ table, rows, replaced }) => ({
    relation: table,
    read: rows,
    inserted: rows,
    updated: 0,
    deleted: replaced ?? 0,
    unchanged: 0,
    skipped: 0,
  }));
  return { status: "success", tables, readSeconds: undefined, writeSeconds: undefined };
}

function targetsOf({ actions, homeProject }: Manifest) {
  const idsOf = (ofDeclarations: boolean) =>
    actions.flatMap((action): RelationId[] =>
      (action.type === "declaration") === ofDeclarations && action.type !== "test" && action.type !== "assertion"
        ? [relationOf(action, homeProject)]
        : [],
    );
  const made = new Set(idsOf(false).map((id) => relationKey(id).toLowerCase()));
  return { declared: idsOf(true), made, home: homeProject };
}

const SCRIPT = /\.sql$/i;

interface SeedScript {
  readonly shown: string;
  readonly text: string;
}

function readScript(word: string): SeedScript {
  try {
    return { shown: word, text: readFileSync(word, "utf8") };
  } catch (cause) {
    const reason = systemReason(cause);
    if (reason === undefined) throw cause;
    throw new UserError(`${word} cannot be read: ${reason}`);
  }
}

/** Keys of the tables that the statements of some files name to write to. */
async function writtenBy(scripts: readonly SeedScript[], home: string): Promise<readonly string[]> {
  if (scripts.length === 0) return [];
  const { scanScript } = await import("../googlesql/index.js");
  return scripts.flatMap(({ text }) => {
    try {
      return scanScript(text).writes.map(({ path }) => foldedKey(path, home));
    } catch {
      // Running it tells what is wrong.
      return [];
    }
  });
}

/** Runs the statements of a file, and tells what they leave of the tables that they name. */
async function run(transaction: Transaction, { shown, text }: SeedScript, home: string): Promise<SeededTable[]> {
  const { scanScript } = await import("../googlesql/index.js");
  try {
    const writes = scanScript(text).writes.filter(({ does }) => does !== "drops");
    const keys = [...new Set(writes.map(({ path }) => foldedKey(path, home)))];
    const counts = async () => {
      const relations = await transaction.relations();
      const known = keys.filter((key) => relations.get(key)?.kind === "table");
      const found = new Map<string, number>();
      for (const key of known) {
        const { rows } = await transaction.query(`SELECT COUNT(*) FROM ${quoteKey(key)}`);
        found.set(key, Number(rows[0]?.[0] ?? 0));
      }
      return found;
    };
    const before = await counts();
    await transaction.script((script) => script.execute(text));
    return [...(await counts())].map(([table, rows]) => ({
      table,
      file: shown,
      rows,
      replaced: before.get(table) ?? null,
      absent: [],
    }));
  } catch (cause) {
    if (!(cause instanceof EngineError) || cause.line === undefined) throw cause;
    throw new UserError(`${shown}:${cause.line}:${cause.column ?? 1}: ${cause.message}`);
  }
}

/** Is told how many files are done, how many rows they had, and which one comes now. */
type Tell = (done: number, rows: number, now: string) => void;

function rowsOf(tables: readonly SeededTable[]): number {
  return tables.reduce((sum, { rows }) => sum + rows, 0);
}

/** All files or none: they are loaded in one transaction. */
async function load(
  transaction: Transaction,
  files: readonly SeedFile[],
  partitionOf: (key: string) => string | undefined,
  tell: Tell,
): Promise<SeededTable[]> {
  const loadFile = fileLoader(transaction);
  const seeded: SeededTable[] = [];
  const relations = [...(await transaction.relations()).values()];
  for (const { path, shown, format, table } of files) {
    tell(seeded.length, rowsOf(seeded), shown);
    // Names match without case: a table that is there is the one that is meant.
    const existing = relations.find(({ id }) => relationKey(id).toLowerCase() === relationKey(table).toLowerCase());
    const loaded = await loadFile({
      table: existing?.id ?? table,
      path,
      shown,
      format,
      partition: partitionOf(relationKey(table)),
    });
    const { rows, replaced = null, absent } = loaded;
    seeded.push({ table: relationKey(existing?.id ?? table), file: shown, rows, replaced, absent });
  }
  return seeded;
}

function summary(report: { readonly tables: readonly SeededTable[]; readonly duration_ms: number }): string[] {
  const rows = report.tables.map(({ table, file, rows, replaced, absent }) => {
    const before =
      replaced === null ? "new table" : replaced === 0 ? "was empty" : `replaced ${plural(replaced, "row")}`;
    const missing = absent.length === 0 ? "" : `; not in the file, so NULL: ${absent.join(", ")}`;
    return [`  ${table}`, count(rows), `${before}${missing}`, file];
  });
  const lines = alignColumns([["  table", "rows", "before", "file"], ...rows], new Set([1]));
  const written = rowsOf(report.tables);
  return [...lines, `${plural(written, "row")} loaded | ${duration(report.duration_ms)}`];
}
