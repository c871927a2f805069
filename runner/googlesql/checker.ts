import type { Column } from "../port/sql-types.js";
import type { Catalog } from "./catalog.js";
import type { DialectError, Span } from "./contract.js";
import type { QueryLineage } from "./lineage.js";

/** Everything wrong with one query. */
export interface Diagnosis {
  readonly errors: readonly DialectError[];
  /** Output columns as far as they are known; undefined: the errors leave them unknown. */
  readonly columns: readonly Column[] | undefined;
  /** Output columns, in lower case, whose type is a guess because an error stands behind them. */
  readonly suspects: ReadonlySet<string>;
  /** The first output column without a name, which a table or view cannot have. */
  readonly unnamed?: { readonly position: number; readonly span: Span } | undefined;
  /** What the query reads; undefined: it has errors, or the checker does not know. */
  readonly lineage?: QueryLineage | undefined;
}

/** What is wrong with a script, and the relations that it leaves behind. */
export interface ScriptDiagnosis {
  readonly errors: readonly DialectError[];
  /** Tables and views that its statements create, by `dataset.name`. */
  readonly created: ReadonlyMap<string, readonly Column[]>;
}

/** What the texts of one script have declared so far; only its checker looks inside. */
export interface CheckScope {
  /** Nothing is declared. */
  readonly isEmpty: boolean;
}

/** Finds everything wrong with a text without running it. */
export interface SqlChecker {
  /** A scope in which nothing is declared. */
  scope(): CheckScope;
  /** @param suspects columns of the tables it reads, in lower case, whose types are not certain */
  query(
    sql: string,
    catalog: Catalog,
    suspects: ReadonlySet<string>,
    scope: CheckScope,
  ): Diagnosis | Promise<Diagnosis>;
  script(sql: string, catalog: Catalog, scope: CheckScope): ScriptDiagnosis | Promise<ScriptDiagnosis>;
}
