import { spawnSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DigestInputs, hashTracedFiles, inputsDigest, isDefaultInput, readProjectFiles } from "./files.js";
import { type TempProject, tempProject } from "./test-support/temp-project.js";

let project: TempProject;
beforeEach(() => {
  project = tempProject({ "definitions/a.sqlx": "select 1", "includes/x.js": "" });
});
afterEach(() => project.remove());

describe("readProjectFiles", () => {
  it("lists what the stock CLI's glob lists in the folders that core reads", () => {
    project.write({
      "definitions/sub/b.js": "",
      "definitions/noextension": "",
      "definitions/.hidden.js": "",
      "definitions/.git/c.js": "",
      "definitions/v1.0/d.sqlx": "",
      "elsewhere/e.js": "",
      "linked/f.js": "",
      "linked/deep/g.js": "",
      "dist/h.js": "",
      ".fastbreak/i.js": "",
    });
    symlinkSync("../linked", join(project.dir, "definitions/link"));
    symlinkSync("../elsewhere/e.js", join(project.dir, "definitions/e.js"));
    const { filePaths, hashes } = readProjectFiles(project.dir);
    expect(filePaths).toEqual([
      "definitions/a.sqlx",
      "definitions/e.js",
      "definitions/link/f.js",
      "definitions/sub/b.js",
      "definitions/v1.0",
      "definitions/v1.0/d.sqlx",
      "includes/x.js",
    ]);
    expect([...hashes.keys()].filter((path) => !filePaths.includes(path))).toEqual([
      "definitions/noextension",
      "dataform.json",
      "package.json",
    ]);
    expect(isDefaultInput("definitions/noextension")).toBe(true);
    expect(isDefaultInput("definitions/.hidden.js")).toBe(false);
    expect(isDefaultInput("elsewhere/e.js")).toBe(false);
  });

  it("refuses what is no file, without waiting for it", () => {
    expect(spawnSync("mkfifo", [join(project.dir, "definitions/pipe.js")]).status).toBe(0);
    expect(() => readProjectFiles(project.dir)).toThrow("definitions/pipe.js: is neither a file nor a folder");
  });

  it("refuses links to nothing and links out of the project, of a file and of a whole folder", () => {
    symlinkSync("gone.js", join(project.dir, "definitions/x.js"));
    expect(() => readProjectFiles(project.dir)).toThrow("definitions/x.js: is a symbolic link to nothing");
    rmSync(join(project.dir, "definitions/x.js"));
    symlinkSync("/etc", join(project.dir, "assertions"));
    expect(() => readProjectFiles(project.dir)).toThrow("assertions: is a symbolic link that leaves the project");
  });

  it("takes 30 files in less than 10 ms", () => {
    for (let i = 0; i < 30; i++) project.write({ [`definitions/m${i}.sqlx`]: "select 1\n".repeat(200) });
    const times = Array.from({ length: 5 }, () => {
      const started = performance.now();
      readProjectFiles(project.dir);
      return performance.now() - started;
    });
    expect(Math.min(...times)).toBeLessThan(10);
  });
});

describe("inputsDigest", () => {
  const digest = (change: Partial<DigestInputs> = {}) =>
    inputsDigest({
      formatVersion: 1,
      coreHash: "b",
      runner: "r",
      overrides: {},
      files: readProjectFiles(project.dir).hashes,
      tracedFiles: hashTracedFiles(project.dir, ["lib/x.js"]),
      ...change,
    });

  it("is the same for the same project, wherever it stands and however its options are ordered", () => {
    expect(digest({ overrides: { vars: { a: "1", b: "2" }, schemaSuffix: "s" } })).toBe(
      digest({ overrides: { schemaSuffix: "s", vars: { b: "2", a: "1" } } }),
    );
    const before = digest();
    renameSync(project.dir, `${project.dir}-moved`);
    project = { ...project, dir: `${project.dir}-moved`, remove: () => rmSync(`${project.dir}`, { recursive: true }) };
    expect(digest()).toBe(before);
  });

  it("moves with everything that a compile can see", () => {
    const digests = [digest()];
    const change = (files: Record<string, string>) => {
      project.write(files);
      digests.push(digest());
    };
    change({ "definitions/a.sqlx": "select 2" });
    change({ "definitions/b.sqlx": "" });
    change({ "includes/data.json": "{}" });
    change({ "assertions/c.sqlx": "" });
    change({ "dataform.json": "{}" });
    change({ "package-lock.json": "{}" });
    change({ "lib/x.js": "" });
    renameSync(join(project.dir, "definitions/b.sqlx"), join(project.dir, "definitions/c.sqlx"));
    digests.push(digest());
    digests.push(digest({ coreHash: "c" }), digest({ formatVersion: 2 }), digest({ runner: "s" }));
    digests.push(digest({ overrides: { schemaSuffix: "x" } }), digest({ overrides: { tablePrefix: "x" } }));
    digests.push(digest({ overrides: { vars: { schemaSuffix: "x" } } }));
    expect(new Set(digests).size).toBe(digests.length);
  });

  it("does not move with anything else", () => {
    const before = digest();
    project.write({ "README.md": "", ".fastbreak/manifest.json": "{}", "dist/a.js": "", "docs/x.md": "" });
    mkdirSync(join(project.dir, "definitions/empty"));
    writeFileSync(join(project.dir, "definitions/.swp"), "");
    expect(digest()).toBe(before);
  });
});
