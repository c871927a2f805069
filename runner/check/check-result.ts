import type { QueryLineage } from "../googlesql/lineage.js";
import type { ProjectText } from "../graph/locate.js";
import type { InferredTable } from "../infer/infer-sources.js";
import type { Column } from "../port/sql-types.js";
import type { ManifestAction } from "../project/manifest.js";

/** Something wrong with an action, or (`limit`) something that only the embedded engine refuses, at a character of one of its compiled texts or at a name in its configuration. */
export interface Finding {
  readonly action: ManifestAction;
  readonly severity: "error" | "limit";
  readonly message: string;
  readonly place:
    | { readonly kind: "compiled"; readonly compiled: ProjectText; readonly offset: number }
    | { readonly kind: "config"; readonly setting: string; readonly name: string };
}

/** An action that could not be looked at, with the reason. */
export interface Unchecked {
  readonly action: ManifestAction;
  readonly reason: string;
}

/** What checking finds out about a table or view. */
export interface CheckedRelation {
  readonly columns: readonly Column[];
  /** What its query reads; undefined: it is a source, made by an operation, or has errors. */
  readonly lineage: QueryLineage | undefined;
}

export interface CheckResult {
  readonly findings: readonly Finding[];
  readonly unchecked: readonly Unchecked[];
  readonly checked: number;
  /** Looks at one action again that has another text now, against what is known of all others. */
  again(action: ManifestAction): Promise<readonly Finding[]>;
  /** Sources, models and views whose columns are known, by `dataset.name`. */
  readonly relations: ReadonlyMap<string, CheckedRelation>;
}

/**
 * What exists outside of the project: columns of relations by `dataset.name`, texts of persistent functions, and the tables that are
 * not there, as the project's SQL uses them.
 */
export interface Surroundings {
  readonly relations: ReadonlyMap<string, readonly Column[]>;
  readonly routines: ReadonlyMap<string, string>;
  readonly inferred: readonly InferredTable[];
}
