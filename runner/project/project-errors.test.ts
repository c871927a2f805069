// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are SQLX.
import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { load, problemsOf, project, useProjects } from "./test-support/load.js";

useProjects();

describe("errors", () => {
  const view = 'config { type: "view" }\n';

  it.each([
    [
      "a broken expression",
      { "definitions/a.sqlx": `${view}select\n  \${helpers.nope(} as x` },
      /^definitions\/a\.sqlx:3: /,
    ],
    [
      "an unknown name",
      { "definitions/a.sqlx": `${view}\nselect\n  \${nope()} as x` },
      /^definitions\/a\.sqlx:4: nope is not defined$/,
    ],
    [
      "an unknown setting",
      { "definitions/a.sqlx": 'config {\n  type: "view",\n  colour: "red"\n}\nselect 1' },
      /^definitions\/a\.sqlx:3: .*colour/,
    ],
    [
      "a broken config block",
      { "definitions/a.sqlx": 'config {\n  type: "view"\n  name: "x"\n}\nselect 1' },
      /^definitions\/a\.sqlx:[23]: /,
    ],
    [
      "a type that nobody knows",
      { "definitions/a.sqlx": 'config {\n  type: "veiw"\n}\nselect 1' },
      /^definitions\/a\.sqlx:2: type "veiw" is not known; did you mean "view"\?$/,
    ],
    [
      "a missing reference",
      { "definitions/aa.sqlx": `${view}select 1`, "definitions/b.sqlx": `${view}select *\nfrom \${ref("ab")}` },
      /^definitions\/b\.sqlx:3: refers to "ab", which does not exist; did you mean "aa"\?$/,
    ],
    [
      "an include that throws",
      { "includes/x.js": "\nnull.f();", "definitions/a.sqlx": `${view}select 1` },
      /^includes\/x\.js:2: Cannot read/,
    ],
    [
      "an include with wrong syntax",
      { "includes/x.js": "const a = ;", "definitions/a.sqlx": `${view}select 1` },
      /^includes\/x\.js:1: Unexpected token ';'$/,
    ],
    [
      "a missing module",
      { "definitions/a.js": '\nconst x = require("./gone");' },
      /^definitions\/a\.js:2: Cannot find module '\.\/gone'$/,
    ],
    [
      "two actions of one name",
      { "definitions/a.sqlx": `${view}select 1`, "definitions/x/a.sqlx": `${view}select 2` },
      /a\.sqlx: d\.a is defined more than once$/,
    ],
    [
      "names that differ in case",
      { "definitions/a.sqlx": `${view}select 1`, "definitions/A.sqlx": `${view}select 2` },
      /differ only in upper and lower case$/,
    ],
    [
      "a label that is no number",
      {
        "definitions/a.sqlx":
          'config {\n type: "view",\n bigquery: { labels: {\n lookback_days: "many" } } }\nselect 1',
      },
      /^definitions\/a\.sqlx:4: label "lookback_days" must be a whole number of days, not "many"$/,
    ],
    [
      "a label that names no table",
      {
        "definitions/games.sqlx": `${view}select 1`,
        "definitions/a.sqlx": 'config {\n type: "view", bigquery: { labels: { lookback_days__game: "3" } } }\nselect 1',
      },
      /^definitions\/a\.sqlx:2: .* names no table of the project; did you mean "games"\?$/,
    ],
    [
      "a wrong settings key",
      { "dataform.json": '{"defaultShema": "d"}', "definitions/a.sqlx": `${view}select 1` },
      /defaultShema/,
    ],
    ["settings that are not JSON", { "dataform.json": '{\n  "a": 1,\n}' }, /^dataform\.json:3: is not valid JSON: /],
  ])("are told with file and line: %s", async (_name, files, expected) => {
    const problems = await problemsOf(files as Record<string, string>);
    expect(problems[0]).toMatch(expected);
  });

  it("tell once which of several actions of one name a reference can be", async () => {
    const problems = await problemsOf({
      "definitions/a.sqlx": 'config { type: "view", schema: "s1", name: "x" }\nselect 1',
      "definitions/b.sqlx": 'config { type: "view", schema: "s2", name: "x" }\nselect 1',
      "definitions/c.sqlx": `${view}select *\nfrom \${ref("x")}`,
    });
    expect(problems).toEqual(['definitions/c.sqlx:3: "x" can be s1.x or s2.x; say which, as in ref("s1", "x")']);
  });

  it("refuse an assertion that nothing compiles", async () => {
    const assertion = 'config { type: "assertion" }\nselect 1 from ${ref("a")}';
    const files = { "assertions/x/gate.sqlx": assertion, "definitions/a.sqlx": `${view}select 1` };
    expect(await problemsOf(files)).toEqual([
      "assertions/x/gate.sqlx: nothing compiles this file; require it in a JavaScript file in definitions/",
    ]);
    expect(await problemsOf({ ...files, "definitions/all.js": 'require("../assertions/x/gate");' })).toEqual([]);
  });

  it("name a cycle", async () => {
    const problems = await problemsOf({
      "definitions/a.sqlx": `${view}select * from \${ref("c")}`,
      "definitions/b.sqlx": `${view}select * from \${ref("a")}`,
      "definitions/c.sqlx": `${view}select * from \${ref("b")}`,
    });
    expect(problems).toEqual([expect.stringMatching(/cyclic references: d\.a -> d\.c -> d\.b -> d\.a$/)]);
  });

  it("stop a compile that never ends, and one that needs too much memory", async () => {
    const started = Date.now();
    const limits = { timeoutMs: 700 };
    expect(await problemsOf({ "definitions/a.js": "while (true) {}" }, { limits })).toEqual([
      "compiling took longer than 0.7 s and was stopped; does the project's JavaScript loop?",
    ]);
    expect(Date.now() - started).toBeLessThan(5000);
    const hog = 'const all = [];\nwhile (true) all.push(new Array(1e5).fill("x"));';
    expect(await problemsOf({ "definitions/a.js": hog }, { limits: { memoryMb: 64 } })).toEqual([
      "compiling needs more than 64 MiB of memory and was stopped",
    ]);
  });

  it.runIf(process.platform === "linux")("stop a compile that holds too much beside the heap", async () => {
    const hog = "const all = [];\nwhile (true) all.push(new Uint8Array(1 << 24).fill(1));";
    expect(await problemsOf({ "definitions/a.js": hog }, { limits: { memoryMb: 64 } })).toEqual([
      "compiling needs more than 64 MiB of memory and was stopped",
    ]);
  });

  it("refuse a project without settings, and links that leave it", async () => {
    await expect(load({ dir: "/nonexistent" })).rejects.toThrow(/\/nonexistent does not exist/);
    const made = project({});
    rmSync(join(made.dir, "dataform.json"));
    await expect(load(made)).rejects.toThrow(/it has neither dataform\.json nor workflow_settings\.yaml$/);
    const linked = project({ "definitions/a.sqlx": `${view}select 1` });
    symlinkSync("/etc/passwd", join(linked.dir, "definitions/x.js"));
    await expect(load(linked)).rejects.toThrow("definitions/x.js: is a symbolic link that leaves the project");
  });
});
