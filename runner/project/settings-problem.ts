import type { ProjectProblem } from "./errors.js";
import { lineOfPath } from "./json-text.js";
import { readTextInProject } from "./read-file.js";
import { readYaml } from "./yaml-text.js";

/** What Dataform's two settings files call the same thing. */
const NAMES: readonly (readonly [json: string, yaml: string])[] = [
  ["defaultDatabase", "defaultProject"],
  ["defaultSchema", "defaultDataset"],
  ["assertionSchema", "defaultAssertionDataset"],
  ["databaseSuffix", "projectSuffix"],
  ["schemaSuffix", "datasetSuffix"],
  ["tablePrefix", "namePrefix"],
];

interface SettingsText {
  readonly file: string;
  readonly values: Readonly<Record<string, unknown>>;
  lineOf(path: readonly string[]): number | undefined;
  /** The name that this file has for what the other file calls `name`. */
  ownName(name: string): string | undefined;
}

/**
 * What core says of a project's settings, at the line to mend and with what to do: which line to delete, rename or put in quotes.
 *
 * @returns undefined when the message is about something else
 */
export function settingsProblem(message: string, projectDir: string): ProjectProblem | undefined {
  const invalid = /^(workflow_settings\.yaml) is not a valid YAML file: (?:YAMLException: )?(.*?) ?\((\d+):\d+\)/.exec(
    message,
  );
  if (invalid !== null) {
    const [, file, reason, line] = invalid;
    return { file, line: Number(line), column: undefined, message: `is not valid YAML: ${reason}` };
  }
  const settings = settingsOf(projectDir);
  if (settings === undefined) return undefined;
  const at = (path: readonly string[], told: string): ProjectProblem => {
    return { file: settings.file, line: settings.lineOf(path), column: undefined, message: told };
  };
  if (/^Custom variables .* can only be strings/.test(message)) {
    const vars = Object.entries((settings.values.vars ?? {}) as object).filter(
      ([, value]) => typeof value !== "string",
    );
    const [name] = vars[0] ?? [];
    return name === undefined
      ? undefined
      : at(["vars", name], `variable "${name}" must be text; put its value in quotes`);
  }
  const name = /\bunexpected property "([^"]+)"/i.exec(message)?.[1];
  if (name === undefined || !/^(?:Dataform json|Workflow settings) error/i.test(message)) return undefined;
  const own = settings.ownName(name);
  if (LEGACY.has(name)) return at([name], `"${name}" is a setting of older releases of Dataform; delete this line`);
  if (own === undefined)
    return at(
      [name],
      `"${name}" is not a setting of this release of Dataform, or has a value of the wrong type; correct or delete this line`,
    );
  if (own in settings.values)
    return at([name], `"${name}" is called "${own}" here, which stands beside it; delete this line`);
  return at([name], `"${name}" is called "${own}" here; rename it`);
}

/** Settings that releases before 3 knew, and `warehouse`, which only dataform.json may still have. */
const LEGACY = new Set([
  "useRunCache",
  "concurrentQueryLimit",
  "idempotentActionRetries",
  "gcloudProjectId",
  "warehouse",
]);

function settingsOf(projectDir: string): SettingsText | undefined {
  const yaml = readTextInProject(projectDir, "workflow_settings.yaml");
  if (yaml !== undefined) {
    const read = readYaml(yaml);
    const ownName = (name: string) => NAMES.find(([json]) => json === name)?.[1];
    return (
      read && { file: "workflow_settings.yaml", values: read.values, lineOf: (path) => read.lineOf(path), ownName }
    );
  }
  const json = readTextInProject(projectDir, "dataform.json");
  if (json === undefined) return undefined;
  return {
    file: "dataform.json",
    values: JSON.parse(json) as Record<string, unknown>,
    lineOf: (path) => lineOfPath(json, path),
    ownName: (name) => NAMES.find(([, yamlName]) => yamlName === name)?.[0],
  };
}
