// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are SQLX.
import { describe, expect, it } from "vitest";
import { action, load, moved, project, useProjects } from "./test-support/load.js";
import { THREE_MODELS } from "./test-support/three-models.js";

useProjects();

describe("traces", () => {
  it("follow includes through includes, globals used inside an include, and variables", async () => {
    const { manifest } = await load(project(THREE_MODELS));
    expect(action(manifest, "d.a").sources).toEqual({
      files: ["definitions/a.sqlx", "includes/base.js", "includes/helpers.js", "includes/lazy.js"],
      vars: [],
      nondeterministic: [],
    });
    expect(action(manifest, "d.b").sources).toMatchObject({ files: ["definitions/b.sqlx"], vars: ["season"] });
    expect(action(manifest, "d.c").sources).toMatchObject({ files: ["definitions/c.sqlx"], vars: [] });
  });

  it("give an action of actions.yaml its list and its SQL, and an automatic assertion the model's reads", async () => {
    const { manifest } = await load(
      project({
        "definitions/actions.yaml": "actions:\n- table:\n    filename: t.sql\n    name: t\n",
        "definitions/t.sql": "select 1 as x",
        "includes/keys.js": 'module.exports = ["x"];',
        "definitions/u.sqlx": 'config { type: "table", assertions: { uniqueKey: keys } }\nselect 1 as x',
      }),
    );
    expect(action(manifest, "d.t").sources.files).toEqual(["definitions/actions.yaml", "definitions/t.sql"]);
    const files = ["definitions/u.sqlx", "includes/keys.js"];
    expect(action(manifest, "checks.d_u_assertions_uniqueKey_0").sources.files).toEqual(files);
  });

  it("follow files outside the source folders, and one that appears and shadows another", async () => {
    const made = project({
      "lib/x/index.js": "module.exports = 1;",
      "definitions/a.js": 'publish("a").query(() => `select ${require("lib/x")} as x`);',
    });
    const first = await load(made);
    expect(action(first.manifest, "d.a").sources.files).toContain("lib/x/index.js");
    expect((await load(made)).compiled).toBe(false);
    made.write({ "lib/x/index.js": "module.exports = 2;" });
    const second = await load(made);
    expect(moved(first.manifest, second.manifest, "codeHash")).toEqual(["d.a"]);
    made.write({ "lib/x.js": "module.exports = 3;" });
    const third = await load(made);
    expect(action(third.manifest, "d.a").query).toBe("select 3 as x");
  });

  it.each([
    ["a variable", { "dataform.json": THREE_MODELS["dataform.json"].replace("2021", "2022") }, ["d.b"]],
    ["a variable nobody reads", { "dataform.json": THREE_MODELS["dataform.json"].replace('"0"', '"1"') }, []],
    ["an include reached through two others", { "includes/base.js": "module.exports = { one: 7 };" }, ["d.a"]],
  ])("move the hashes of those that read %s", async (_what, change, expected) => {
    const made = project(THREE_MODELS);
    const before = await load(made);
    made.write(change);
    const after = await load(made);
    expect(after.compiled).toBe(true);
    expect(moved(before.manifest, after.manifest, "codeHash")).toEqual(expected);
    expect(moved(before.manifest, after.manifest, "compiledHash")).toEqual(expected);
  });

  it("let a comment move the code hash and not the compiled hash", async () => {
    const made = project(THREE_MODELS);
    const before = await load(made);
    made.write({ "definitions/c.sqlx": 'config { type: "view" }\nselect 1 as x -- nothing new' });
    const after = await load(made);
    expect(moved(before.manifest, after.manifest, "codeHash")).toEqual(["d.c"]);
    expect(moved(before.manifest, after.manifest, "compiledHash")).toEqual([]);
  });

  it("move everything when the schema suffix changes", async () => {
    const made = project(THREE_MODELS);
    const { manifest } = await load(made, { schemaSuffix: "dev" });
    expect(manifest.actions.map(({ key }) => key)).toEqual(["raw.games", "d_dev.a", "d_dev.b", "d_dev.c"]);
    expect((await load(made, { schemaSuffix: "dev" })).compiled).toBe(false);
    expect((await load(made)).compiled).toBe(true);
  });
});

describe("the clock and randomness", () => {
  it.each([
    ["new Date()", "module.exports = { now: () => new Date().getTime() };", "new Date()"],
    ["Date.now()", "module.exports = { now: () => Date.now() };", "Date.now()"],
    [
      "a date read while the include loads",
      "const t = new Date();\nmodule.exports = { now: () => t.getTime() };",
      "new Date()",
    ],
    ["Math.random()", "module.exports = { now: () => Math.random() };", "Math.random()"],
    [
      "a format of now",
      "module.exports = { now: () => new Intl.DateTimeFormat('en').format() };",
      "Intl.DateTimeFormat.format()",
    ],
  ])("are seen: %s", async (_name, include, what) => {
    const made = project({
      "includes/clock.js": include,
      "definitions/a.sqlx": 'config { type: "table" }\nselect "${clock.now()}" as x',
      "definitions/b.sqlx": 'config { type: "table" }\nselect 1 as x',
    });
    const { manifest } = await load(made);
    expect(action(manifest, "d.a").compileVolatile).toBe(true);
    expect(action(manifest, "d.a").sources.nondeterministic).toEqual([
      { kind: what === "Math.random()" ? "random" : "clock", what, file: "includes/clock.js", line: 1 },
    ]);
    expect(action(manifest, "d.b").compileVolatile).toBe(false);
    expect((await load(made)).compiled).toBe(true);
  });

  it("are not seen in a fixed date", async () => {
    const { manifest } = await load(
      project({
        "definitions/a.sqlx": 'config { type: "table" }\nselect "${new Date(2021, 1, 1).getFullYear()}" as x',
      }),
    );
    expect(action(manifest, "d.a")).toMatchObject({ compileVolatile: false, query: 'select "2021" as x' });
  });
});
