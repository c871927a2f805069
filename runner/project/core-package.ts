import { lstatSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { readCore as readCoreFiles } from "./compile/core-files.js";
import { projectError } from "./errors.js";

export interface CorePackage {
  /** Real path of the folder of @dataform/core. */
  readonly dir: string;
  readonly version: string;
  /** SHA-256 over the files of it that a compile loads. */
  readonly hash: string;
}

const IN_PROJECT = "node_modules/@dataform/core";

/**
 * The @dataform/core that compiles a project: the one installed in it, otherwise the runner's own.
 *
 * @throws ProjectError when neither exists, when it is damaged, or when the version is not one that the loader knows
 */
export function findCore(projectDir: string): CorePackage {
  const core = installedCore(projectDir) ?? runnersOwnCore();
  if (core === undefined) {
    throw projectError("@dataform/core is not installed; run npm install in the project");
  }
  if (!core.version.startsWith("3.")) {
    throw projectError(`@dataform/core ${core.version} is not supported; install version 3`, "package.json");
  }
  return core;
}

/** Undefined: the project has none. One that is there and damaged is an error, not a reason to take another version silently. */
function installedCore(projectDir: string): CorePackage | undefined {
  const path = join(projectDir, IN_PROJECT);
  if (!isThere(path)) return undefined;
  try {
    return readCore(path);
  } catch (error) {
    throw projectError(
      `the package is damaged: ${(error as Error).message}; run npm install in the project`,
      IN_PROJECT,
    );
  }
}

/** A link to nothing is there, too, and so is what cannot be looked at: another version must not take its place. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ENOTDIR";
  }
}

function runnersOwnCore(): CorePackage | undefined {
  try {
    return readCore(dirname(createRequire(import.meta.url).resolve("@dataform/core/package.json")));
  } catch {
    return undefined;
  }
}

function readCore(path: string): CorePackage {
  const dir = realPath(path);
  const { version, hash } = readCoreFiles(dir);
  return { dir, version, hash };
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(code === "ENOENT" ? "it is a symbolic link to nothing" : "it cannot be read");
  }
}
