import { readdirSync, realpathSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { LoadError } from "../../runner/api/loader.js";
import { openCsv } from "./csv-source.js";
import { openJson } from "./json-source.js";
import { LAYOUTS, type LayoutName, recogniseLayout } from "./layouts.js";
import { openParquet } from "./parquet-source.js";
import type { SourceTable } from "./source-table.js";
import { containerOf, unpack } from "./unpack.js";

/** The files found, by layout, each list in the order of names: the order in which they were given is of no matter. */
export interface Discovered {
  readonly sources: ReadonlyMap<LayoutName, readonly SourceTable[]>;
  /** Files that were left alone, each with the reason. */
  readonly ignored: readonly string[];
}

/**
 * Opens every file of the given directories and files and recognises its tables by their columns. Symbolic links count as
 * what they lead to; a file that is reached twice is read once.
 * @throws LoadError if a path does not exist, a file is damaged, a named file is of no known layout, or nothing is found.
 */
export async function discover(paths: readonly string[]): Promise<Discovered> {
  const sources = new Map<LayoutName, SourceTable[]>();
  const ignored: string[] = [];
  const seen = new Set<string>();
  for (const path of paths) {
    const isDirectory = statOf(path).isDirectory();
    let recognised = 0;
    const refused: string[] = [];
    for (const file of isDirectory ? filesOf(path, ignored) : [path]) {
      const real = realpathSync(file);
      if (seen.has(real)) {
        recognised++;
        continue;
      }
      seen.add(real);
      for (const source of await open(file, ignored)) {
        if (source.header.length === 0) {
          ignored.push(`${source.name}: holds no rows`);
          recognised++;
          continue;
        }
        const { layout, isNamed, nearest, missing } = recogniseLayout(source);
        // Of a folder, only what calls itself a layout is held to it: averages look like box scores but for the game.
        if (layout !== undefined && (missing.length === 0 || isNamed || !isDirectory)) {
          sources.set(layout, [...(sources.get(layout) ?? []), source]);
          recognised++;
        } else refused.push(unknownLayout(source, nearest, missing));
      }
    }
    if (recognised === 0) throw nothingFound(path, isDirectory, refused);
    ignored.push(...refused.map((text) => `${text}; not read`));
  }
  const byName = (a: SourceTable, b: SourceTable) =>
    a.name === b.name ? (a.path < b.path ? -1 : 1) : a.name < b.name ? -1 : 1;
  for (const list of sources.values()) list.sort(byName);
  return { sources, ignored: ignored.sort() };
}

function unknownLayout(source: SourceTable, nearest: LayoutName | undefined, missing: readonly string[]): string {
  if (nearest === undefined) return `${source.name}: no known layout has any of its columns`;
  return `${source.name}: of no known layout; the nearest, ${nearest}, misses ${missing.join(", ")}`;
}

function nothingFound(path: string, isDirectory: boolean, refused: readonly string[]): LoadError {
  const subject = isDirectory ? "no file here has a known layout" : "the file has no known layout";
  const [first] = refused;
  const detail = first === undefined ? "" : ` (${first})`;
  return new LoadError(
    path,
    undefined,
    undefined,
    `${subject}${detail}; known are ${Object.keys(LAYOUTS).join(", ")}, as CSV, JSON or Parquet, plain, gz or zip`,
  );
}

async function open(path: string, ignored: string[]): Promise<SourceTable[]> {
  const container = containerOf(path);
  if (container === undefined) {
    if (!/(?:^\.|\.md$)/i.test(basename(path))) ignored.push(`${basename(path)}: ${NO_CONTAINER}`);
    return [];
  }
  if (container === "parquet") return [await openParquet(path)];
  const tables: SourceTable[] = [];
  for (const content of unpack(path)) {
    const kind = containerOf(content.name);
    if (kind === "csv") tables.push(await openCsv(content));
    else if (kind === "json") tables.push(...openJson(content));
    else ignored.push(`${basename(path)}!${content.name}: in an archive only CSV and JSON are read; unpack it`);
  }
  return tables;
}

const NO_CONTAINER = "neither CSV, JSON nor Parquet, plain, gz or zip; not read";

function statOf(path: string) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new LoadError(path, undefined, undefined, "no such file or directory");
  return stat;
}

function filesOf(directory: string, ignored: string[]): string[] {
  const files: string[] = [];
  for (const name of readdirSync(directory).sort()) {
    const file = join(directory, name);
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat === undefined) ignored.push(`${basename(file)}: a link that leads nowhere; not read`);
    else if (stat.isFile()) files.push(file);
    else if (stat.isDirectory() && !name.startsWith("."))
      ignored.push(`${name}: a folder in the folder; name it too to load it`);
  }
  return files;
}
