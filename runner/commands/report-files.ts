import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suggestion } from "../project/settings.js";
import { alignColumns } from "../report/text.js";
import { usageError } from "./exit.js";

type Reports = Readonly<Record<string, string>>;

/** The text of a report that `fastbreak.json` names. */
export function readReport(projectDir: string, reports: Reports, name: string): string {
  const path = Object.hasOwn(reports, name) ? reports[name] : undefined;
  if (path === undefined) {
    const known = Object.keys(reports);
    const hint = known.length === 0 ? '; fastbreak.json has no "reports"' : suggestion(name, known);
    throw usageError(`there is no report ${name}${hint}; see fastbreak query --report`);
  }
  try {
    return readFileSync(join(projectDir, path), "utf8");
  } catch {
    throw usageError(`report ${name}: ${path} cannot be read; correct fastbreak.json`);
  }
}

/** The reports of a project with their first comment lines. */
export function listReports(projectDir: string, reports: Reports, json: boolean): string {
  const listed = Object.keys(reports).map((name) => ({
    name,
    description: /^--\s*(.*)/.exec(readReport(projectDir, reports, name))?.[1] ?? "",
  }));
  if (json) return `${JSON.stringify(listed)}\n`;
  if (listed.length === 0) return 'No report: name SQL files under "reports" in fastbreak.json.\n';
  return `${alignColumns(listed.map(({ name, description }) => [name, description])).join("\n")}\n`;
}
