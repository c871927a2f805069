import type { LoadedTable, LoaderResult } from "../api/loader.js";
import { relationKey, type Warehouse } from "../port/port.js";
import { alignColumns, count, duration, plainLine, plural } from "../report/text.js";
import { announced } from "../session/announce.js";
import { findPlace, withWarehouse } from "../session/place.js";
import { withCommon } from "./arguments/shared-flags.js";
import { defineCommand } from "./command.js";
import { EXIT, usageError } from "./exit.js";
import { importLoader } from "./load-module.js";
import { placeOf } from "./selection-options.js";

export const command = defineCommand({
  positionals: [
    { name: "loader", describe: "a loader that fastbreak.json names", required: true },
    { name: "args", describe: "what the loader takes, such as a folder", many: true },
  ],
  flags: withCommon({}),
  passesUnknownFlags: true,
  notes: ["Other options are the loader's own; they have a value each."],
  examples: ["fastbreak load sample --games 200", "fastbreak load files DIR"],

  async execute({ flags: options, words: [name = "", ...rest] }): Promise<number> {
    const started = performance.now();
    const place = findPlace(placeOf(options));
    const loader = await importLoader(place, name);
    const { positionals, values } = loaderArguments(rest);
    const { batches, notes } = await loader.load(positionals, values);
    const tables = await withWarehouse(place, true, (warehouse) =>
      announced(place, "load", () => merge(warehouse, batches)),
    );
    const report = { loader: name, tables, notes, duration_ms: Math.round(performance.now() - started) };
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : summary(report));
    return EXIT.done;
  },
});

interface LoadReport {
  readonly loader: string;
  readonly tables: readonly LoadedTable[];
  readonly notes: readonly string[];
  readonly duration_ms: number;
}

/** All batches in one transaction: a damaged file leaves the warehouse as it was. */
async function merge(warehouse: Warehouse, batches: LoaderResult["batches"]): Promise<LoadedTable[]> {
  return warehouse.transaction(async (transaction) => {
    const tables: LoadedTable[] = [];
    for await (const { table, rows } of batches) {
      const { read, inserted, updated, unchanged } = await transaction.mergeRows(table, rows);
      tables.push({ table: relationKey(table.id), rowsRead: read, inserted, updated, unchanged });
    }
    return tables;
  });
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

function summary(report: LoadReport): string {
  const rows = report.tables.map(({ table, rowsRead, inserted, updated, unchanged }) => [
    `  ${table}`,
    count(rowsRead),
    count(inserted),
    count(updated),
    count(unchanged),
  ]);
  const table = alignColumns([["  table", "rows", "new", "changed", "unchanged"], ...rows], new Set([1, 2, 3, 4]));
  const changed = report.tables.reduce((sum, { inserted, updated }) => sum + inserted + updated, 0);
  const notes = report.notes.map((note) => `note: ${plainLine(String(note))}`);
  return `${[...table, ...notes, `${plural(changed, "row")} written | ${duration(report.duration_ms)}`].join("\n")}\n`;
}
