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

/** Settings that releases before 3 knew, and `warehouse`, which only dataform.json may still have. */
const LEGACY = ["useRunCache", "concurrentQueryLimit", "idempotentActionRetries", "gcloudProjectId", "warehouse"];

/**
 * What core says of a project's settings, at the line to mend and with what to do: which line to delete, rename or put in quotes. Core
 * stops at the first mistake; all of its kind are told.
 *
 * @returns nothing when the message is about something else
 */
export function settingsProblems(message: string, projectDir: string): readonly ProjectProblem[] {
  const invalid = /^(workflow_settings\.yaml) is not a valid YAML file: (?:YAMLException: )?(.*?) ?\((\d+):\d+\)/.exec(
    message,
  );
  if (invalid !== null) {
    const [, file, reason, line] = invalid;
    return [{ file, line: Number(line), column: undefined, message: `is not valid YAML: ${reason}` }];
  }
  const settings = settingsOf(projectDir);
  if (settings === undefined) return [];
  const told = wrongVariables(message, settings) ?? wrongNames(message, settings) ?? [];
  return told.map(([path, text]) => {
    return { file: settings.file, line: settings.lineOf(path), column: undefined, message: text };
  });
}

type Told = readonly (readonly [path: readonly string[], text: string])[];

function wrongVariables(message: string, { values }: SettingsText): Told | undefined {
  if (!/^Custom variables .* can only be strings/.test(message)) return undefined;
  return Object.entries((values.vars ?? {}) as object)
    .filter(([, value]) => typeof value !== "string")
    .map(([name]) => [["vars", name], `variable "${name}" must be text; put its value in quotes`]);
}

function wrongNames(message: string, settings: SettingsText): Told | undefined {
  const name = /^(?:Dataform json|Workflow settings) error: unexpected property "([^"]+)"/i.exec(message)?.[1];
  if (name === undefined) return undefined;
  const isWrong = (other: string) => (other === "warehouse" ? settings.file !== "dataform.json" : true);
  const others = Object.keys(settings.values).filter(
    (other) => other !== name && isWrong(other) && remedy(other, settings) !== undefined,
  );
  const unknown = "is not a setting of this release of Dataform, or has a value of the wrong type";
  return [name, ...others].map((wrong) => [
    [wrong],
    `"${wrong}" ${remedy(wrong, settings) ?? `${unknown}; correct or delete this line`}`,
  ]);
}

/** Undefined for a name that neither older releases nor the other settings file have. */
function remedy(name: string, { values, ownName }: SettingsText): string | undefined {
  if (LEGACY.includes(name)) return "is a setting of older releases of Dataform; delete this line";
  const own = ownName(name);
  if (own === undefined) return undefined;
  return own in values
    ? `is called "${own}" here, which stands beside it; delete this line`
    : `is called "${own}" here; rename it`;
}

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
