import { randomUUID } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { tmpdir, totalmem } from "node:os";
import { basename, dirname, join } from "node:path";

/** DuckDB's own limit is 80 %; compiling, rows on their way and whatever else the machine does want room too. */
const SHARE_OF_MEMORY = 0.5;

/**
 * How much memory a database may take before it spills to disk, in DuckDB's notation, e.g. `4096MiB`: half of what this
 * process can have, which in a container is less than what the machine has.
 */
export function memoryLimit(total = totalmem(), constrained = process.constrainedMemory()): string {
  // 0 and undefined: no limit is known.
  const available = constrained ? Math.min(total, constrained) : total;
  return `${Math.max(1, Math.floor((available * SHARE_OF_MEMORY) / 2 ** 20))}MiB`;
}

/**
 * Where a database in memory spills: a path of its own in the system's temporary folder, made by DuckDB on the first
 * spill. Without one DuckDB takes `.tmp` in the working directory, which is the user's project.
 */
export function spillFolder(): string {
  return join(tmpdir(), `fastbreak-${randomUUID()}.tmp`);
}

/**
 * Where a process spills for a database file: beside it, on the disk that has room for the data, and under a name of its
 * own. With one name for all, a process that ends would remove what the next one spills already.
 */
export function spillFolderBeside(file: string): string {
  return `${file}.${randomUUID()}.tmp`;
}

/** Removes a spill folder, if there is one. What cannot be removed stays: tidying up must not fail a run that was done. */
export function removeSpillFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    return;
  }
}

/** Removes what processes that were killed have left beside a database file, which this process has locked. */
export function removeLeftSpillFolders(file: string): void {
  const prefix = `${basename(file)}.`;
  for (const name of namesIn(dirname(file))) {
    const isSpill = name.startsWith(prefix) && /^([0-9a-f-]{36}\.)?tmp$/.test(name.slice(prefix.length));
    if (isSpill) removeSpillFolder(join(dirname(file), name));
  }
}

/** The names in a folder; none in one that may be used but not listed. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
