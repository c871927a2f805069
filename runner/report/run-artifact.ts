import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type RunReport, reportJson } from "./run-report.js";

/** Leaves the run's JSON document in `.fastbreak/last-run.json`, for readers that must not open the database. */
export function writeRunArtifact(projectDir: string, report: RunReport): void {
  const folder = join(projectDir, ".fastbreak");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "last-run.json");
  writeFileSync(`${file}.tmp`, JSON.stringify(reportJson(report)));
  renameSync(`${file}.tmp`, file);
}
