import { afterEach, beforeAll } from "vitest";
import type { ProjectOverrides } from "../compile/protocol.js";
import { ProjectError } from "../errors.js";
import { type LoadOptions, loadProject } from "../load-project.js";
import type { Manifest, ManifestAction } from "../manifest.js";
import { buildCompileChild } from "./compile-child.js";
import { fakeScanner, type TempProject, tempProject } from "./temp-project.js";

let childPath: string;
const projects: TempProject[] = [];

/** Call once per test file: builds the compile child before its tests and removes their projects. */
export function useProjects(): void {
  beforeAll(() => {
    childPath = buildCompileChild();
  });
  afterEach(() => {
    for (const project of projects.splice(0)) project.remove();
  });
}

export function project(files: Readonly<Record<string, string>>): TempProject {
  const created = tempProject(files);
  projects.push(created);
  return created;
}

export function load(
  { dir }: Pick<TempProject, "dir">,
  overrides: ProjectOverrides = {},
  more: Partial<LoadOptions> = {},
) {
  return loadProject({ projectDir: dir, overrides, scanner: fakeScanner, childPath, ...more });
}

/** The lines of the error that loading these files gives; none when it succeeds. */
export async function problemsOf(
  files: Readonly<Record<string, string>>,
  more: Partial<LoadOptions> = {},
): Promise<string[]> {
  try {
    await load(project(files), {}, more);
  } catch (error) {
    if (error instanceof ProjectError) return error.message.split("\n");
    throw error;
  }
  return [];
}

export function action(manifest: Manifest, key: string): ManifestAction {
  const found = manifest.actions.find((candidate) => candidate.key === key);
  if (found === undefined) throw new Error(`no ${key} among ${manifest.actions.map((a) => a.key)}`);
  return found;
}

/** Keys of the actions whose hash differs between two manifests. */
export function moved(before: Manifest, after: Manifest, hash: "codeHash" | "compiledHash"): string[] {
  return after.actions.filter((a) => action(before, a.key)[hash] !== a[hash]).map((a) => a.key);
}
