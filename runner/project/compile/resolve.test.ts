import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ModuleResolver } from "./resolve.js";

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "fastbreak-resolve-")));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const FILES = [
  "index.js",
  "includes/index.js",
  "includes/x.js",
  "definitions/deep/a.js",
  "node_modules/pkg/lib/index.js",
];

it.each<[string, string, string | undefined]>([
  ["definitions", "../", "index.js"],
  ["definitions/deep", "../../", "index.js"],
  ["definitions/deep", "../../includes", "includes/index.js"],
  ["definitions/deep", "../../includes/", "includes/index.js"],
  ["includes", "./", "includes/index.js"],
  // Without a slash it is a bare name: the nearest folder on the way up that has an index.
  ["definitions/deep", "..", "index.js"],
  ["includes", "..", "includes/index.js"],
  ["node_modules/pkg/lib", "..", "node_modules/pkg/lib/index.js"],
  ["definitions", ".", undefined],
  ["definitions", "../..", undefined],
  ["definitions", "../../", undefined],
])("from %s, %s is %s", (from, id, expected) => {
  for (const file of FILES) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), "");
  }
  const found = new ModuleResolver([root]).resolve(join(root, from), id);
  expect(found).toBe(expected === undefined ? undefined : join(root, expected));
});
