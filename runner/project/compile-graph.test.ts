// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are SQLX.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "../port/digest-text.js";
import { compileGraph } from "./compile-graph.js";
import { buildCompileChild } from "./test-support/compile-child.js";
import { project, useProjects } from "./test-support/load.js";
import type { TempProject } from "./test-support/temp-project.js";

useProjects();
let childPath: string;
beforeAll(() => {
  childPath = buildCompileChild();
});

const FILES = {
  "definitions/a.sqlx": 'config { type: "view" }\nselect ${constants.one} as x',
  "includes/constants.js": 'module.exports = { one: require("../shared/one.json").one };',
  "shared/one.json": '{"one": 1}',
};

const graphOf = ({ dir }: TempProject, vars: Readonly<Record<string, string>> = {}) =>
  compileGraph({ projectDir: dir, overrides: { vars }, childPath });
const jsonOf = async (...made: Parameters<typeof graphOf>) => (await graphOf(...made)).json;
const keptFile = ({ dir }: TempProject) => join(dir, ".fastbreak/graph");

/** Replaces what is kept by another text of the same project, so that it can be told from a new graph. */
function marked(made: TempProject): void {
  const [head = ""] = readFileSync(keptFile(made), "utf8").split("\n");
  writeFileSync(keptFile(made), `${JSON.stringify({ ...JSON.parse(head), sha256: sha256("kept") })}\nkept`);
}

describe("the graph of a project that has not changed", () => {
  it("is the kept one, letter by letter the compiled one", async () => {
    const made = project(FILES);
    const first = await jsonOf(made);
    expect(JSON.parse(first)).toMatchObject({ tables: [{ query: "\nselect 1 as x" }] });
    expect(await jsonOf(made)).toBe(first);
    marked(made);
    expect(await jsonOf(made)).toBe("kept");
  });

  it.each([
    ["a model", { "definitions/a.sqlx": 'config { type: "view" }\nselect 2 as x' }],
    ["a new file", { "definitions/b.sqlx": 'config { type: "view" }\nselect 2 as x' }],
    ["a file outside the source folders that an include reads", { "shared/one.json": '{"one": 2}' }],
    ["a file that shadows another", { "includes/constants/index.js": "module.exports = { one: 2 };" }],
    ["the settings", { "dataform.json": '{"defaultDatabase": "other", "defaultSchema": "d"}' }],
  ])("is compiled anew after a change of %s", async (_, changed) => {
    const made = project(FILES);
    await graphOf(made);
    marked(made);
    made.write(changed);
    const json = await jsonOf(made);
    expect(json).not.toBe("kept");
    rmSync(keptFile(made));
    expect(await jsonOf(made)).toBe(json);
  });

  it("is compiled anew for other variables", async () => {
    const made = project(FILES);
    await graphOf(made);
    marked(made);
    expect(JSON.parse(await jsonOf(made, { day: "1" }))).toMatchObject({ projectConfig: { vars: { day: "1" } } });
  });

  it.each(["", "{", "{}\n", '{"sha256":"","origin":{"inputsDigest":"","tracedFiles":[]}}\n{}'])(
    "is compiled anew where %j is kept",
    async (text) => {
      const made = project(FILES);
      const first = await jsonOf(made);
      writeFileSync(keptFile(made), text);
      expect(await jsonOf(made)).toBe(first);
    },
  );

  it("is compiled anew where what is kept was damaged", async () => {
    const made = project(FILES);
    const first = await jsonOf(made);
    writeFileSync(keptFile(made), readFileSync(keptFile(made), "utf8").replace("select 1", "select 3"));
    expect(await jsonOf(made)).toBe(first);
  });
});

describe("no graph is kept", () => {
  it.each([
    ["read the clock", 'config { type: "view" }\nselect ${Date.now()} as x'],
    ["found errors", 'config { type: "view" }\nselect * from ${ref("gone")}'],
  ])("of a compile that %s", async (_, text) => {
    const made = project({ "definitions/a.sqlx": text });
    await graphOf(made);
    expect(readdirSync(made.dir)).not.toContain(".fastbreak");
  });

  it("where the folder cannot be written, and nothing is lost", async () => {
    const made = project({ ...FILES, ".fastbreak": "a file in its place" });
    const first = await jsonOf(made);
    expect(await jsonOf(made)).toBe(first);
  });
});
