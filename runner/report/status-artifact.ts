import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "./run-artifact.js";
import { parseStatusDocument, type StatusDocument } from "./status-document.js";

const fileOf = (projectDir: string): string => join(projectDir, ".fastbreak", "status.json");

/** Keeps a status for readers that must not open the database. */
export function writeStatusArtifact(projectDir: string, status: StatusDocument): void {
  replaceFile(fileOf(projectDir), JSON.stringify(status));
}

/** The status that was last kept; undefined: none that can be read. */
export function readStatusArtifact(projectDir: string): StatusDocument | undefined {
  const file = fileOf(projectDir);
  if (!existsSync(file)) return undefined;
  try {
    return parseStatusDocument(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}
