import { UserError } from "../graph/user-error.js";
import type { MigrationFile } from "./migration-files.js";

/** What the templates of migrations may name. */
export interface MigrationNames {
  /** The project (database) that names without one belong to. */
  readonly project: string;
  /** `_dev`, or nothing: what stands behind every dataset. */
  readonly suffix: string;
  /** Dataset of the runner's own tables. */
  readonly stateDataset: string;
}

/**
 * The SQL of a migration: `{{project}}`, `{{suffix}}`, `{{stateDataset}}` and `{{dataset "name"}}`, which is the name with the suffix.
 * @throws UserError at the line of what is not known
 */
export async function renderMigration({ template, path }: MigrationFile, names: MigrationNames): Promise<string> {
  const { default: Handlebars } = await import("handlebars");
  const own = Handlebars.create();
  own.registerHelper("dataset", (name: unknown) => `${String(name)}${names.suffix}`);
  try {
    return own.compile(template, { noEscape: true, strict: true, knownHelpersOnly: false })(names);
  } catch (cause) {
    throw new UserError(`${path}:${problemOf(cause)}`);
  }
}

const KNOWN = 'known: {{project}}, {{suffix}}, {{stateDataset}}, {{dataset "NAME"}}';

function problemOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const [, unknown, line, column] = /^"(.+?)" not defined in .* - (\d+):(\d+)$/s.exec(message) ?? [];
  if (unknown !== undefined) return `${line}:${Number(column) + 1}: {{${unknown}}} is not known; ${KNOWN}`;
  const helper = /^Missing helper: "(.+?)"/.exec(message)?.[1];
  if (helper !== undefined) return ` {{${helper} ...}} is not known; ${KNOWN}`;
  const parse = /^Parse error on line (\d+):/.exec(message)?.[1];
  if (parse !== undefined) return `${parse}: the template cannot be read; ${KNOWN}`;
  return ` ${message.split("\n", 1)[0]}`;
}
