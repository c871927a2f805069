import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ProjectError } from "./errors.js";
import { load, project, useProjects } from "./test-support/load.js";
import { tempProject } from "./test-support/temp-project.js";

useProjects();

const MODEL = 'config { type: "table" }\nselect 1 as a';
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, "utf16le");

/** The error's only line after the project was damaged. */
async function lineFor(damage: (dir: string) => void, core: "link" | "copy" = "link"): Promise<string> {
  const damaged = core === "link" ? project({ "definitions/m.sqlx": MODEL }) : tempProject({}, "copy");
  damage(damaged.dir);
  try {
    await load(damaged);
  } catch (error) {
    if (!(error instanceof ProjectError)) throw error;
    expect(error.exitCode).toBe(2);
    return error.message;
  } finally {
    if (core === "copy") damaged.remove();
  }
  return "";
}

it.each([
  ["null", "throw null;", "throws null instead of an Error"],
  ["undefined", "throw undefined;", "throws undefined instead of an Error"],
  ["a number in a query", 'publish("x").query(() => { throw 5; });', "throws 5 instead of an Error"],
  ["what cannot be printed", "throw { toJSON() { throw 1; } };", "throws an object that cannot be printed"],
  ["a proxy that throws", "throw new Proxy({}, { get() { throw 1; } });", "throws an object that cannot be printed"],
  ["a symbol", "throw Symbol('s');", "throws Symbol(s) instead of an Error"],
  ["an error without a text", "throw Object.assign(new Error(), { message: null });", "instead of an Error"],
  ["a text of two lines", 'throw "one\\ntwo";', "one two"],
])("one line for code that throws %s", async (_name, code, message) => {
  const line = await lineFor((dir) => writeFileSync(join(dir, "definitions/x.js"), code));
  expect(line).toMatch(/^definitions\/x\.js(:\d+)?: [^\n]*$/);
  expect(line).toContain(message);
});

it.each<[string, string, string | Buffer, string]>([
  ["a mark before SQLX", "definitions/x.sqlx", `\ufeff${MODEL}`, "starts with a byte order mark"],
  ["a mark before settings", "dataform.json", '\ufeff{"defaultSchema":"d"}', "starts with a byte order mark"],
  ["UTF-16 in SQLX", "definitions/x.sqlx", utf16(MODEL), "is not UTF-8 text"],
  ["UTF-16 without a mark", "definitions/x.sqlx", utf16(MODEL).subarray(2), "is not UTF-8 text"],
  ["UTF-16 in an include", "includes/x.js", utf16("module.exports = 1"), "is not UTF-8 text"],
  ["UTF-16 in settings", "dataform.json", utf16("{}"), "is not UTF-8 text"],
])("one line for %s", async (_name, path, content, message) => {
  const line = await lineFor((dir) => {
    mkdirSync(join(dir, "includes"), { recursive: true });
    writeFileSync(join(dir, path), content);
  });
  expect(line).toContain(`${path}: ${message}`);
  expect(line.split("\n")).toHaveLength(1);
});

it("takes a mark before JavaScript, as Node does", async () => {
  expect(
    await lineFor((dir) => writeFileSync(join(dir, "definitions/x.js"), '\ufeffpublish("x").query("select 1")')),
  ).toBe("");
});

it("names the file that required code could not read", async () => {
  const line = await lineFor((dir) => {
    mkdirSync(join(dir, "lib"));
    writeFileSync(join(dir, "lib/data.json"), "\ufeff{}");
    writeFileSync(join(dir, "definitions/x.js"), 'require("../lib/data.json");');
  });
  expect(line).toMatch(/^definitions\/x\.js:1: lib\/data\.json starts with a byte order mark/);
});

it.each<[string, string, string, string]>([
  ["a model that links to nothing", "definitions/x.sqlx", "nowhere", "is a symbolic link to nothing"],
  ["a model that links to itself", "definitions/x.sqlx", "x.sqlx", "is a symbolic link that leads to itself"],
  ["a folder that links to nothing", "includes", "nowhere", "is a symbolic link to nothing"],
  ["a folder that links to itself", "includes", "includes", "is a symbolic link that leads to itself"],
  ["settings that link to nothing", "dataform.json", "nowhere", "is a symbolic link to nothing"],
  ["settings that link to themselves", "dataform.json", "dataform.json", "is a symbolic link that leads to itself"],
  [
    "a package description that links to itself",
    "package.json",
    "package.json",
    "is a symbolic link that leads to itself",
  ],
])("one line for %s", async (_name, path, target, message) => {
  const line = await lineFor((dir) => {
    rmSync(join(dir, path), { recursive: true, force: true });
    symlinkSync(target, join(dir, path));
  });
  expect(line).toBe(`${path}: ${message}`);
});

it.each(["definitions/notes.md", "definitions/data", "includes/x.sql"])(
  "takes a link to nothing that nobody follows: %s",
  async (path) => {
    const line = await lineFor((dir) => {
      mkdirSync(join(dir, "includes"), { recursive: true });
      symlinkSync("nowhere", join(dir, path));
    });
    expect(line).toBe("");
  },
);

it.each(["dataform.json", "package.json"])("one line for a folder in place of %s", async (path) => {
  const line = await lineFor((dir) => {
    rmSync(join(dir, path));
    mkdirSync(join(dir, path));
  });
  expect(line).toBe(`${path}: must be a file`);
});

it("one line for a file in place of the project", async () => {
  const { dir } = project({});
  await expect(load({ dir: join(dir, "dataform.json") })).rejects.toThrow(
    /dataform\.json is a file; name the folder with --project-dir$/,
  );
});

const CORE = "node_modules/@dataform/core";
it.each<[string, (core: string) => void, string]>([
  ["no bundle", (core) => rmSync(join(core, "bundle.js")), "it has no bundle.js"],
  ["an empty bundle", (core) => writeFileSync(join(core, "bundle.js"), ""), "its bundle.js is empty"],
  ["no description", (core) => rmSync(join(core, "package.json")), "it has no package.json"],
  ["a broken description", (core) => writeFileSync(join(core, "package.json"), "{"), "its package.json is not JSON"],
  ["a description of something", (core) => writeFileSync(join(core, "package.json"), "[]"), "names no version"],
  [
    "text that does not run",
    (core) => writeFileSync(join(core, "bundle.js"), "a b"),
    "its bundle.js is not that of the package",
  ],
  [
    "code that throws",
    (core) => writeFileSync(join(core, "bundle.js"), "throw null"),
    "its bundle.js is not that of the package",
  ],
  [
    "another module",
    (core) => writeFileSync(join(core, "bundle.js"), "exports.main = () => 1"),
    "its bundle.js is not that of the package",
  ],
])("one line for a compiler with %s", async (_name, damage, message) => {
  const line = await lineFor((dir) => damage(join(dir, CORE)), "copy");
  expect(line).toContain(message);
  expect(line).toMatch(/@dataform\/core.* (is damaged).*install[^\n]*$/);
});

it("one line for a package with a broken description", async () => {
  const line = await lineFor((dir) => {
    mkdirSync(join(dir, "node_modules/pkg"));
    writeFileSync(join(dir, "node_modules/pkg/package.json"), "{");
    mkdirSync(join(dir, "definitions"), { recursive: true });
    writeFileSync(join(dir, "definitions/x.js"), 'require("pkg");');
  }, "copy");
  expect(line).toBe("definitions/x.js:1: node_modules/pkg/package.json is not JSON; install the package again");
});
