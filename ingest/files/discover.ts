import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { LoadError } from "../../runner/api/loader.js";
import { openCsv } from "./csv-source.js";
import { type LayoutName, recogniseLayout } from "./layouts.js";
import { openParquet } from "./parquet-source.js";
import type { SourceTable } from "./source-table.js";

/** The files found, by layout, each list in the order of names. */
export interface Discovered {
  readonly sources: ReadonlyMap<LayoutName, readonly SourceTable[]>;
  /** Files that were left alone, each with the reason. */
  readonly ignored: readonly string[];
}

/**
 * Opens every CSV and Parquet file of the given directories and files and recognises them by their columns.
 * @throws LoadError if a path does not exist, a file is damaged, a named file is of no known layout, or nothing is found.
 */
export async function discover(paths: readonly string[]): Promise<Discovered> {
  const sources = new Map<LayoutName, SourceTable[]>();
  const ignored: string[] = [];
  for (const path of paths) {
    const isDirectory = statOf(path).isDirectory();
    const files = isDirectory ? filesOf(path) : [path];
    let recognised = 0;
    for (const file of files) {
      const source = await open(file);
      const layout = source && recogniseLayout(source);
      if (source !== undefined && layout !== undefined) {
        sources.set(layout, [...(sources.get(layout) ?? []), source]);
        recognised++;
      } else if (source !== undefined || /\.jsonl(\.gz)?$/.test(file)) {
        ignored.push(`${basename(file)}: no raw column is taken from this layout, not read`);
      }
    }
    if (recognised === 0) {
      throw new LoadError(path, undefined, undefined, nothingFound(isDirectory));
    }
  }
  return { sources, ignored };
}

function nothingFound(isDirectory: boolean): string {
  const subject = isDirectory ? "no file here has a known layout" : "the file has no known layout";
  return `${subject}; known are schedule, player and team box scores, shots, game lines, injuries and player props`;
}

async function open(path: string): Promise<SourceTable | undefined> {
  if (/\.csv(\.gz)?$/i.test(path)) return openCsv(path);
  if (/\.parquet$/i.test(path)) return openParquet(path);
  return undefined;
}

function statOf(path: string) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new LoadError(path, undefined, undefined, "no such file or directory");
  return stat;
}

function filesOf(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(directory, entry.name))
    .sort();
}
