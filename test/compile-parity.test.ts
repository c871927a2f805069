import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cachedCore } from "../runner/project/core-cache.js";
import { buildCompileChild, REPOSITORY } from "../runner/project/test-support/compile-child.js";
import { type TempProject, tempProject } from "../runner/project/test-support/temp-project.js";
import { CASES, type Case, ownGraph, stockGraph } from "./compile-cases.js";

let childPath: string;
beforeAll(() => {
  childPath = buildCompileChild();
});
const projects: TempProject[] = [];
afterAll(() => {
  for (const project of projects) project.remove();
});

describe("our compile gives the graph of the stock CLI, field by field", () => {
  it.each(Object.entries(CASES))("%s", async (_name, { files, overrides, cliFlags }) => {
    const project = tempProject(files, "copy");
    projects.push(project);
    const [own, stock] = await Promise.all([
      ownGraph(project.dir, overrides, childPath),
      stockGraph(project.dir, cliFlags),
    ]);
    expect((stock as { targets: unknown[] }).targets.length).toBeGreaterThan(1);
    expect(own).toEqual(stock);
  });

  it("for this repository's own project, where the compiler lies inside the project", async () => {
    const inside = join(REPOSITORY, "dist/compile-child.js");
    const [own, stock] = await Promise.all([ownGraph(REPOSITORY, undefined, inside), stockGraph(REPOSITORY)]);
    expect(own).toEqual(stock);
  });
});

/**
 * Releases of which core could not yet be asked for the current file, and the first that could. The newest is the one above. Not every
 * registry has 3.0.42: those beside it are compared, too.
 */
const RELEASES = ["3.0.0", "3.0.22", "3.0.36", "3.0.42", "3.0.50", "3.0.52", "3.0.59"];
const CACHE = join(REPOSITORY, "node_modules/.cache/fastbreak-tests/core");
/** The kinds whose code differs between releases, in as few projects as they fit in; the others are compared with the newest only. */
const OF_EVERY_RELEASE: [string, Case][] = [
  ["tables, JavaScript and notebooks", { files: filesOf("tables", "JavaScript", "notebooks") }],
  ["compile errors", { files: filesOf("compile errors") }],
];

function filesOf(...beginnings: readonly string[]): Case["files"] {
  const chosen = Object.entries(CASES).filter(([name]) => beginnings.some((beginning) => name.startsWith(beginning)));
  const files = chosen.flatMap(([, { files }]) => Object.entries(files));
  if (new Set(files.map(([path]) => path)).size < files.length) throw new Error("two cases have a file of one name");
  return Object.fromEntries(files);
}

describe.each(RELEASES)("with @dataform/core %s", (version) => {
  let core: string | undefined;
  let missing = "";
  beforeAll(async () => {
    try {
      core = await cachedCore({ version, file: "this test", line: undefined }, CACHE);
    } catch (error) {
      missing = (error as Error).message;
    }
  });

  it.for(OF_EVERY_RELEASE)("%s", async ([, { files }], { skip }) => {
    if (core === undefined) return skip(missing);
    const project = tempProject(files, "copy", core);
    projects.push(project);
    const [own, stock] = await Promise.all([ownGraph(project.dir, undefined, childPath), stockGraph(project.dir)]);
    expect(own).toEqual(stock);
  });
});
