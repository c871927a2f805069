import { realpathSync, statSync } from "node:fs";
import { closest, distance } from "fastest-levenshtein";
import * as v from "valibot";
import { projectError } from "./errors.js";
import { readTextInProject } from "./read-file.js";

const SETTINGS_FILES = ["dataform.json", "workflow_settings.yaml"] as const;
const RUNNER_SETTINGS_FILE = "fastbreak.json";

/** A dataset or table name that BigQuery and DuckDB both take without quoting trouble. */
const datasetName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be a dataset name (letters, digits and _)"),
);

const runnerSettingsSchema = v.strictObject({
  stateDataset: v.optional(datasetName, "fastbreak"),
  loaders: v.optional(v.record(v.string(), v.pipe(v.string(), v.nonEmpty("must be a path"))), {}),
  reports: v.optional(v.record(v.string(), v.pipe(v.string(), v.nonEmpty("must be a path"))), {}),
});

/** `fastbreak.json`: what the runner must know of a project and Dataform does not. */
export interface RunnerSettings {
  /** Dataset of the state tables. */
  readonly stateDataset: string;
  /** Path of a loader's module by the name that `fastbreak load NAME` takes. */
  readonly loaders: Readonly<Record<string, string>>;
  /** Path of a GoogleSQL file by the name that `fastbreak query --report NAME` takes. */
  readonly reports: Readonly<Record<string, string>>;
}

/**
 * Real path of a Dataform project.
 *
 * @throws ProjectError when it does not exist or is no folder, when it has no settings file or both, or one that cannot be read
 */
export function findProject(projectDir: string): string {
  let real: string;
  try {
    real = realpathSync(projectDir);
  } catch {
    throw projectError(`project directory ${projectDir} does not exist; name it with --project-dir`);
  }
  if (!statSync(real).isDirectory())
    throw projectError(`${projectDir} is not a folder; name the project's folder with --project-dir`);
  const found = SETTINGS_FILES.filter((file) => readTextInProject(real, file) !== undefined);
  if (found.length === 0) {
    throw projectError(`no Dataform project in ${projectDir}: it has neither ${SETTINGS_FILES.join(" nor ")}`);
  }
  if (found.length > 1)
    throw projectError(`a project has one settings file, but here are both; remove one`, found.join(", "));
  const text = readTextInProject(real, "dataform.json");
  if (text !== undefined) parseJson("dataform.json", text);
  return real;
}

/**
 * Reads `fastbreak.json`; a project without it has the defaults.
 *
 * @throws ProjectError for text that is not JSON, unknown keys and wrong values
 */
export function readRunnerSettings(projectDir: string): RunnerSettings {
  const text = readTextInProject(projectDir, RUNNER_SETTINGS_FILE);
  if (text === undefined) return v.parse(runnerSettingsSchema, {});
  const value = parseJson(RUNNER_SETTINGS_FILE, text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw projectError("must be a JSON object", RUNNER_SETTINGS_FILE, 1);
  }
  const known = Object.keys(runnerSettingsSchema.entries);
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const hint = suggestion(key, known);
    throw projectError(`unknown setting "${key}"${hint}`, RUNNER_SETTINGS_FILE, lineOfKey(text, key));
  }
  const result = v.safeParse(runnerSettingsSchema, value);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = v.getDotPath(issue) ?? "";
  throw projectError(`"${path}": ${issue.message}`, RUNNER_SETTINGS_FILE, lineOfKey(text, path.split(".")[0] ?? ""));
}

/** `; did you mean "x"?` when a known name is near, otherwise what is known. */
export function suggestion(name: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const nearest = closest(name, known);
  if (distance(name, nearest) <= Math.max(2, Math.floor(name.length / 3))) return `; did you mean "${nearest}"?`;
  return known.length <= 5 ? `; known: ${known.join(", ")}` : "";
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    const position = /position (\d+)/.exec(message)?.[1];
    const line = position === undefined ? undefined : text.slice(0, Number(position)).split("\n").length;
    throw projectError(`is not valid JSON: ${message}`, file, line);
  }
}

function lineOfKey(text: string, key: string): number | undefined {
  const index = text.indexOf(JSON.stringify(key));
  return index === -1 ? undefined : text.slice(0, index).split("\n").length;
}
