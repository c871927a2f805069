import { sha256 } from "../port/digest-text.js";
import type { CompiledGraph } from "./compile/graph-shape.js";
import type { FileHashes } from "./files.js";
import type { ManifestAction } from "./manifest.js";

export interface CodeHashInputs {
  readonly formatVersion: number;
  /** SHA-256 over the files of @dataform/core. */
  readonly coreHash: string;
  /** The resolved settings of the project; of its `vars` only those in `sources` count. */
  readonly projectConfig: CompiledGraph["projectConfig"];
  readonly files: FileHashes;
}

type CodeIdentity = Pick<ManifestAction, "key" | "type" | "dependencies" | "sources">;

/**
 * Hash of the sources that decide one action: its own file and every file it read, the variables it read, the project's
 * settings, core and what its references resolve to.
 */
export function codeHash(action: CodeIdentity, inputs: CodeHashInputs): string {
  const { vars, ...settings } = inputs.projectConfig;
  const varNames = action.sources.vars.includes("*") ? Object.keys(vars).sort() : action.sources.vars;
  return hashOf([
    inputs.formatVersion,
    inputs.coreHash,
    action.key,
    action.type,
    settings,
    action.sources.files.map((path) => [path, inputs.files.get(path) ?? "absent"]),
    varNames.map((name) => [name, vars[name] ?? null]),
    action.dependencies,
  ]);
}

/** What is built, apart from SQL, that no field of `ManifestAction` says: options, strategies, policies. */
export type BuildOptions = Readonly<Record<string, unknown>>;

/**
 * Hash of what the warehouse is asked to build. Comments, whitespace, descriptions, tags, and labels that the runner does not
 * read change nothing of it.
 */
export function compiledHash(
  action: Omit<ManifestAction, "codeHash" | "compiledHash">,
  options: BuildOptions,
  canonicalText: (sql: string) => string,
): string {
  const canonical = (sql: string | undefined) => (sql === undefined ? null : canonicalOrTrimmed(sql, canonicalText));
  return hashOf([
    action.key,
    action.target.database,
    action.type,
    canonical(action.query),
    canonical(action.expectedQuery),
    canonical(action.incremental?.query),
    action.incremental?.preOps.map(canonical) ?? [],
    action.incremental?.postOps.map(canonical) ?? [],
    action.accumulating,
    action.strategy,
    action.rowHash ?? null,
    action.preOps.map(canonical),
    action.postOps.map(canonical),
    action.operations.map(canonical),
    action.partitionColumn ?? null,
    action.partitionExpression ?? null,
    action.clusterBy,
    action.uniqueKey,
    action.lookback,
    action.rowColumns,
    options,
  ]);
}

function canonicalOrTrimmed(sql: string, canonicalText: (sql: string) => string): string {
  try {
    return canonicalText(sql);
  } catch {
    return sql.trim();
  }
}

function hashOf(value: unknown): string {
  return sha256(JSON.stringify(sortKeys(value)));
}

/** The same value with the keys of every object in order, so that equal values have equal text. */
function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]));
}
