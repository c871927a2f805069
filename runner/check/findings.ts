import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ProjectProblem } from "../project/errors.js";
import { lineAndColumn, type SourcePosition, sourcePosition } from "../project/source-position.js";
import type { CheckResult, Finding } from "./check-result.js";

/** A finding at its place in the user's file. */
export interface PlacedFinding extends ProjectProblem {
  /** `dataset.name`; null: the project as a whole. */
  readonly action: string | null;
}

/** Findings with their places in the project's files, each once, in order of file and line. */
export function placeFindings(projectDir: string, result: Pick<CheckResult, "findings">): PlacedFinding[] {
  const sources = new Map<string, string | undefined>();
  const read = (file: string): string | undefined => {
    if (!sources.has(file)) sources.set(file, readText(join(projectDir, file)));
    return sources.get(file);
  };
  const placed = result.findings.map((finding): PlacedFinding => {
    const { fileName: file, key } = finding.action;
    return { file, ...placeOf(finding, read(file)), message: finding.message, action: key };
  });
  const unique = new Map(
    placed.map((finding) => [
      `${finding.file}:${finding.line ?? finding.action}:${finding.column}:${finding.message}`,
      finding,
    ]),
  );
  return [...unique.values()].sort(
    (a, b) =>
      (a.file ?? "").localeCompare(b.file ?? "") || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}

function placeOf({ action, place }: Finding, source: string | undefined): SourcePosition {
  if (source === undefined) return { line: undefined, column: undefined };
  const isSqlx = action.fileName.endsWith(".sqlx");
  if (place.kind === "compiled") return sourcePosition(source, place.compiled, place.offset, isSqlx);
  const setting = source.indexOf(place.setting);
  // Several models of a JavaScript file may have the setting; which of them is this one's cannot be told.
  const isOnly = isSqlx || source.indexOf(place.setting, setting + 1) < 0;
  const at = source.indexOf(place.name, setting < 0 ? 0 : setting + place.setting.length);
  return at < 0 || !isOnly ? { line: undefined, column: undefined } : lineAndColumn(source, at);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
