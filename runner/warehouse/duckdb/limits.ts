import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir, totalmem } from "node:os";
import { join } from "node:path";

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

/** Where DuckDB spills for a database file: beside it, on the disk that has room for the data. */
export function spillFolderOf(file: string): string {
  return `${file}.tmp`;
}

/** Removes a spill folder when its database is closed, with what a process that was killed may have left in it. */
export function removeSpillFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
