import { createHash } from "node:crypto";
import { type Dirent, readFileSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { languageEnvironment } from "../fence/environment.js";
import { sha256 } from "../port/digest-text.js";
import type { ProjectOverrides } from "./compile/protocol.js";
import { projectError } from "./errors.js";
import { entriesInProject, readInProject, statInProject } from "./read-file.js";

/** Folders whose every file may decide the compile. */
const SOURCE_FOLDERS = ["definitions", "includes", "assertions"] as const;
/** Files in the project's root that decide it. */
const ROOT_FILES = ["dataform.json", "workflow_settings.yaml", "package.json", "package-lock.json"] as const;
/** A file that is absent is an input, too: it decides as soon as it appears. */
const ABSENT = "absent";

/** SHA-256 of every file that can decide the compile, by path relative to the project (`/` between folders). */
export type FileHashes = ReadonlyMap<string, string>;

export interface ProjectFiles {
  readonly hashes: FileHashes;
  /** The part of the stock CLI's file list that core looks at; sorted. */
  readonly filePaths: readonly string[];
}

/**
 * Lists and hashes the project's files.
 *
 * The list is the stock CLI's `!(node_modules)/**\/*.*` for the folders that core reads: names with a dot in them, nothing
 * hidden, linked folders one level deep. Files without an extension are hashed as well, since code may require them.
 *
 * @param projectDir real path of the project
 * @throws ProjectError for a symbolic link that leaves the project and for anything that is neither file nor folder
 */
export function readProjectFiles(projectDir: string): ProjectFiles {
  const hashes = new Map<string, string>();
  const filePaths: string[] = [];

  const visitFolder = (folder: string, linked: boolean) => {
    for (const entry of entriesInProject(projectDir, folder)) {
      if (entry.name.startsWith(".")) continue;
      const path = `${folder}/${entry.name}`;
      if (entry.name.includes(".")) filePaths.push(path);
      if (entry.isSymbolicLink() && !isCompiled(entry.name) && leadsNowhere(join(projectDir, path))) continue;
      const kind = kindOf(projectDir, path, entry);
      if (kind === "file") hashes.set(path, hashInProject(projectDir, path));
      else if (!linked) visitFolder(path, entry.isSymbolicLink());
    }
  };
  for (const folder of SOURCE_FOLDERS) {
    const stat = statInProject(projectDir, folder);
    if (stat === undefined) continue;
    if (!stat.isDirectory()) throw projectError("must be a folder", folder);
    refuseForeignTarget(projectDir, folder);
    visitFolder(folder, false);
  }
  for (const file of ROOT_FILES) {
    const hash = hashInProject(projectDir, file);
    if (hash !== ABSENT) hashes.set(file, hash);
  }
  filePaths.sort();
  return { hashes, filePaths };
}

/** Hashes files that an earlier compile looked at, found or not. */
export function hashTracedFiles(projectDir: string, paths: readonly string[]): FileHashes {
  return new Map(paths.map((path) => [path, hashTracedFile(join(projectDir, path))]));
}

/** Whether `readProjectFiles` looks at this path, so that it need not be traced. */
export function isDefaultInput(path: string): boolean {
  if ((ROOT_FILES as readonly string[]).includes(path)) return true;
  const [folder, ...rest] = path.split("/");
  return (SOURCE_FOLDERS as readonly string[]).includes(folder ?? "") && !rest.some((part) => part.startsWith("."));
}

export interface DigestInputs {
  readonly formatVersion: number;
  /** SHA-256 over the files of @dataform/core. */
  readonly coreHash: string;
  /** SHA-256 of the runner's own code that makes manifests. */
  readonly runner: string;
  readonly overrides: ProjectOverrides;
  readonly files: FileHashes;
  readonly tracedFiles: FileHashes;
}

/**
 * SHA-256 over everything a manifest can depend on, the clock and randomness excepted: file names and contents, overrides, the
 * runner, the bytes of core, the version of Node, and what the environment tells JavaScript about time zone and language.
 */
export function inputsDigest(inputs: DigestInputs): string {
  const hash = createHash("sha256");
  const line = (...parts: readonly string[]) => hash.update(`${JSON.stringify(parts)}\n`);
  line("format", String(inputs.formatVersion), "runner", inputs.runner);
  line("core", inputs.coreHash, "node", process.version, process.platform, process.arch);
  for (const [name, value] of Object.entries(languageEnvironment())) line("environment", name, value);
  const { vars = {}, ...overrides } = inputs.overrides;
  for (const [name, value] of sorted(Object.entries(overrides))) line("override", name, String(value));
  for (const [name, value] of sorted(Object.entries(vars))) line("var", name, value);
  for (const [path, sha256] of sorted(inputs.files)) line("file", path, sha256);
  for (const [path, sha256] of sorted(inputs.tracedFiles)) line("traced", path, sha256);
  return hash.digest("hex");
}

function sorted<T>(entries: Iterable<readonly [string, T]>): (readonly [string, T])[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Whether core loads every file of this name by itself; others only where something requires them. */
function isCompiled(name: string): boolean {
  return /\.(?:js|sqlx)$/.test(name) || name === "actions.yaml";
}

/** A link to nothing, which stops nobody who does not follow it: not the stock CLI either. */
function leadsNowhere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}

function kindOf(projectDir: string, path: string, entry: Dirent): "file" | "folder" {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "folder";
  if (entry.isSymbolicLink()) {
    const stat = statInProject(projectDir, path);
    if (stat !== undefined) refuseForeignTarget(projectDir, path);
    if (stat?.isFile()) return "file";
    if (stat?.isDirectory()) return "folder";
  }
  throw projectError("is neither a file nor a folder", path);
}

function refuseForeignTarget(projectDir: string, path: string): void {
  const target = realpathSync(join(projectDir, path));
  if (!target.startsWith(projectDir + sep)) throw projectError("is a symbolic link that leaves the project", path);
}

/** SHA-256 of one file's content. */
export function hashFile(path: string): string {
  return sha256(readFileSync(path));
}

function hashInProject(projectDir: string, path: string): string {
  const content = readInProject(projectDir, path);
  return content === undefined ? ABSENT : sha256(content);
}

/** A path that module resolution looked at decides by being a file or not: what cannot be read is none. */
function hashTracedFile(path: string): string {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return ABSENT;
    return stat.isFile() ? hashFile(path) : "folder";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ENOTDIR" ? ABSENT : `unreadable ${code}`;
  }
}
