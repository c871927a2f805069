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
    const defaults = {
      stateDataset: "fastbreak",
      loaders: {},
      reports: {},
      sources: {},
      breakers: {},
      workers: { actions: {} },
      dateVariables: [],
      clock: { timeZone: "UTC" },
      skips: {},
      history: { steps: {} },
      autoMigrate: false,
      failedAssertions: "rollback",
      alerts: { rules: {}, sinks: {}, days: 7 },
      orchestrations: {},
      checks: {},
      environments: {},
    };
    expect(readRunnerSettings(projectWith({}))).toEqual(defaults);
    expect(read('{"loaders": {"files": "dist/files.js"}}')).toEqual({
      ...defaults,
      loaders: { files: "dist/files.js" },
    });
    expect(read('{"$schema": "x.json", "environments": {"dev": {"schemaSuffix": "dev", "threads": 2}}}')).toEqual({
      ...defaults,
      $schema: "x.json",
      environments: { dev: { schemaSuffix: "dev", threads: 2 } },
    });
  });

  it.each([
    ['{\n  "stateDatset": "x"\n}', 'fastbreak.json:2: unknown setting "stateDatset"; did you mean "stateDataset"?'],
    ['{\n\n"zzz": 1}', 'fastbreak.json:3: unknown setting "zzz"; known: $schema, stateDataset, loaders, reports, '],
    ['{"stateDataset": "a-b"}', 'fastbreak.json:1: "stateDataset": must be a dataset name (letters, digits and _)'],
    ['{"loaders": {"files": ""}}', 'fastbreak.json:1: "loaders.files": must be a path'],
    [
      '{"sources": {"raw.*": {"partiton": "day"}}}',
      'fastbreak.json:1: unknown setting "sources.raw.*.partiton"; did you mean "partition"?',
    ],
    [
      '{"sources": {"raw.a": {"max_age_hours": 0, "loaded_at": "t"}}}',
      'fastbreak.json:1: "sources.raw.a.max_age_hours": must be a number of hours above 0',
    ],
    [
      '{"sources": {"raw.a": {"key": []}}}',
      'fastbreak.json:1: "sources.raw.a.key": must be the name of a column, or a list of names',
    ],
    ['{"sources": {"raw.a": {"rowHash": ["a"]}}}', 'fastbreak.json:1: "sources.raw.a.rowHash": must not be a list'],
    ["[]", "fastbreak.json:1: must be a JSON object"],
    [
      '{\n"environments": {\n"dev": {"databse": "x"}}}',
      'fastbreak.json:3: unknown setting "environments.dev.databse"; did you mean "database"?',
    ],
    [
      '{"environments": {"dev":\n{"threads": 1}},\n"threads": 0}',
      'fastbreak.json:3: "threads": must be a whole number from 1 to 256',
    ],
    [
      '{"environments":\n{"dev":\n{"schemaSuffix": "a b"}}}',
      'fastbreak.json:3: "environments.dev.schemaSuffix": must be letters, digits and _',
    ],
    ['{"memory": "much"}', 'fastbreak.json:1: "memory": must be an amount such as 4GB or 50%'],
    ['{"loaders": {"__proto__": "x"}}', 'fastbreak.json:1: "loaders.__proto__" is not possible as a name'],
    ["", "fastbreak.json:1: is empty; write {} for the defaults"],
    ['{\n"target":\n}', "fastbreak.json:3: is not valid JSON: a value is expected"],
    ['{"target": "duckdb",}', "fastbreak.json:1: is not valid JSON: a name in double quotes is expected"],
    ["// note\n{}", "fastbreak.json:1: is not valid JSON: comments are not allowed"],
    ["\u{feff}{}", "fastbreak.json: starts with a byte order mark; save it as UTF-8 without one"],
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
