import { afterEach, describe, expect, it } from "vitest";
import { findProject, readRunnerSettings } from "./settings.js";
import { type TempProject, tempProject } from "./test-support/temp-project.js";

const projects: TempProject[] = [];
afterEach(() => {
  for (const project of projects.splice(0)) project.remove();
});

function projectWith(files: Readonly<Record<string, string>>): string {
  const project = tempProject(files);
  projects.push(project);
  return project.dir;
}

describe("readRunnerSettings", () => {
  const read = (text: string) => readRunnerSettings(projectWith({ "fastbreak.json": text }));

  it("has defaults", () => {
    expect(readRunnerSettings(projectWith({}))).toEqual({ stateDataset: "fastbreak", loaders: {}, reports: {} });
    expect(read('{"loaders": {"files": "dist/files.js"}}')).toEqual({
      stateDataset: "fastbreak",
      loaders: { files: "dist/files.js" },
      reports: {},
    });
  });

  it.each([
    ['{\n  "stateDatset": "x"\n}', 'fastbreak.json:2: unknown setting "stateDatset"; did you mean "stateDataset"?'],
    ['{\n\n"zzz": 1}', 'fastbreak.json:3: unknown setting "zzz"; known: stateDataset, loaders, reports'],
    ['{"stateDataset": "a-b"}', 'fastbreak.json:1: "stateDataset": must be a dataset name (letters, digits and _)'],
    ['{"loaders": {"files": ""}}', 'fastbreak.json:1: "loaders.files": must be a path'],
    ["[]", "fastbreak.json:1: must be a JSON object"],
  ])("refuses %j", (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

describe("findProject", () => {
  it("refuses two settings files", () => {
    const dir = projectWith({ "dataform.json": "{}", "workflow_settings.yaml": "" });
    expect(() => findProject(dir)).toThrow(
      "dataform.json, workflow_settings.yaml: a project has one settings file, but here are both; remove one",
    );
  });
});
