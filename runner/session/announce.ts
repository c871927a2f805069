import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Place } from "./place.js";

/**
 * Marks the database as held by this command while `work` goes on, so that others can name the holder. Within the work of another
 * command of this process, that one is named again afterwards.
 */
export async function announced<T>(place: Place, command: string, work: () => Promise<T>): Promise<T> {
  const file = join(place.projectDir, ".fastbreak", "running.json");
  mkdirSync(join(place.projectDir, ".fastbreak"), { recursive: true });
  const before = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  writeFileSync(file, JSON.stringify({ pid: process.pid, command, startedAt: new Date().toISOString() }));
  try {
    return await work();
  } finally {
    if (before?.includes(`"pid":${process.pid},`)) writeFileSync(file, before);
    else rmSync(file, { force: true });
  }
}
