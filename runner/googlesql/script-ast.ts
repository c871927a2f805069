import type {
  ColumnDefinition,
  Expr,
  ForeignKeyNode,
  FromItem,
  Identifier,
  PathNode,
  Query,
  Statement,
  TypeNode,
} from "./ast.js";
import type { Span } from "./contract.js";

/** `a = 1`, `t.a = 1`, `a.field = 1`. */
export interface Assignment {
  readonly path: readonly Identifier[];
  readonly value: Expr | "DEFAULT";
}

export interface MergeClause extends Span {
  readonly when: "MATCHED" | "NOT MATCHED BY TARGET" | "NOT MATCHED BY SOURCE";
  readonly condition: Expr | undefined;
  readonly action:
    | { readonly kind: "delete" }
    | { readonly kind: "update"; readonly set: readonly Assignment[] }
    /** `values` undefined: INSERT ROW. */
    | {
        readonly kind: "insert";
        readonly columns: readonly Identifier[];
        readonly values: readonly (Expr | "DEFAULT")[] | undefined;
      };
}

export interface RoutineParameter {
  readonly name: Identifier;
  /** Undefined: ANY TYPE. */
  readonly type: TypeNode | undefined;
  readonly mode: "IN" | "OUT" | "INOUT";
  /** Of a table function, `TABLE<..>`: the columns that a table must have; undefined: it is a value. */
  readonly columns?: readonly { readonly name: Identifier; readonly type: TypeNode }[];
  /** Of an aggregate function, NOT AGGREGATE: the same for all rows. */
  readonly isConstant?: boolean;
}

/** What a function computes: an expression over its parameters, or the text of a JavaScript function's body. */
export type FunctionBody =
  | { readonly language: "sql"; readonly expr: Expr }
  | { readonly language: "js"; readonly code: string; readonly codeSpan: Span; readonly deterministic: boolean };

/** One of OPTIONS, with the place of its value: it is nothing that a statement computes with. */
export interface StatementOption extends Span {
  /** In lower case. */
  readonly name: string;
}

export type TableChange = Span &
  (
    | { readonly kind: "dropColumn"; readonly name: Identifier; readonly ifExists: boolean }
    | { readonly kind: "renameColumn"; readonly name: Identifier; readonly to: Identifier; readonly ifExists: boolean }
    | { readonly kind: "renameTable"; readonly to: Identifier }
    | { readonly kind: "setType"; readonly name: Identifier; readonly ifExists: boolean; readonly type: TypeNode }
    | {
        readonly kind: "setDefault";
        readonly name: Identifier;
        readonly ifExists: boolean;
        readonly value: Expr | undefined;
      }
    | { readonly kind: "dropNotNull"; readonly name: Identifier; readonly ifExists: boolean }
    | { readonly kind: "addPrimaryKey"; readonly columns: readonly Identifier[] }
    | { readonly kind: "setDefaultCollation"; readonly isCollated: boolean }
    | { readonly kind: "dropPrimaryKey"; readonly ifExists: boolean }
    | { readonly kind: "addForeignKey"; readonly key: ForeignKeyNode }
    | { readonly kind: "dropConstraint"; readonly name: Identifier; readonly ifExists: boolean }
    /** OPTIONS: description and layout, nothing that changes rows. */
    | {
        readonly kind: "options";
        /** Of the table where there is none. */
        readonly column: Identifier | undefined;
        readonly ifExists: boolean;
        readonly options: readonly StatementOption[];
      }
  );

