import { lstatSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { readCore as readCoreFiles } from "./compile/core-files.js";
import { cachedCore, type OnFetch } from "./core-cache.js";
import { projectError } from "./errors.js";
import { type PinnedCore, pinnedCore } from "./pinned-core.js";

export interface CorePackage {
  /** Real path of the folder of @dataform/core. */
  readonly dir: string;
  readonly version: string;
  /** SHA-256 over the files of it that a compile loads. */
  readonly hash: string;
}

const IN_PROJECT = "node_modules/@dataform/core";

/**
 * The @dataform/core that compiles a project: the release that it pins, from wherever it is found first: the project's own packages, the
 * runner's, the user's cache, npm. Without a pin the one installed in the project, otherwise the runner's own.
 *
 * @param onFetch is told before npm is asked
 * @throws ProjectError when there is none and it cannot be fetched, when it is damaged, or when the loader does not know the version
 */
export async function findCore(projectDir: string, onFetch?: OnFetch): Promise<CorePackage> {
  const pinned = await pinnedCore(projectDir);
  const core = pinned === undefined ? openCore(projectDir) : await pinnedOrInstalled(projectDir, pinned, onFetch);
  if (!core.version.startsWith("3.")) {
    const { file, line } = pinned ?? { file: "package.json", line: undefined };
    throw projectError(`@dataform/core ${core.version} is not supported; ask for version 3`, file, line);
  }
  return core;
}

function openCore(projectDir: string): CorePackage {
  const core = installedCore(projectDir) ?? runnersOwnCore();
  if (core !== undefined) return core;
  throw projectError("@dataform/core is not installed; run npm install in the project");
}

async function pinnedOrInstalled(
  projectDir: string,
  pinned: PinnedCore,
  onFetch: OnFetch | undefined,
): Promise<CorePackage> {
  const installed = installedCore(projectDir);
  // What npm put there is what package.json led to; only workflow_settings.yaml speaks to Dataform itself.
  if (installed !== undefined && (pinned.file === "package.json" || installed.version === pinned.version))
    return installed;
  const own = runnersOwnCore();
  if (own?.version === pinned.version) return own;
  if (!pinned.version.startsWith("3."))
    throw projectError(
      `@dataform/core ${pinned.version} is not supported; ask for version 3`,
      pinned.file,
      pinned.line,
    );
  const dir = await cachedCore(pinned, undefined, onFetch);
  try {
    return readCore(dir);
  } catch (error) {
    throw projectError(`@dataform/core in ${dir} is damaged: ${(error as Error).message}; delete that folder`);
  }
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
