import { readdirSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../graph/user-error.js";
import { sha256 } from "../port/digest-text.js";
import { readTextInProject } from "../project/read-file.js";

/** The folder of a project's migrations. */
export const FOLDER = "migrations";

/** One migration of a project, as its file says it. */
export interface MigrationFile {
  readonly version: number;
  readonly name: string;
  /** `migrations/0001_name.sql` */
  readonly path: string;
  readonly template: string;
  readonly checksum: string;
  /** Rows of tables that are there may change: it says so in a line `-- fastbreak: changes rows`. */
  readonly changesRows: boolean;
  /** A second run would do something: it says so in a line `-- fastbreak: once`. */
  readonly once: boolean;
}

const FORM = /^(\d{4})_([a-z0-9_]+)\.sql$/;
const DIRECTIVES = ["changes rows", "once"];

/**
 * The migrations of a project in their order; none where it has no folder of them.
 * @throws UserError for a file of another name, a number that stands twice and a gap between numbers
 */
export function readMigrationFiles(projectDir: string): readonly MigrationFile[] {
  const names = namesIn(join(projectDir, FOLDER)).filter((name) => name.endsWith(".sql"));
  const odd = names.find((name) => !FORM.test(name));
  if (odd !== undefined)
    throw new UserError(
      `${FOLDER}/${odd}: a migration is called NNNN_name.sql, such as 0001_add_column.sql; rename it`,
    );
  const files = names.sort().map((name) => {
    const [, number = "", title = ""] = FORM.exec(name) ?? [];
    return { version: Number(number), name: title, path: `${FOLDER}/${name}` };
  });
  for (const [index, { version, path }] of files.entries()) {
    const before = files[index - 1];
    if (before?.version === version)
      throw new UserError(`${before.path} and ${path} have the same number; give one of them the next free one`);
    if (version !== index + 1)
      throw new UserError(
        `${path}: number ${numbered(index + 1)} is missing before it; migrations are numbered from 0001 without gaps`,
      );
  }
  return files.map((file) => {
    const template = (readTextInProject(projectDir, file.path) ?? "").replaceAll("\r\n", "\n");
    const said = directivesOf(template, file.path);
    return {
      ...file,
      template,
      checksum: sha256(template),
      changesRows: said.has("changes rows"),
      once: said.has("once"),
    };
  });
}

/** `0007` */
export function numbered(version: number): string {
  return String(version).padStart(4, "0");
}

function directivesOf(template: string, path: string): ReadonlySet<string> {
  const said = new Set<string>();
  template.split("\n").forEach((line, index) => {
    const directive = /^\s*--\s*fastbreak:\s*(.*?)\s*$/.exec(line)?.[1];
    if (directive === undefined) return;
    if (!DIRECTIVES.includes(directive))
      throw new UserError(
        `${path}:${index + 1}: "fastbreak: ${directive}" is not known; known: ${DIRECTIVES.join(", ")}`,
      );
    said.add(directive);
  });
  return said;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw cause;
  }
}
