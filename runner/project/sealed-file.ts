import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { sha256 } from "../port/digest-text.js";

/** The runner's own folder in a project; never part of it. */
const RUNNER_FOLDER = ".fastbreak";

/** A text that only saves time, and what it was made of. */
export interface Sealed<T> {
  readonly origin: T;
  readonly text: string;
}

/**
 * Reads a file of the runner's folder. Its first line tells what the rest was made of, so that a text of megabytes is not parsed for that.
 * @returns undefined where there is none, or one that is not as it was written
 */
export function readSealed<T>(projectDir: string, name: string, origin: v.GenericSchema<T>): Sealed<T> | undefined {
  try {
    const kept = readFileSync(join(projectDir, RUNNER_FOLDER, name), "utf8");
    const end = kept.indexOf("\n");
    const head = v.parse(v.object({ sha256: v.string(), origin }), JSON.parse(kept.slice(0, end)));
    const text = kept.slice(end + 1);
    return head.sha256 === sha256(text) ? { origin: head.origin, text } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Keeps a text: whoever reads it, even after a crash, sees the old one or the new one. Where the folder cannot be written nothing but time
 * is lost.
 */
export function writeSealed<T>(projectDir: string, name: string, { origin, text }: Sealed<T>): void {
  const file = join(projectDir, RUNNER_FOLDER, name);
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(join(projectDir, RUNNER_FOLDER), { recursive: true });
    writeFileSync(temporary, `${JSON.stringify({ sha256: sha256(text), origin })}\n${text}`, { flush: true });
    renameSync(temporary, file);
  } catch {
    tryRemove(temporary);
  }
}

/** Removes a file, if there is one that can be removed. */
export function tryRemove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // It lies where only others may write, or stands where there is no folder.
  }
}
