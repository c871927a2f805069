import { isUtf8 } from "node:buffer";
import { type Dirent, lstatSync, readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { sourceText } from "./compile/source-text.js";
import { projectError } from "./errors.js";

const REASONS: Readonly<Record<string, string>> = {
  ELOOP: "is a symbolic link that leads to itself",
  EACCES: "cannot be read: permission denied",
  EPERM: "cannot be read: permission denied",
  ENAMETOOLONG: "cannot be read: its name is too long",
};

/**
 * What stands at a path of the project, links followed; undefined: nothing.
 *
 * @throws ProjectError for what is there and cannot be looked at, and for a link to nothing
 */
export function statInProject(projectDir: string, path: string): Stats | undefined {
  const full = join(projectDir, path);
  try {
    const stat = statSync(full, { throwIfNoEntry: false });
    if (stat === undefined && lstatSync(full, { throwIfNoEntry: false }) !== undefined)
      throw projectError("is a symbolic link to nothing", path);
    return stat;
  } catch (error) {
    return rethrown(error, path);
  }
}

/**
 * The bytes of a file of the project; undefined: there is none. What is no regular file is never opened, since a pipe would not answer.
 *
 * @throws ProjectError when it cannot be read
 */
export function readInProject(projectDir: string, path: string): Buffer | undefined {
  const stat = statInProject(projectDir, path);
  if (stat === undefined) return undefined;
  if (!stat.isFile()) throw projectError("must be a file", path);
  try {
    return readFileSync(join(projectDir, path));
  } catch (error) {
    return rethrown(error, path);
  }
}

/**
 * The text of a file of the project; undefined: there is none.
 *
 * @throws ProjectError when it cannot be read or is not UTF-8
 */
export function readTextInProject(projectDir: string, path: string): string | undefined {
  const content = readInProject(projectDir, path);
  if (content === undefined) return undefined;
  // Settings that are read wrongly would decide something else.
  if (!isUtf8(content)) throw projectError("is not UTF-8 text; save it as UTF-8", path);
  try {
    return sourceText(content, path);
  } catch (error) {
    throw projectError((error as Error).message, path);
  }
}

/** The names in a folder of the project. @throws ProjectError when it cannot be read */
export function entriesInProject(projectDir: string, folder: string): Dirent[] {
  try {
    return readdirSync(join(projectDir, folder), { withFileTypes: true });
  } catch (error) {
    return rethrown(error, folder) ?? [];
  }
}

/** Undefined when the file is gone; anything else in words for the user. */
function rethrown(error: unknown, path: string): undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  if (code === "ENOENT" || code === "ENOTDIR") return undefined;
  throw projectError(REASONS[code] ?? `cannot be read (${code})`, path);
}
