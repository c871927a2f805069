import { realpathSync, statSync } from "node:fs";
import * as v from "valibot";
import { nearestName } from "../port/nearest.js";
import { systemReason } from "../port/system-error.js";
import { projectError } from "./errors.js";
import { lineOfPath, parseJsonText } from "./json-text.js";
import { isOrchestrationList } from "./orchestration-settings.js";
import { readTextInProject } from "./read-file.js";
import { knownSettings, type RunnerSettings, settingsSchema } from "./settings-schema.js";

export type { RunnerSettings } from "./settings-schema.js";

const SETTINGS_FILES = ["dataform.json", "workflow_settings.yaml"] as const;
const RUNNER_SETTINGS_FILE = "fastbreak.json";

/**
 * Real path of a Dataform project.
 *
 * @throws ProjectError when the folder does not exist, is none, has no settings file, or has both
 */
export function findProject(projectDir: string): string {
  const real = realFolder(projectDir);
  const found = SETTINGS_FILES.filter((file) => readTextInProject(real, file) !== undefined);
  if (found.length === 0) {
    throw projectError(`no Dataform project in ${projectDir}: it has neither ${SETTINGS_FILES.join(" nor ")}`);
  }
  if (found.length > 1)
    throw projectError(`a project has one settings file, but here are both; remove one`, found.join(", "));
  const text = readTextInProject(real, "dataform.json");
  if (text !== undefined) jsonObject("dataform.json", text);
  return real;
}

function realFolder(projectDir: string): string {
  try {
    const real = realpathSync(projectDir);
    if (statSync(real).isDirectory()) return real;
  } catch (cause) {
    const reason = systemReason(cause);
    if (reason === undefined) throw cause;
    throw projectError(
      (cause as NodeJS.ErrnoException).code === "ENOENT"
        ? `project directory ${projectDir} does not exist; name it with --project-dir`
        : `project directory ${projectDir} cannot be read: ${reason}`,
    );
  }
  throw projectError(`project directory ${projectDir} is a file; name the folder with --project-dir`);
}

/**
 * Reads `fastbreak.json`; a project without it has the defaults.
 *
 * @throws ProjectError for text that is not JSON, unknown keys and wrong values
 */
export function readRunnerSettings(projectDir: string): RunnerSettings {
  const text = readTextInProject(projectDir, RUNNER_SETTINGS_FILE);
  if (text === undefined) return v.parse(settingsSchema, {});
  const value = jsonObject(RUNNER_SETTINGS_FILE, text);
  refuseUnknown(value, [], text);
  const result = v.safeParse(settingsSchema, value);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = (issue.path ?? []).map(({ key }) => String(key));
  // What lacks has no value and no line: the message of the object around it would speak of that.
  if (issue.received === "undefined")
    throw projectError(`"${path.join(".")}" is missing`, RUNNER_SETTINGS_FILE, lineOfPath(text, path.slice(0, -1)));
  throw projectError(`"${path.join(".")}": ${issue.message}`, RUNNER_SETTINGS_FILE, lineOfPath(text, path));
}

function jsonObject(file: string, text: string): object {
  const value = parseJsonText(file, text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw projectError("must be a JSON object", file, 1);
}

/** Names that JSON allows and nobody can mean. */
const SPECIAL = new Set(["__proto__", "constructor", "prototype"]);

/** Refuses names that no setting has, wherever settings stand, before values are looked at. */
function refuseUnknown(value: object, at: readonly string[], text: string): void {
  const known = knownSettings(at);
  for (const [key, inner] of Object.entries(value)) {
    const path = [...at, key];
    if (SPECIAL.has(key) || key.trim() === "")
      throw projectError(`"${path.join(".")}" is not possible as a name`, RUNNER_SETTINGS_FILE, lineOfPath(text, path));
    if (known !== undefined && !known.includes(key)) {
      const message = `unknown setting "${path.join(".")}"${suggestion(key, known)}`;
      throw projectError(message, RUNNER_SETTINGS_FILE, lineOfPath(text, path));
    }
    if (Array.isArray(inner) && !mayBeList(path))
      throw projectError(`"${path.join(".")}": must not be a list`, RUNNER_SETTINGS_FILE, lineOfPath(text, path));
    if (typeof inner === "object" && inner !== null && !Array.isArray(inner)) refuseUnknown(inner, path, text);
  }
}

/** The key of a source may have several parts, a receiver of alerts several channels, a night several topics; what chooses actions, months or environments has several values. */
function mayBeList(path: readonly string[]): boolean {
  if (path[0] === "orchestrations") return isOrchestrationList(path);
  if (path.length === 4 && path[0] === "alerts" && path[1] === "sinks" && path[3] === "channels") return true;
  if (path.length === 3 && path[0] === "sources") return path[2] === "key";
  return path.length === 1
    ? path[0] === "dateVariables"
    : ["select", "months", "environments"].includes(path.at(-1) ?? "");
}

/** `; did you mean "x"?` when a known name is near, otherwise what is known. */
export function suggestion(name: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const near = nearestName(name, known);
  if (near !== undefined) return `; did you mean "${near}"?`;
  return known.length <= 24 ? `; known: ${known.join(", ")}` : "";
}
