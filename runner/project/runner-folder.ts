import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const RUNNER_FOLDER = ".fastbreak";

/** A file in the runner's own folder of a project, which is never part of the project. */
export function inRunnerFolder(projectDir: string, name: string): string {
  return join(projectDir, RUNNER_FOLDER, name);
}

/** Replaces a file of that folder: whoever reads it, even after a crash, sees the old one or the new one. */
export function replaceInRunnerFolder(projectDir: string, name: string, text: string): void {
  mkdirSync(join(projectDir, RUNNER_FOLDER), { recursive: true });
  const temporary = inRunnerFolder(projectDir, `${name}.${process.pid}.tmp`);
  try {
    writeFileSync(temporary, text, { flush: true });
    renameSync(temporary, inRunnerFolder(projectDir, name));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
