import { readFileSync } from "node:fs";
import * as v from "valibot";
import { sha256 } from "../port/digest-text.js";
import { inRunnerFolder, replaceInRunnerFolder } from "./runner-folder.js";

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
    const kept = readFileSync(inRunnerFolder(projectDir, name), "utf8");
    const end = kept.indexOf("\n");
    const head = v.parse(v.object({ sha256: v.string(), origin }), JSON.parse(kept.slice(0, end)));
    const text = kept.slice(end + 1);
    return head.sha256 === sha256(text) ? { origin: head.origin, text } : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a text, where the folder can be written: nothing but time is lost where it cannot. */
export function writeSealed<T>(projectDir: string, name: string, { origin, text }: Sealed<T>): void {
  try {
    replaceInRunnerFolder(projectDir, name, `${JSON.stringify({ sha256: sha256(text), origin })}\n${text}`);
  } catch {
    // A project may lie where only others may write.
  }
}
