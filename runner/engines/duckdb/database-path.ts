import { existsSync, mkdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { EngineError } from "../../port/engine-error.js";
import { systemReason } from "../../port/system-error.js";

/**
 * The real path of a database file that may not exist yet; its folder is made.
 * @throws EngineError `missing` when it cannot be one
 */
export function realDatabasePath(path: string): string {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
      if (existsSync(path)) return realpathSync(path);
      const folder = dirname(resolve(path));
      makeFolder(folder);
      return join(realpathSync(folder), basename(path));
    }
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw new EngineError("missing", `${path} cannot be opened: ${systemReason(cause) ?? String(cause)}`);
  }
  throw new EngineError("missing", `${path} is a folder; name the warehouse's file with --database`);
}

/** Folder by folder, because a recursive mkdir never ends where the system lets nobody make one, as in /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST" && existsSync(folder)) return;
    const reason = systemReason(cause) ?? String(cause);
    throw new EngineError("missing", `the folder ${folder} of the warehouse cannot be made: ${reason}`);
  }
}
