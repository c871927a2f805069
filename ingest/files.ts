import { LoadError, type LoaderResult, type SkippedRows } from "../runner/api/loader.js";
import { timestampText } from "./calendar.js";
import { discover } from "./files/discover.js";
import { FilesRead } from "./files/files-read.js";
import { importFiles, type SourcesOf } from "./files/import.js";
import type { LayoutName } from "./files/layouts.js";
import { Skips } from "./files/skips.js";
import type { SourceTable } from "./files/source-table.js";

/**
 * Imports public files: `args` are directories or files in the layouts of `files/layouts.ts`, as CSV, JSON or Parquet,
 * plain, gzip or zip, recognised by their columns. A file is the truth for the games, dates and events that it holds; one
 * odd row is skipped and told, a damaged file refused. Takes no options.
 * @throws LoadError naming file, line and column of the fault.
 */
export async function load(args: readonly string[], options: Readonly<Record<string, string>>): Promise<LoaderResult> {
  const [option] = Object.keys(options);
  if (option !== undefined) throw new LoadError("load files", undefined, undefined, `unknown option --${option}`);
  if (args.length === 0) throw new LoadError("load files", undefined, undefined, "name a directory or files to load");
  const processedAt = timestampText(Date.now());
  const { sources, ignored } = await discover(args);
  const reading = new FilesRead([...sources.values()].flat());
  const watched = new Map([...sources].map(([layout, tables]) => [layout, tables.map((one) => reading.watched(one))]));
  const of: SourcesOf = (layout: LayoutName): readonly SourceTable[] => watched.get(layout) ?? [];
  const notes: string[] = [];
  const skipped: SkippedRows[] = [];
  const skips = new Skips();
  return {
    async *batches(stored) {
      notes.push(...ignored);
      yield* importFiles(of, stored, processedAt, skips, notes);
      skipped.push(...skips.list());
    },
    notes,
    skipped,
    progress: () => reading.progress(),
  };
}
