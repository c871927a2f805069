import { readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { projectError } from "./errors.js";

export interface CorePackage {
  /** Real path of the folder of @dataform/core. */
  readonly dir: string;
  readonly version: string;
}

/**
 * The @dataform/core that compiles a project: the one installed in it, otherwise the runner's own.
 *
 * @throws ProjectError when neither exists, or when the version is not one that the loader knows
 */
export function findCore(projectDir: string): CorePackage {
  const core = readCore(join(projectDir, "node_modules", "@dataform", "core")) ?? runnersOwnCore();
  if (core === undefined) {
    throw projectError("@dataform/core is not installed; run npm install in the project");
  }
  if (!core.version.startsWith("3.")) {
    throw projectError(`@dataform/core ${core.version} is not supported; install version 3`, "package.json");
  }
  return core;
}

function runnersOwnCore(): CorePackage | undefined {
  try {
    return readCore(dirname(createRequire(import.meta.url).resolve("@dataform/core/package.json")));
  } catch {
    return undefined;
  }
}

function readCore(path: string): CorePackage | undefined {
  try {
    const { version } = JSON.parse(readFileSync(join(path, "package.json"), "utf8")) as { version: string };
    return { dir: realpathSync(path), version };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
