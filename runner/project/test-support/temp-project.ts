import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { SqlScanner } from "../build-manifest.js";
import { REPOSITORY } from "./compile-child.js";

export interface TempProject {
  readonly dir: string;
  write(files: Readonly<Record<string, string>>): void;
  remove(): void;
}

const SETTINGS = JSON.stringify({ defaultDatabase: "proj", defaultSchema: "d", assertionSchema: "checks" });

/**
 * A Dataform project in a temporary folder.
 *
 * @param core how @dataform/core gets there: a link to the repository's packages, or a copy, which the stock CLI asks for
 * @param copied the package to copy
 */
export function tempProject(
  files: Readonly<Record<string, string>>,
  core: "link" | "copy" = "link",
  copied = join(REPOSITORY, "node_modules", "@dataform", "core"),
): TempProject {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "fastbreak-project-")));
  const write = (contents: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(contents)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), text);
    }
  };
  const hasSettings = "dataform.json" in files || "workflow_settings.yaml" in files;
  write({ ...(hasSettings ? {} : { "dataform.json": SETTINGS }), "package.json": "{}", ...files });
  const installed = join(REPOSITORY, "node_modules");
  if (core === "link") {
    symlinkSync(installed, join(dir, "node_modules"));
  } else {
    cpSync(copied, join(dir, "node_modules", "@dataform", "core"), { recursive: true });
  }
  return { dir, write, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** Finds three-part names in backticks and knows comments and whitespace; enough SQL for tests of everything around it. */
export const fakeScanner: SqlScanner = {
  scanQuery(sql) {
    const broken = sql.indexOf("@@broken@@");
    if (broken >= 0)
      throw Object.assign(new Error("Syntax error: @@broken@@"), { span: { start: broken, end: broken + 10 } });
    const tables = [...sql.matchAll(/`([^`]+)`/g)].map((match) => ({
      path: (match[1] ?? "").split("."),
      span: { start: match.index, end: match.index + match[0].length },
      implicitAlias: (match[1] ?? "").split(".").at(-1),
      columns: "all" as const,
    }));
    return { tables, volatileCalls: [], userCalls: [], names: [], listed: [], computed: [], parts: [] };
  },
  scanScript: () => ({
    tables: [],
    volatileCalls: [],
    userCalls: [],
    routines: [],
    writes: [],
    temporaryTables: [],
    declares: false,
    procedureCalls: [],
    dynamic: false,
  }),
  canonicalText: (sql) =>
    sql
      .replace(/--.*|\/\*[\s\S]*?\*\//g, " ")
      .replace(/\s+/g, " ")
      .trim(),
};
