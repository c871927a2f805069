import { readdirSync, statSync } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import { foldProject, nameOf } from "../googlesql/project-names.js";
import { UserError } from "../graph/user-error.js";
import type { FileFormat } from "../port/load-file.js";
import type { RelationId } from "../port/port.js";
import { systemReason } from "../port/system-error.js";
import { suggestion } from "../project/settings.js";

/** A file to be loaded, and the table that its name stands for. */
export interface SeedFile {
  readonly path: string;
  /** As the user gave it. */
  readonly shown: string;
  readonly format: FileFormat;
  readonly table: RelationId;
}

/** What names of tables can stand for. */
export interface SeedTargets {
  /** Declared sources. */
  readonly declared: readonly RelationId[];
  /** `dataset.name` of what the project makes itself, in lower case. */
  readonly made: ReadonlySet<string>;
  /** The project of names without one. */
  readonly home: string;
}

const FORMATS: readonly (readonly [RegExp, FileFormat])[] = [
  [/\.(csv|tsv)(\.gz)?$/i, "csv"],
  [/\.(jsonl|ndjson|json)(\.gz)?$/i, "json"],
  [/\.(parquet|pq)$/i, "parquet"],
];
const KNOWN = "CSV, JSON lines and Parquet (.csv, .tsv, .jsonl, .ndjson, .json, .parquet; .gz too)";

/**
 * The files that words of the command line name, folders with all that is in them, each with its table.
 * @throws UserError for a path that is not there, a file of another kind, a table that is not clear or that two files are for
 */
export function seedFiles(words: readonly string[], targets: SeedTargets): readonly SeedFile[] {
  const files = words.flatMap((word) => filesOf(word)).map((found) => ({ ...found, table: tableOf(found, targets) }));
  const byTable = new Map<string, string>();
  for (const { table, shown } of files) {
    const key = `${table.dataset}.${table.name}`.toLowerCase();
    const other = byTable.get(key);
    if (other !== undefined)
      throw new UserError(`${other} and ${shown} are both for ${table.dataset}.${table.name}; give one file a table`);
    byTable.set(key, shown);
  }
  return files;
}

interface Found {
  readonly path: string;
  readonly shown: string;
  readonly format: FileFormat;
  /** Folders between what was given and the file, or the file's own folder where a file was given; innermost last. */
  readonly folders: readonly string[];
}

function filesOf(word: string): Found[] {
  const path = resolve(word);
  const isFolder = statOf(path, word).isDirectory();
  if (!isFolder) {
    const format = formatOf(path);
    if (format === undefined) throw new UserError(`${word} is no file that can be loaded; it takes ${KNOWN}`);
    return [{ path, shown: word, format, folders: [basename(resolve(path, ".."))] }];
  }
  const inside = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (file) =>
        !relative(path, file)
          .split(sep)
          .some((part) => part.startsWith(".")),
    )
    .sort();
  const found = inside.flatMap((file): Found[] => {
    const format = formatOf(file);
    const inner = relative(path, file);
    const folders = [basename(path), ...inner.split(sep).slice(0, -1)];
    return format === undefined ? [] : [{ path: file, shown: join(word, inner), format, folders }];
  });
  if (found.length === 0) throw new UserError(`${word} has no file that can be loaded; it takes ${KNOWN}`);
  return found;
}

function statOf(path: string, word: string): { isDirectory(): boolean } {
  try {
    return statSync(path);
  } catch (cause) {
    const reason = systemReason(cause);
    if (reason === undefined) throw cause;
    throw new UserError(`${word} cannot be read: ${reason}`);
  }
}

function formatOf(path: string): FileFormat | undefined {
  return FORMATS.find(([form]) => form.test(path))?.[1];
}

function tableOf({ path, shown, folders }: Found, { declared, made, home }: SeedTargets): RelationId {
  const stem = basename(path).replace(/\.(csv|tsv|jsonl|ndjson|json|parquet|pq)(\.gz)?$/i, "");
  const parts = stem.split(".");
  const [dataset, name = ""] = parts.length > 1 ? foldProject(parts, home) : [undefined, stem];
  const named = declared.filter((id) => same(id.name, name));
  const folder = folders.at(-1);
  const meant = dataset === undefined ? [folders.slice(-2).join("."), folder ?? ""] : [dataset];
  const candidates =
    [
      ...meant.map((wanted) => named.filter((id) => same(id.dataset, wanted))),
      // A dataset of another project may be named without it.
      named.filter((id) => same(nameOf(id.dataset), meant.at(-1) ?? "")),
      ...(dataset === undefined ? [named] : []),
    ].find((found) => found.length > 0) ?? [];
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return only;
  if (candidates.length > 1) {
    const tables = candidates.map((id) => `${id.dataset}.${id.name}`).join(" and ");
    throw new UserError(
      `${shown} can be for ${tables}; put the dataset before the name: ${candidates[0]?.dataset}.${name}`,
    );
  }
  // The outermost folder is where the files happen to lie; the ones in it are datasets.
  const own = dataset ?? (folders.length > 1 ? folder : undefined);
  const known = declared.map((id) => `${id.dataset}.${id.name}`);
  if (own === undefined)
    throw new UserError(
      `${shown} is for no declared source${suggestion(name, known)}; call it DATASET.TABLE to load it all the same`,
    );
  if (made.has(`${own}.${name}`.toLowerCase()))
    throw new UserError(`${shown} is for ${own}.${name}, which the project makes itself; only sources can be loaded`);
  if (![...own.split("."), name].every((part) => /^[\p{L}\p{N}_-]+$/u.test(part)))
    throw new UserError(`${shown}: ${own}.${name} is no name of a table; use letters, digits and _`);
  return { dataset: own, name };
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
