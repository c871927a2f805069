import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Place } from "./place.js";

/** What this process has announced, by file. */
const ANNOUNCED = new Map<string, string>();

/**
 * Marks the database as held by this command while `work` goes on, so that others can name the holder. Within the work of another
 * command of this process, that one is named again afterwards.
 */
export async function announced<T>(place: Place, command: string, work: () => Promise<T>): Promise<T> {
  const file = join(place.projectDir, ".fastbreak", "running.json");
  const text = JSON.stringify({ pid: process.pid, command, startedAt: new Date().toISOString() });
  const around = ANNOUNCED.get(file);
  mkdirSync(join(place.projectDir, ".fastbreak"), { recursive: true });
  announce(file, text);
  ANNOUNCED.set(file, text);
  try {
    return await work();
  } finally {
    ANNOUNCED.delete(file);
    // Another command may have announced itself since: on BigQuery, or over a file that was replaced.
    if (around === undefined) {
      if (readOrNothing(file) === text) rmSync(file, { force: true });
    } else {
      ANNOUNCED.set(file, around);
      writeFileSync(file, around);
    }
  }
}

/** @throws Error of the system that names the file: of a full disk it names none */
function announce(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw Object.assign(cause as Error, { path: file });
  }
}

function readOrNothing(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
