import { expect, it } from "vitest";
import { problemsOf, useProjects } from "./test-support/load.js";

useProjects();

const YAML = "defaultProject: p\ndefaultDataset: d\n";

it.each<[string, Record<string, string>, string]>([
  [
    "a setting that only older releases knew",
    { "dataform.json": '{\n  "defaultSchema": "d",\n  "useRunCache": true\n}' },
    'dataform.json:3: "useRunCache" is a setting of older releases of Dataform; delete this line',
  ],
  [
    "a setting that only the other file has",
    { "workflow_settings.yaml": `${YAML}warehouse: bigquery\n` },
    'workflow_settings.yaml:3: "warehouse" is a setting of older releases of Dataform; delete this line',
  ],
  [
    "a name of the other file",
    { "workflow_settings.yaml": `${YAML}assertionSchema: c\n` },
    'workflow_settings.yaml:3: "assertionSchema" is called "defaultAssertionDataset" here; rename it',
  ],
  [
    "a name of the other file beside its own",
    { "workflow_settings.yaml": `defaultDatabase: x\n${YAML}` },
    'workflow_settings.yaml:1: "defaultDatabase" is called "defaultProject" here, which stands beside it; delete this line',
  ],
  [
    "a name that no release knows",
    { "workflow_settings.yaml": `${YAML}colour: red\n` },
    'workflow_settings.yaml:3: "colour" is not a setting of this release of Dataform, or has a value of the wrong type; correct or delete this line',
  ],
  [
    "a variable that is a number",
    { "workflow_settings.yaml": `${YAML}vars:\n  a: "1"\n  b: 2\n` },
    'workflow_settings.yaml:5: variable "b" must be text; put its value in quotes',
  ],
  [
    "a variable that is a number in JSON",
    { "dataform.json": '{"vars": {\n  "b": 2}}' },
    'dataform.json:2: variable "b" must be text; put its value in quotes',
  ],
  [
    "text that is no YAML",
    { "workflow_settings.yaml": `${YAML}  bad: [\n` },
    "workflow_settings.yaml:3: is not valid YAML: bad indentation of a mapping entry",
  ],
])("tells the line of %s, and what to do", async (_name, files, expected) => {
  expect(await problemsOf(files)).toEqual([expected]);
});

it("tells all of them at once", async () => {
  const settings = {
    warehouse: "bigquery",
    defaultProject: "p",
    useRunCache: true,
    gcloudProjectId: "p",
    vars: { season: "2021" },
  };
  expect(await problemsOf({ "dataform.json": JSON.stringify(settings, undefined, 1) })).toEqual([
    expect.stringMatching(/^dataform\.json:3: "defaultProject" is called "defaultDatabase" here; rename it$/),
    expect.stringMatching(/^dataform\.json:4: "useRunCache" .*delete this line$/),
    expect.stringMatching(/^dataform\.json:5: "gcloudProjectId" .*delete this line$/),
  ]);
});

it.each(["pkg", "pkg/includes/x", "@scope/pkg", "@scope/pkg/lib"])(
  "says how a listed package comes: %s",
  async (id) => {
    const name = id.startsWith("@") ? "@scope/pkg" : "pkg";
    expect(
      await problemsOf({
        "package.json": JSON.stringify({ dependencies: { [name]: "1.0.0" } }),
        "definitions/a.js": `require(${JSON.stringify(id)});`,
      }),
    ).toEqual([`definitions/a.js:1: package ${name} of package.json is not installed; run npm install in the project`]);
  },
);