/** Statements besides queries and the plain DDL and DML of ast.ts. */
export type FurtherStatement =
  | (Span & { readonly kind: "truncate"; readonly path: PathNode })
  | (Span & {
      readonly kind: "merge";
      readonly path: PathNode;
      readonly alias: Identifier | undefined;
      readonly source: FromItem;
      readonly on: Expr;
      readonly clauses: readonly MergeClause[];
    })
  | (Span & {
      readonly kind: "changeTable";
      readonly path: PathNode;
      readonly ifExists: boolean;
      readonly changes: readonly TableChange[];
    })
  | (Span & {
      readonly kind: "alterOptions";
      /** SET DEFAULT COLLATE of a dataset. */
      readonly isCollated: boolean | undefined;
      readonly object: "VIEW" | "SCHEMA";
      readonly path: PathNode;
      readonly ifExists: boolean;
      readonly options: readonly StatementOption[];
      /** Columns of a view of which it says something. */
      readonly columns: readonly { readonly name: Identifier; readonly options: readonly StatementOption[] }[];
    })
  | (Span & {
      readonly kind: "copyTable";
      readonly path: PathNode;
      readonly orReplace: boolean;
      readonly ifNotExists: boolean;
      readonly from: PathNode;
      /** Of FOR SYSTEM_TIME AS OF: the rows as they were. */
      readonly systemTime?: Expr | undefined;
      readonly withRows: boolean;
      /** Of LIKE: the rows that it has instead. */
      readonly query?: Query | undefined;
      readonly options: readonly StatementOption[];
      /** CREATE SNAPSHOT TABLE: rows that nobody changes. */
      readonly isSnapshot: boolean;
      /** CLONE, which tells later what it was made of; a COPY does not. */
      readonly isClone: boolean;
    })
  | (Span & {
      readonly kind: "createExternalTable";
      /** Where EXTERNAL stands. */
      readonly keyword: Span;
      readonly path: PathNode;
      readonly orReplace: boolean;
      readonly ifNotExists: boolean;
      /** None: the files tell. */
      readonly columns: readonly ColumnDefinition[];
      readonly options: readonly StatementOption[];
    })
  | (Span & {
      readonly kind: "exportData";
      readonly options: readonly StatementOption[];
      readonly query: Query;
    })
  | (Span & {
      readonly kind: "createRowAccessPolicy";
      readonly name: Identifier;
      /** The table whose rows it opens. */
      readonly path: PathNode;
      readonly orReplace: boolean;
      readonly ifNotExists: boolean;
      /** As `user:somebody@example.com`. */
      readonly grantees: readonly string[];
      readonly filter: Expr;
    })
  | (Span & {
      readonly kind: "dropRowAccessPolicy";
      /** Undefined: all of the table. */
      readonly name: Identifier | undefined;
      readonly path: PathNode;
      readonly ifExists: boolean;
    })
  | (Span & {
      readonly kind: "createFunction";
      readonly isAggregate: boolean;
      readonly path: PathNode;
      readonly temporary: boolean;
      readonly orReplace: boolean;
      readonly ifNotExists: boolean;
      readonly parameters: readonly RoutineParameter[];
      readonly returns: TypeNode | undefined;
      readonly body: FunctionBody;
      readonly options: readonly StatementOption[];
    })
  | (Span & {
      readonly kind: "createTableFunction";
      readonly path: PathNode;
      readonly orReplace: boolean;
      readonly ifNotExists: boolean;
      readonly parameters: readonly RoutineParameter[];
      /** `RETURNS TABLE<..>`. */
      readonly returns: readonly { readonly name: Identifier; readonly type: TypeNode }[] | undefined;
      readonly query: Query;
      readonly options: readonly StatementOption[];
    })
  | (Span & {
      readonly kind: "createProcedure";
      readonly path: PathNode;
      readonly orReplace: boolean;
      readonly ifNotExists: boolean;
      readonly parameters: readonly RoutineParameter[];
      readonly options: readonly StatementOption[];
      /** Where BEGIN stands. */
      readonly bodyStart: number;
      readonly body: readonly ScriptStatement[];
    })
  | (Span & {
      readonly kind: "dropRoutine";
      readonly object: "FUNCTION" | "TABLE FUNCTION" | "PROCEDURE";
      readonly path: PathNode;
      readonly ifExists: boolean;
    })
  | (Span & {
      readonly kind: "loadData";
      readonly path: PathNode;
      readonly overwrite: boolean;
      readonly columns: readonly ColumnDefinition[];
      readonly partitionBy: Expr | undefined;
      readonly clusterBy: readonly Expr[];
      /** Of the table. */
      readonly tableOptions: readonly StatementOption[];
      readonly options: readonly LoadOption[];
      readonly further: LoadClauses;
    })
  | (Span & { readonly kind: "assert"; readonly condition: Expr; readonly message: string | undefined });

/** What LOAD DATA says besides, and the embedded engine does not carry out by itself. */
export interface LoadClauses {
  readonly temporary: Span | undefined;
  /** PARTITIONS (column = value). */
  readonly partition:
    | (Span & { readonly overwrite: boolean; readonly column: Identifier; readonly value: Expr })
    | undefined;
  /** WITH PARTITION COLUMNS; none: the paths of the files tell them. */
  readonly pathColumns: (Span & { readonly columns: readonly ColumnDefinition[] }) | undefined;
  readonly connection: Span | undefined;
}

/** `name = value` of FROM FILES, at the place of the value. */
export interface LoadOption extends Span {
  /** In lower case. */
  readonly name: Identifier;
  /** NULL: as if it were not there. */
  readonly value: Expr;
}

/** One step of a script. */
export type ScriptStatement =
  | Statement
  | (Span & {
      readonly kind: "declare";
      readonly names: readonly Identifier[];
      readonly type: TypeNode | undefined;
      readonly value: Expr | undefined;
    })
  | (Span & {
      readonly kind: "set";
      readonly targets: readonly Identifier[];
      /** `SET (a) = ..`, which may take its value from a STRUCT. */
      readonly isTuple: boolean;
      readonly value: Expr;
    })
  | (Span & {
      readonly kind: "if";
      readonly branches: readonly { readonly condition: Expr; readonly body: readonly ScriptStatement[] }[];
      readonly otherwise: readonly ScriptStatement[];
    })
  | (Span & { readonly kind: "loop"; readonly label: string | undefined; readonly body: readonly ScriptStatement[] })
  | (Span & {
      readonly kind: "while" | "repeat";
      readonly label: string | undefined;
      readonly condition: Expr;
      readonly body: readonly ScriptStatement[];
    })
  | (Span & {
      readonly kind: "for";
      readonly label: string | undefined;
      readonly variable: Identifier;
      readonly query: Query;
      readonly body: readonly ScriptStatement[];
    })
  | (Span & {
      readonly kind: "block";
      readonly label: string | undefined;
      readonly body: readonly ScriptStatement[];
      /** Undefined: the block has no EXCEPTION part. */
      readonly handler: readonly ScriptStatement[] | undefined;
    })
  | (Span & { readonly kind: "raise"; readonly message: Expr | undefined })
  | (Span & { readonly kind: "call"; readonly path: PathNode; readonly args: readonly Expr[] })
  | (Span & {
      readonly kind: "execute";
      readonly sql: Expr;
      readonly into: readonly Identifier[];
      readonly using: readonly { readonly name: Identifier | undefined; readonly value: Expr }[];
    })
  | (Span & { readonly kind: "transaction"; readonly verb: "BEGIN" | "COMMIT" | "ROLLBACK" })
  | (Span & { readonly kind: "leave" | "iterate"; readonly label: string | undefined })
  | (Span & { readonly kind: "return" });
