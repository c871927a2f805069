import type { ProjectOverrides } from "./compile/protocol.js";
import { readTextInProject } from "./read-file.js";

/**
 * The project that names without one belong to, as its settings say and without compiling: where its own tables are. Empty where they do
 * not say.
 * @param overrides what the project is compiled with over its own settings
 */
export async function homeProject(projectDir: string, overrides: ProjectOverrides): Promise<string> {
  const settings = await settingsOf(projectDir);
  const text = (...names: readonly string[]): string =>
    names.map((name) => settings[name]).find((value): value is string => typeof value === "string") ?? "";
  return suffixedProject(
    overrides.defaultDatabase ?? text("defaultProject", "defaultDatabase"),
    overrides.databaseSuffix ?? text("projectSuffix", "databaseSuffix"),
  );
}

/** What stands behind every dataset, as `_dev`, said by the same; empty where there is none. */
export async function datasetSuffix(projectDir: string, overrides: ProjectOverrides): Promise<string> {
  const settings = await settingsOf(projectDir);
  const said = overrides.schemaSuffix ?? settings.datasetSuffix ?? settings.schemaSuffix;
  return typeof said === "string" && said !== "" ? `_${said}` : "";
}

/** Where the data of a project lies, as its settings say; undefined: they do not. */
export async function defaultLocation(projectDir: string, overrides: ProjectOverrides): Promise<string | undefined> {
  const { defaultLocation: said } = await settingsOf(projectDir);
  return overrides.defaultLocation ?? (typeof said === "string" && said !== "" ? said : undefined);
}

/** A project with the suffix that core puts behind the project of everything that it makes. */
export function suffixedProject(project: string, suffix: string): string {
  return project === "" || suffix === "" ? project : `${project}_${suffix}`;
}

async function settingsOf(projectDir: string): Promise<Readonly<Record<string, unknown>>> {
  const json = readTextInProject(projectDir, "dataform.json");
  if (json !== undefined) return objectOf(json);
  const yaml = readTextInProject(projectDir, "workflow_settings.yaml") ?? "";
  const plain = plainLines(yaml);
  if (plain !== undefined) return plain;
  const { readYaml } = await import("./yaml-text.js");
  return readYaml(yaml)?.values ?? {};
}

function objectOf(json: string): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(json) as Record<string, unknown> | null) ?? {};
  } catch {
    // Whoever compiles tells what is wrong with it.
    return {};
  }
}

/** The settings of YAML that says each on a line of its own, as nearly all do: its parser is large, and every query asks. */
function plainLines(yaml: string): Readonly<Record<string, string>> | undefined {
  const lines = yaml
    .split("\n")
    .filter((line) => /(?:Project|projectSuffix|datasetSuffix|Location)\b/.test(line) && !line.startsWith("#"));
  const pairs = lines.map((line) => /^(\w+): +(["']?)([A-Za-z0-9_-]+)\2\s*(?:#.*)?$/.exec(line));
  if (pairs.some((pair) => pair === null)) return undefined;
  return Object.fromEntries(pairs.map((pair) => [pair?.[1], pair?.[3]]));
}
