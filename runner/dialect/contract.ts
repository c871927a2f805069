import type { Span } from "../googlesql/contract.js";
import type { QueryLineage } from "../googlesql/lineage.js";
import type { Column } from "../port/sql-types.js";

/** A GoogleSQL query as DuckDB SQL. */
export interface TranslatedQuery {
  readonly sql: string;
  /** Output columns with GoogleSQL types, in order. */
  readonly columns: readonly Column[];
  /** The first column that the query gives no name, counted from 1. */
  readonly unnamed?: { readonly position: number; readonly span: Span } | undefined;
  /** What it reads, where that was asked for. */
  readonly lineage?: QueryLineage | undefined;
}
