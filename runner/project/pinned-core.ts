import { projectError } from "./errors.js";
import { lineOfPath } from "./json-text.js";
import { readTextInProject } from "./read-file.js";

/** The release of @dataform/core that a project asks for, and where it says so. */
export interface PinnedCore {
  readonly version: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number | undefined;
}

const WORKFLOW_SETTINGS = "workflow_settings.yaml";
const KEY = "dataformCoreVersion";
const EXACT = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;

/**
 * The release that a project pins: `dataformCoreVersion` in workflow_settings.yaml, otherwise an exact version of @dataform/core in
 * package.json. A range there is no pin.
 *
 * @returns undefined when the project leaves the choice open
 * @throws ProjectError when `dataformCoreVersion` is not one exact version
 */
export async function pinnedCore(projectDir: string): Promise<PinnedCore | undefined> {
  const settings = readTextInProject(projectDir, WORKFLOW_SETTINGS);
  return (settings?.includes(KEY) ? await pinnedInSettings(settings) : undefined) ?? pinnedInPackage(projectDir);
}

async function pinnedInSettings(text: string): Promise<PinnedCore | undefined> {
  // Loaded for the few that need it: it is large.
  const { readYaml } = await import("./yaml-text.js");
  const yaml = readYaml(text);
  // Core itself tells what is wrong with text that is no YAML.
  if (yaml === undefined || !(KEY in yaml.values)) return undefined;
  const version = yaml.values[KEY];
  const line = yaml.lineOf([KEY]);
  if (typeof version === "string" && EXACT.test(version)) return { version, file: WORKFLOW_SETTINGS, line };
  throw projectError(
    `${KEY} must be one exact version such as 3.0.62, not ${JSON.stringify(version)}`,
    WORKFLOW_SETTINGS,
    line,
  );
}

function pinnedInPackage(projectDir: string): PinnedCore | undefined {
  const file = "package.json";
  const text = readTextInProject(projectDir, file);
  if (text === undefined) return undefined;
  for (const list of ["dependencies", "devDependencies"]) {
    const version = packageList(text, list)["@dataform/core"];
    if (typeof version === "string" && EXACT.test(version)) {
      return { version, file, line: lineOfPath(text, [list, "@dataform/core"]) };
    }
  }
  return undefined;
}

/** A list of packages in the text of a package.json; empty where there is none or the text is no JSON, which is npm's to tell. */
export function packageList(text: string, list: string): Readonly<Record<string, unknown>> {
  try {
    const value = (JSON.parse(text) as Record<string, unknown> | null)?.[list];
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
