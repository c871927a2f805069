import type { WindowSpec } from "../../googlesql/ast.js";
import type { Catalog } from "../../googlesql/catalog.js";
import type { Span } from "../../googlesql/contract.js";
import type { SqlType } from "../../port/sql-types.js";
import type { ColumnUse, LiteralValue, Typed } from "../types/typed.js";
import type { Asides } from "./asides.js";
import type { LineageRecorder, Origin } from "./lineage.js";

/** A column as a FROM clause provides it: how DuckDB reads it, and its static type. */
export interface ScopeColumn {
  /** Undefined: anonymous, only a star reaches it. */
  readonly name: string | undefined;
  readonly sql: string;
  readonly type: SqlType;
  /** Read by its name only: a star leaves it out. */
  readonly pseudo?: boolean | undefined;
}

/** A table alias: its columns, and for a value table (UNNEST) the value itself. */
export interface RangeVariable {
  readonly name: string;
  readonly columns: readonly ScopeColumn[];
  readonly value: { readonly sql: string; readonly type: SqlType } | undefined;
}

/** What a FROM clause makes visible. `columns` is in star order. */
export interface Visible {
  readonly columns: readonly ScopeColumn[];
  readonly ranges: readonly RangeVariable[];
}

export const NOTHING_VISIBLE: Visible = { columns: [], ranges: [] };

/** Names visible at one level of nesting. `owner` identifies the SELECT. */
export interface Scope extends Visible {
  readonly parent: Scope | undefined;
  readonly owner: object;
  /** SELECT-list aliases, where the clause may use them. */
  readonly aliases: ReadonlyMap<string, Typed> | undefined;
  /** Variables of WITH expressions, which hide all other names. */
  readonly variables?: ReadonlyMap<string, Typed> | undefined;
  /** In the arguments of aggregate and window functions they cannot be used. */
  readonly closesVariables?: boolean;
  /** DuckDB text of the grouping keys, once grouping is in force. */
  readonly groupKeys: ReadonlySet<string> | undefined;
  /** Grouping keys that are read as another text: with a collation, the value that stands for those of the group. */
  readonly groupedAs?: ReadonlyMap<string, string>;
  /** Grouping keys whose DuckDB text is not that of their expression. */
  readonly separateKeys?: ReadonlyMap<string, string>;
  /** Its columns have one value each: the variables of a script, constants given to a table function. */
  readonly isConstant?: boolean;
  /** Takes the DuckDB text of each column that is read, where somebody asks. */
  readonly reads?: Set<string>;
}

export interface OutputColumn {
  readonly name: string | undefined;
  /** The name by which DuckDB knows it. */
  readonly key: string;
  readonly type: SqlType;
  readonly literal: LiteralValue | undefined;
  readonly span: Span;
  /** What it is made of, where lineage is recorded. */
  readonly origin?: Origin | undefined;
}

/** What a query of a pipe passes on besides its columns. */
export interface Passed {
  /** Columns that are in no star, and their texts within the query. */
  readonly hidden: readonly (OutputColumn & { readonly sql: string })[];
  /** Names of its FROM clause, which go on standing for the rows as they were there. */
  readonly ranges: readonly PassedRange[];
  /** Columns of its FROM clause that are read by their names only. */
  readonly pseudo: readonly PassedColumn[];
}

export type PassedColumn = Pick<OutputColumn, "name" | "key" | "type"> & Pick<ScopeColumn, "pseudo">;

export interface PassedRange {
  readonly name: string;
  readonly columns: readonly PassedColumn[];
  readonly value: Pick<OutputColumn, "key" | "type"> | undefined;
}

/** A resolved query: DuckDB text and output columns. A value table has one column, the value. */
export interface ResolvedQuery {
  readonly sql: string;
  readonly columns: readonly OutputColumn[];
  readonly valueTable: boolean;
  /** The rows themselves, where the query is nothing but constants: SELECTs without FROM, joined by UNION ALL. */
  readonly rows?: readonly (readonly Typed[])[] | undefined;
  /** What decides which rows there are, where lineage is recorded. */
  readonly chosenBy?: Origin | undefined;
  /** Where it is asked for. */
  readonly passed?: Passed | undefined;
}

export interface CommonTableEntry {
  readonly sqlName: string;
  readonly columns: readonly OutputColumn[];
  readonly valueTable: boolean;
  readonly chosenBy?: Origin | undefined;
}

/** What stays the same over a whole statement. */
export class Environment {
  private aliases = 0;
  private readonly commonNames = new Set<string>();
  private readonly collectors: ColumnUse[][] = [];

  constructor(
    readonly catalog: Catalog,
    /** `reference`: with the language features that the reference implementation has and BigQuery switches off. */
    readonly shape: "bigquery" | "reference" = "bigquery",
    /** Undefined: nobody asks for lineage. */
    readonly lineage?: LineageRecorder,
  ) {}

  /**
   * Runs the resolution of a subquery and gives the columns of enclosing queries that it read: they count as uses of the
   * expression that holds the subquery. `work` is told in how many subqueries it stands.
   */
  collectOuterUses<T>(work: (depth: number) => T): { result: T; uses: readonly ColumnUse[] } {
    const uses: ColumnUse[] = [];
    this.collectors.push(uses);
    try {
      return { result: work(this.collectors.length), uses };
    } finally {
      this.collectors.pop();
    }
  }

  /** In how many subqueries of expressions the place that is being resolved stands. */
  get depth(): number {
    return this.collectors.length;
  }

  /** Records columns that were found outside the query that names them. */
  readOuter(uses: readonly ColumnUse[]): void {
    for (const collector of this.collectors) collector.push(...uses);
  }

  /**
   * A table alias used nowhere else in the statement, and of no column: DuckDB takes `t1.id` within a subquery for a field of a column `t1`
   * of its own table. No column of GoogleSQL has a `$` in its name.
   */
  freshAlias(): string {
    this.aliases += 1;
    return `t${this.aliases}$`;
  }

  /** A CTE name used nowhere else in the statement: nested WITH clauses may repeat names. */
  freshCommonName(name: string): string {
    let candidate = name;
    for (let n = 2; this.commonNames.has(candidate.toLowerCase()); n += 1) candidate = `${name}_${n}`;
    this.commonNames.add(candidate.toLowerCase());
    return candidate;
  }
}

export type CommonTables = ReadonlyMap<string, CommonTableEntry>;

/** Where an expression stands. */
export interface ExprContext {
  readonly env: Environment;
  readonly commons: CommonTables;
  readonly scope: Scope;
  /** For messages: `WHERE clause`, `SELECT list`, .. */
  readonly clause: string;
  readonly aggregates: "allowed" | "forbidden" | "inside aggregate";
  readonly windows: boolean;
  readonly namedWindows: ReadonlyMap<string, WindowSpec>;
  /** In a branch of CASE or its like: the DuckDB condition under which it is evaluated; undefined where that cannot be said in a subquery. */
  readonly branch?: () => string | undefined;
  /** DuckDB condition that restricts the rows of every aggregate (PIVOT). */
  readonly filter?: string;
  /** What takes aggregates, window calls and columns out of the expression. */
  readonly asides?: Asides | undefined;
}

export function emptyScope(parent: Scope | undefined): Scope {
  return { ...NOTHING_VISIBLE, parent, owner: {}, aliases: undefined, groupKeys: undefined };
}
