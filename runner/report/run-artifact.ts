import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { RunEvent } from "../events/events.js";
import { recordOf } from "../events/run-record.js";
import { tryRemove } from "../project/sealed-file.js";
import { reportJson } from "./run-report.js";

/**
 * Leaves a run in `.fastbreak/` for readers that must not open the database: `last-run.json`, the document that `run --json` prints, and
 * `last-run.jsonl`, its events, of which the document is made.
 */
export function writeRunArtifact(projectDir: string, events: readonly RunEvent[]): void {
  const folder = join(projectDir, ".fastbreak");
  replaceFile(join(folder, "last-run.jsonl"), events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  replaceFile(join(folder, "last-run.json"), JSON.stringify(reportJson(recordOf(events))));
}

/**
 * Whoever reads the file sees the old text or the new one, whole.
 * @throws Error of the system that names the file, where it cannot be written
 */
export function replaceFile(file: string, text: string): void {
  const temporary = `${file}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  } catch (cause) {
    tryRemove(temporary);
    throw Object.assign(cause as Error, { path: file });
  }
}
