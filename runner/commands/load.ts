import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type { Command } from "commander";
import { closest } from "fastest-levenshtein";
import type { LoadedTable, LoaderModule, LoaderResult, SkippedRows } from "../../ingest/loader.js";
import { alignColumns, count, duration, plural } from "../report/text.js";
import { relationKey, type Warehouse } from "../warehouse/port.js";
import type { CommandModule, CommonOptions } from "./command.js";
import { EXIT, usageError } from "./exit.js";
import { announced, findPlace, type Place, withWarehouse } from "./session.js";
import { storedRows } from "./stored-rows.js";

export const command: CommandModule = {
  configure(command: Command): void {
    command
      .argument("<loader>", "a loader that fastbreak.json names")
      .argument("[args...]", "what the loader takes, such as a folder")
      .allowUnknownOption()
      .addHelpText("after", "\nExamples:\n  fastbreak load sample --games 200\n  fastbreak load files DIR");
  },

  async execute(command: Command): Promise<number> {
    const options = command.opts<CommonOptions>();
    const started = performance.now();
    const place = findPlace(options);
    const [name = "", ...rest] = command.args;
    const loader = await importLoader(place, name);
    const { positionals, values } = loaderArguments(rest);
    const result = await loader.load(positionals, values);
    const tables = await withWarehouse(place, true, async (warehouse) => {
      await warehouse.prepare();
      return announced(place, "load", () => write(warehouse, result));
    });
    const { notes, skipped = [] } = result;
    const report = { loader: name, tables, skipped, notes, duration_ms: Math.round(performance.now() - started) };
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : summary(report));
    return EXIT.done;
  },
};

interface LoadReport {
  readonly loader: string;
  readonly tables: readonly LoadedTable[];
  readonly skipped: readonly SkippedRows[];
  readonly notes: readonly string[];
  readonly duration_ms: number;
}

/** All batches in one transaction: a damaged file leaves the warehouse as it was. */
async function write(warehouse: Warehouse, { batches }: LoaderResult): Promise<LoadedTable[]> {
  return warehouse.transaction(async (transaction) => {
    const tables = new Map<string, LoadedTable>();
    for await (const { table, rows, covers } of typeof batches === "function"
      ? batches(storedRows(transaction))
      : batches) {
      const counts = await transaction.replaceRows(table, rows, covers ?? (() => []));
      const name = relationKey(table.id);
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
    return [...tables.values()];
  });
}

async function importLoader(place: Place, name: string): Promise<LoaderModule> {
  const { loaders } = place.settings;
  const path = Object.hasOwn(loaders, name) ? loaders[name] : undefined;
  if (path === undefined) {
    const names = Object.keys(loaders);
    const hint =
      names.length === 0
        ? "fastbreak.json names none under loaders"
        : `did you mean ${closest(name, names)}? fastbreak.json names ${names.join(", ")}`;
    throw usageError(`there is no loader ${name}; ${hint}`);
  }
  const file = resolve(place.projectDir, path);
  if (!existsSync(file))
    throw usageError(`fastbreak.json: loaders.${name} is ${path}, which does not exist; build it or correct the path`);
  const module = (await import(pathToFileURL(file).href)) as Partial<LoaderModule>;
  if (typeof module.load !== "function")
    throw usageError(`fastbreak.json: loaders.${name} (${path}) exports no function load`);
  return module as LoaderModule;
}

/** What the runner does not know belongs to the loader: words, and `--name value` or `--name=value` options. */
function loaderArguments(args: readonly string[]): { positionals: string[]; values: Readonly<Record<string, string>> } {
  const options = Object.fromEntries(
    args.flatMap((arg) =>
      arg.startsWith("--") ? [[arg.slice(2).split("=", 1)[0] as string, { type: "string" as const }]] : [],
    ),
  );
  try {
    const { positionals, values } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    return { positionals, values: values as Readonly<Record<string, string>> };
  } catch (cause) {
    throw usageError((cause as Error).message.split("\n", 1)[0] ?? "bad arguments");
  }
}

function summary(report: LoadReport): string {
  const skippedOf = (table: string) =>
    report.skipped.reduce((sum, skipped) => sum + (skipped.table === table ? skipped.rows : 0), 0);
  // A table of which the load says nothing is not worth a line.
  const rows = report.tables.flatMap(({ table, rowsRead, inserted, updated, unchanged, deleted }) => {
    const counts = [rowsRead, inserted, updated, unchanged, deleted, skippedOf(table)];
    return counts.every((number) => number === 0) ? [] : [[`  ${table}`, ...counts.map(count)]];
  });
  const header = ["  table", "rows", "new", "changed", "unchanged", "gone", "skipped"];
  const table = alignColumns([header, ...rows], new Set([1, 2, 3, 4, 5, 6]));
  const written = report.tables.reduce((sum, { inserted, updated, deleted }) => sum + inserted + updated + deleted, 0);
  const skipped = report.skipped.map(
    ({ file, reason, rows: odd, first }) => `skipped: ${plural(odd, "row")} of ${file}: ${reason}\n  first: ${first}`,
  );
  const notes = report.notes.map((note) => `note: ${note}`);
  return `${[...table, ...skipped, ...notes, `${plural(written, "row")} written | ${duration(report.duration_ms)}`].join("\n")}\n`;
}
