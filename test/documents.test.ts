import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, extname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "./rig.js";

const CODE = new Set([".ts", ".js", ".mjs", ".cjs", ".sqlx", ".sql"]);
const OTHERS = new Set(["node_modules", "dist", "goldens"]);
const MARKDOWN_WIDTH = 120;

/** Every text file of the repository of one of the kinds, by its path. */
function files(isWanted: (extension: string) => boolean): string[] {
  const visit = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return OTHERS.has(entry.name) || entry.name.startsWith(".") ? [] : visit(path);
      return entry.isFile() && isWanted(extname(entry.name)) ? [path] : [];
    });
  return visit(ROOT);
}

/** `file:line: what` of everything that `find` finds in a line. */
function findings(paths: readonly string[], find: (line: string, path: string) => readonly string[]): string[] {
  return paths.flatMap((path) =>
    readFileSync(path, "utf8")
      .split("\n")
      .flatMap((line, index) => find(line, path).map((what) => `${relative(ROOT, path)}:${index + 1}: ${what}`)),
  );
}

/** Documents that a line cites. A name that is a whole string is data, such as a file of a made-up project. */
function cited(line: string): string[] {
  return [...line.matchAll(/(?<!["'`\w./:-])([\w.][\w./-]*\.md)\b/g)].flatMap(([, name]) => name ?? []);
}

describe("what a reader is sent to", () => {
  const all = files((extension) => CODE.has(extension) || extension === ".md");

  it("is in the repository: every document that a comment or another document names", () => {
    const missing = findings(all, (line, path) =>
      cited(line).filter((name) => !existsSync(join(ROOT, name)) && !existsSync(join(dirname(path), name))),
    );
    expect(missing).toEqual([]);
  });

  it("is named without numbers of sections, which move", () => {
    const numbered = findings(all, (line) => line.match(/\.md,? (?:section |§)?\d[\d.]*|design section|§ ?\d/g) ?? []);
    expect(numbered.filter((finding) => !finding.startsWith("test/documents.test.ts"))).toEqual([]);
  });
});

it("documents can be read in a terminal: no line is wider than 120 columns outside code", () => {
  const wide = files((extension) => extension === ".md").flatMap((path) => {
    let inCode = false;
    return readFileSync(path, "utf8")
      .split("\n")
      .flatMap((line, index) => {
        if (line.startsWith("```")) inCode = !inCode;
        const isWide = !inCode && line.length > MARKDOWN_WIDTH;
        return isWide ? [`${relative(ROOT, path)}:${index + 1}: ${line.length} columns`] : [];
      });
  });
  expect(wide).toEqual([]);
});
