import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { commandsDoc } from "../runner/commands/arguments/commands-doc.js";
import { parseArguments } from "../runner/commands/arguments/parse.js";
import { commandNamed } from "../runner/commands/registry.js";
import { ROOT } from "./rig.js";

const DOCS = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".md") && !name.startsWith("api/"))
  .map((name) => join(ROOT, "docs", name));
const ALL = [
  ...DOCS,
  ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"].map((name) => join(ROOT, name)),
];

/** The lines of a document with whether they stand in a block of code. */
function linesOf(file: string): readonly { readonly text: string; readonly isCode: boolean; readonly at: string }[] {
  let isCode = false;
  return readFileSync(file, "utf8")
    .split("\n")
    .map((text, index) => {
      if (text.startsWith("```")) isCode = !isCode;
      return { text, isCode, at: `${relative(ROOT, file)}:${index + 1}` };
    });
}

/** The anchors of a document: its headings as the site and GitHub write them. */
function anchorsOf(file: string): ReadonlySet<string> {
  const headings = linesOf(file).flatMap(({ text, isCode }) => (isCode ? [] : (/^#+ (.*)$/.exec(text)?.[1] ?? [])));
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, "")
        .trim()
        .replaceAll(" ", "-"),
    ),
  );
}

describe("the documents", () => {
  it("lead nowhere in vain: every link is to a file, and an anchor in it, that is there", () => {
    const dead = ALL.flatMap((file) =>
      linesOf(file).flatMap(({ text, isCode, at }) => {
        if (isCode) return [];
        return [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(([, path = "", anchor]) => {
          const target = path === "" ? file : join(dirname(file), path);
          if (!existsSync(target)) return [`${at}: ${path} is not there`];
          return anchor === undefined || anchorsOf(target).has(anchor) ? [] : [`${at}: ${path}#${anchor} is not there`];
        });
      }),
    );
    expect(dead).toEqual([]);
  });

  it("show commands that the command line understands", async () => {
    const shown = ALL.filter((file) => !file.endsWith("commands.md")).flatMap((file) =>
      linesOf(file).flatMap(({ text, isCode, at }) => {
        const line = /^(?:\$ )?(?:node bin\/fastbreak\.cjs|fastbreak) (.*)$/.exec(text)?.[1];
        // A text that goes on in the next line cannot be told apart here.
        const isWhole = (line?.split('"').length ?? 0) % 2 === 1;
        return isCode && line !== undefined && isWhole ? [{ at, words: shellWords(line) }] : [];
      }),
    );
    expect(shown.length).toBeGreaterThan(50);
    const wrong: string[] = [];
    for (const { at, words } of shown) {
      const [name = "", ...args] = words;
      const entry = commandNamed(name);
      if (entry === undefined) wrong.push(`${at}: no command ${name}`);
      else {
        const { command } = await entry.load();
        await parseArguments(name, entry.summary, command, args).catch((cause: Error) =>
          wrong.push(`${at}: ${cause.message}`),
        );
      }
    }
    expect(wrong).toEqual([]);
  });

  it("list the commands as they are: npm run docs:commands writes them", async () => {
    expect(readFileSync(join(ROOT, "docs/commands.md"), "utf8")).toBe(await commandsDoc());
  });

  it("are all found in the site", () => {
    const config = readFileSync(join(ROOT, "docs/.vitepress/config.mjs"), "utf8");
    const names = DOCS.map((file) => relative(join(ROOT, "docs"), file).replace(/\.md$/, "")).filter(
      (name) => name !== "index",
    );
    expect(names.filter((name) => !config.includes(`link: "/${name}"`))).toEqual([]);
  });
});

/** The words of a line as a shell takes them apart; what is behind a comment, a pipe or a redirection is left out. */
function shellWords(line: string): string[] {
  const words: string[] = [];
  for (const [, double, single, plain] of line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)) {
    if (plain !== undefined && /^(?:#|\||>|&|;)/.test(plain)) break;
    words.push(double ?? single ?? plain ?? "");
  }
  return words;
}
