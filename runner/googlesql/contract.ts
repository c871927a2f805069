import { EngineError } from "../port/engine-error.js";

/** Half-open character range `[start, end)` in the SQL text it was parsed from. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * A query that GoogleSQL rejects (`syntax`, `analysis`) or that the embedded engine does not support (`unsupported`).
 * The message is in BigQuery's own words where it has words; line and column are 1-based in the given SQL text.
 */
export class DialectError extends EngineError {
  override readonly name = "DialectError";
  constructor(
    readonly kind: "syntax" | "analysis" | "unsupported",
    message: string,
    readonly span: Span,
    override readonly line: number,
    override readonly column: number,
  ) {
    super("sql", message, { offset: span.start, line, column });
  }
}

/** One table named in a FROM clause (CTE names and array paths are not tables). */
export interface TableReference {
  /** `["project", "dataset", "table"]`, `["dataset", "table"]` or `["table"]`; backticks removed. */
  readonly path: readonly string[];
  /**
   * The path's own text, with the word before it in `TABLE path`. Replacing it by `(query)` is valid SQL, plus ` AS name` where
   * `implicitAlias` says so.
   */
  readonly span: Span;
  /**
   * The name under which the query sees the table when it gave no alias of its own; undefined: an alias follows already, or it is given
   * to a table function, which has its own name for it.
   */
  readonly implicitAlias: string | undefined;
  /** It is read as it was, or some rows of it: that is said of a table by its name alone, and nothing can stand in its place. */
  readonly isFixed?: true;
  readonly columns: ColumnsRead;
  /** Names, in lower case, of columns that are left out of what stars show of it, `* EXCEPT (a)`; no word stands for their values. */
  readonly leftOut?: readonly string[];
}

/**
 * Which columns of a table may make a difference. `named`: those that the text names. `carried`: a star gives them to what stands around,
 * which names those that it reads, be that in another text that reads this one as a view. `passed`: the same, and all of them where the
 * whole query is read. `all`: `*`, PIVOT, or the row itself as a value.
 */
export type ColumnsRead = "named" | "carried" | "passed" | "all";

/** An item of a SELECT list that counts where its name is read, and `passed` where the whole query is. */
export interface ListedNames {
  /** In lower case; undefined: nobody can name it. */
  readonly name: string | undefined;
  readonly passed: boolean;
  /** The words in it that can be names of columns, in lower case, sorted. */
  readonly names: readonly string[];
}

/** A call whose value differs between runs: CURRENT_TIMESTAMP(), RAND(), GENERATE_UUID(), SESSION_USER(), ... */
export interface VolatileCall {
  readonly functionName: string;
  readonly line: number;
  readonly column: number;
  /** The output column of the outermost SELECT list in which the call stands; undefined: anywhere else. */
  readonly outputColumn: string | undefined;
}

/** What can be known of a query without a catalog. */
export interface QueryScan {
  readonly tables: readonly TableReference[];
  readonly volatileCalls: readonly VolatileCall[];
  /** Every word of the text that can be the name of a column, those of `listed` aside, in lower case, sorted. */
  readonly names: readonly string[];
  readonly listed: readonly ListedNames[];
  /** Names, in lower case and sorted, that something else than a column of the name has somewhere in the query. */
  readonly computed: readonly string[];
  /** Functions it calls that are not GoogleSQL's, as they are written, each once. */
  readonly userCalls: readonly string[];
  readonly parts: readonly PartRead[];
}

/** Where a query may stop before the end of what there is. */
export interface PartRead {
  readonly by: "limit" | "value";
  /** What is limited, or what the value is taken from: names of tables, and of WITH queries. */
  readonly tables: readonly (readonly string[])[];
}

/** What a function or procedure of the user brings into whatever calls it. */
export interface FunctionScan {
  /** As declared: `f`, `ds.f`, `p.ds.f`. */
  readonly name: string;
  readonly temporary: boolean;
  readonly tables: readonly (readonly string[])[];
  /** Why two calls with the same arguments may differ; undefined: they may not. */
  readonly volatile: string | undefined;
  readonly userCalls: readonly string[];
  /** What a CALL of the procedure runs: one script or another; none: it is a function. */
  readonly bodies: readonly ScriptScan[];
}

/** What a script does to a relation that stays. */
export interface RelationWrite {
  readonly path: readonly string[];
  /** `makes`: its whole content comes from the script; `changes`: what it held before matters. */
  readonly does: "makes" | "changes" | "drops";
}

/** What can be known of a script without a catalog. */
export interface ScriptScan {
  /** Tables that its queries and expressions read, without those that it makes itself. */
  readonly tables: readonly (readonly string[])[];
  /** Names of volatile functions that it calls. */
  readonly volatileCalls: readonly string[];
  readonly userCalls: readonly string[];
  /** Functions and procedures that it creates. */
  readonly routines: readonly FunctionScan[];
  /** Relations that its statements make or change, temporary ones aside. */
  readonly writes: readonly RelationWrite[];
  /** Names of its temporary tables. */
  readonly temporaryTables: readonly string[];
  /** It declares variables, temporary functions or temporary tables, which the texts after it see. */
  readonly declares: boolean;
  /** Procedures that it calls, as it names them, each once. */
  readonly procedureCalls: readonly string[];
  /** It runs SQL that is not written in it, that of procedures aside. */
  readonly dynamic: boolean;
}
