import type { Span } from "./contract.js";
import type { Assignment, FurtherStatement, StatementOption } from "./script-ast.js";

/** A name as written (backticks removed). */
export interface Identifier extends Span {
  readonly name: string;
}

export type TypeNode = Span &
  (
    | { readonly kind: "scalarType"; readonly name: string; readonly parameters: readonly string[] }
    | { readonly kind: "arrayType"; readonly element: TypeNode }
    | { readonly kind: "structType"; readonly fields: readonly StructFieldNode[] }
  );

export interface StructFieldNode {
  readonly name: string | undefined;
  readonly type: TypeNode;
  /** Of a column's type. */
  readonly options?: readonly StatementOption[] | undefined;
  /** What is said of a field in a column's type that only whole columns keep. */
  readonly ofColumns?: (Span & { readonly what: "NOT NULL" | "COLLATE" }) | undefined;
}

export type BinaryOperator =
  | "+"
  | "-"
  | "*"
  | "/"
  | "||"
  | "<<"
  | ">>"
  | "&"
  | "^"
  | "|"
  | "="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "AND"
  | "OR";

export type SubscriptMode = "OFFSET" | "ORDINAL" | "SAFE_OFFSET" | "SAFE_ORDINAL" | "PLAIN";

/** The window of a call with OVER: a name, or a specification (that may extend a named one). */
export interface WindowSpec extends Span {
  readonly base: Identifier | undefined;
  readonly partitionBy: readonly Expr[];
  readonly orderBy: readonly OrderItem[];
  readonly frame: WindowFrame | undefined;
}

export type FrameBound = Span &
  (
    | { readonly kind: "UNBOUNDED PRECEDING" | "UNBOUNDED FOLLOWING" | "CURRENT ROW" }
    | { readonly kind: "PRECEDING" | "FOLLOWING"; readonly offset: Expr }
  );

export interface WindowFrame extends Span {
  readonly unit: "ROWS" | "RANGE";
  readonly from: FrameBound;
  readonly to: FrameBound;
}

export interface OrderItem extends Span {
  readonly expr: Expr;
  readonly descending: boolean;
  readonly nulls: "FIRST" | "LAST" | undefined;
}

export interface CallArgument {
  readonly name: Identifier | undefined;
  readonly value: Expr;
}

export interface CallExpr extends Span {
  readonly kind: "call";
  /** Upper-case dotted name: `SUM`, `NET.HOST`, `KEYS.NEW_KEYSET`; `SAFE.` is taken off into `safe`. */
  readonly name: string;
  readonly nameSpan: Span;
  readonly safe: boolean;
  readonly args: readonly CallArgument[];
  /** `COUNT(*)`. */
  readonly star: boolean;
  readonly distinct: boolean;
  readonly nulls: "IGNORE" | "RESPECT" | undefined;
  /** `SUM(x WHERE condition)`. */
  readonly where: Expr | undefined;
  readonly having: { readonly extreme: "MAX" | "MIN"; readonly expr: Expr } | undefined;
  readonly orderBy: readonly OrderItem[];
  readonly limit: Expr | undefined;
  readonly over: WindowSpec | undefined;
}

export type Expr =
  | (Span & { readonly kind: "null" })
  | (Span & { readonly kind: "bool"; readonly value: boolean })
  | (Span & { readonly kind: "integer" | "float" | "string" | "bytes"; readonly value: string })
  | (Span & { readonly kind: "typedLiteral"; readonly type: string; readonly value: string })
  | (Span & {
      readonly kind: "interval";
      readonly value: Expr;
      readonly part: string;
      readonly toPart: string | undefined;
    })
  | (Span & { readonly kind: "path"; readonly parts: readonly Identifier[] })
  | (Span & { readonly kind: "field"; readonly target: Expr; readonly field: Identifier })
  | (Span & { readonly kind: "subscript"; readonly target: Expr; readonly mode: SubscriptMode; readonly index: Expr })
  | (Span & { readonly kind: "unary"; readonly op: "-" | "+" | "~" | "NOT"; readonly operand: Expr })
  | (Span & { readonly kind: "binary"; readonly op: BinaryOperator; readonly left: Expr; readonly right: Expr })
  | (Span & {
      readonly kind: "between";
      readonly negated: boolean;
      readonly value: Expr;
      readonly low: Expr;
      readonly high: Expr;
    })
  | (Span & { readonly kind: "in"; readonly negated: boolean; readonly value: Expr; readonly set: InSet })
  | (Span & {
      readonly kind: "like";
      readonly negated: boolean;
      readonly value: Expr;
      readonly quantifier: "ANY" | "ALL" | undefined;
      /** A list of patterns, or an array of them. */
      readonly patterns: readonly Expr[] | { readonly array: Expr };
    })
  | (Span & {
      readonly kind: "is";
      readonly negated: boolean;
      readonly value: Expr;
      readonly test: "NULL" | "TRUE" | "FALSE" | "UNKNOWN";
    })
  | (Span & { readonly kind: "isDistinct"; readonly negated: boolean; readonly left: Expr; readonly right: Expr })
  | (Span & {
      readonly kind: "case";
      readonly operand: Expr | undefined;
      readonly branches: readonly { readonly when: Expr; readonly result: Expr }[];
      readonly otherwise: Expr | undefined;
    })
  | (Span & {
      readonly kind: "cast";
      readonly safe: boolean;
      readonly value: Expr;
      readonly type: TypeNode;
      readonly format: Expr | undefined;
      readonly zone: Expr | undefined;
    })
  | (Span & { readonly kind: "extract"; readonly part: Expr; readonly value: Expr; readonly zone: Expr | undefined })
  | (Span & { readonly kind: "array"; readonly elementType: TypeNode | undefined; readonly elements: readonly Expr[] })
  | (Span & { readonly kind: "arrayQuery"; readonly query: Query })
  | (Span & {
      readonly kind: "struct";
      /** Written as `(a, b)`: its fields have no names. */
      readonly tuple: boolean;
      readonly type: TypeNode | undefined;
      readonly fields: readonly { readonly name: Identifier | undefined; readonly value: Expr }[];
    })
  | (Span & { readonly kind: "subquery"; readonly query: Query })
  | (Span & { readonly kind: "exists"; readonly query: Query })
  | (Span & { readonly kind: "parameter"; readonly name: string })
  /** `WITH(a AS 1, b AS a + 1, a + b)`. */
  | (Span & {
      readonly kind: "with";
      readonly variables: readonly { readonly name: Identifier; readonly value: Expr }[];
      readonly result: Expr;
    })
  /** A value that must coerce to a type; no text has it. */
  | (Span & { readonly kind: "coerced"; readonly value: Expr; readonly type: TypeNode; readonly what: string })
  /** `e -> expr`, `(e, i) -> expr`: only as an argument. */
  | (Span & { readonly kind: "lambda"; readonly parameters: readonly Identifier[]; readonly body: Expr })
  | CallExpr;

export type InSet =
  | { readonly kind: "list"; readonly values: readonly Expr[] }
  | { readonly kind: "unnest"; readonly array: Expr }
  | { readonly kind: "query"; readonly query: Query };

export interface CommonTable extends Span {
  readonly name: Identifier;
  readonly query: Query;
}

export interface Query extends Span {
  readonly with: readonly CommonTable[];
  readonly recursive: boolean;
  readonly body: QueryBody;
  readonly orderBy: readonly OrderItem[];
  readonly limit: Expr | undefined;
  readonly offset: Expr | undefined;
}

export type QueryBody = Select | SetOperation | (Span & { readonly kind: "nested"; readonly query: Query });

export interface SetOperation extends Span {
  readonly kind: "set";
  readonly op: "UNION" | "EXCEPT" | "INTERSECT";
  readonly all: boolean;
  readonly arms: readonly QueryBody[];
  /** BY NAME or CORRESPONDING: columns are matched by their names. */
  readonly byName?: ByName | undefined;
}

/** Which columns a set operation by name has: those of all, of both, or of either side. */
export interface ByName extends Span {
  readonly mode: "STRICT" | "INNER" | "LEFT" | "FULL";
  /** ON or BY: only these. */
  readonly columns: readonly Identifier[] | undefined;
}

export type SelectItem =
  | (Span & { readonly kind: "expr"; readonly expr: Expr; readonly alias: Identifier | undefined })
  | (Span & {
      readonly kind: "star";
      /** `t.*` or `expr.*`; undefined for a plain star. */
      readonly of: Expr | undefined;
      readonly except: readonly Identifier[];
      readonly replace: readonly { readonly expr: Expr; readonly name: Identifier }[];
      /** Of a pipe RENAME. */
      readonly rename?: readonly { readonly from: Identifier; readonly to: Identifier }[];
    });

export type Grouping = { readonly kind: "all" } | { readonly kind: "items"; readonly items: readonly GroupingItem[] };

export type GroupingItem =
  | (Span & { readonly kind: "expr"; readonly expr: Expr })
  | (Span & { readonly kind: "rollup" | "cube"; readonly sets: readonly (readonly Expr[])[] })
  | (Span & { readonly kind: "sets"; readonly items: readonly GroupingItem[] })
  | (Span & { readonly kind: "list"; readonly exprs: readonly Expr[] });

export interface Select extends Span {
  readonly kind: "select";
  readonly distinct: boolean;
  readonly as: "STRUCT" | "VALUE" | undefined;
  readonly items: readonly SelectItem[];
  readonly from: FromItem | undefined;
  readonly where: Expr | undefined;
  readonly groupBy: Grouping | undefined;
  readonly having: Expr | undefined;
  readonly qualify: Expr | undefined;
  readonly windows: readonly { readonly name: Identifier; readonly spec: WindowSpec }[];
  /** The pipe operator that it stands for: its list takes no aggregates. */
  readonly pipe?: PipeList | undefined;
}

/** Pipe operators with a list of columns. */
export type PipeList = "SELECT" | "EXTEND" | "SET" | "DROP" | "RENAME";

export type JoinType = "INNER" | "LEFT" | "RIGHT" | "FULL" | "CROSS";

export type FromItem =
  | (Span & {
      readonly kind: "table";
      readonly path: readonly Identifier[];
      readonly pathSpan: Span;
      /** Of FOR SYSTEM_TIME AS OF: the table as it was. */
      readonly systemTime?: Expr | undefined;
      /** Of TABLESAMPLE SYSTEM: how many rows of a hundred. */
      readonly sample?: Expr | undefined;
      /** `TABLE t`, which a table function is given: it starts with that word, and nothing sees a name of it. */
      readonly isArgument?: true;
    } & Aliased)
  | (Span & {
      /** A call of a table function. */
      readonly kind: "tableCall";
      readonly path: readonly Identifier[];
      readonly pathSpan: Span;
      readonly args: readonly CallArgument[];
      /** The first argument is what a pipe gives it: `|> CALL f(..)`. It stands for the first table that the function takes. */
      readonly isPiped: boolean;
      readonly alias: Identifier | undefined;
    })
  | (Span & {
      /** `RANGE_SESSIONIZE(TABLE t, 'range column', ['key'][, 'MEETS'])`. */
      readonly kind: "sessionize";
      readonly source: FromItem;
      readonly args: readonly Expr[];
      readonly alias: Identifier | undefined;
    })
  | (Span & {
      /** `GAP_FILL(TABLE t, 'time column', INTERVAL n PART[, name => value ..])`. */
      readonly kind: "gapFill";
      readonly source: FromItem;
      readonly args: readonly CallArgument[];
      readonly alias: Identifier | undefined;
    })
  | (Span & {
      readonly kind: "unnest";
      readonly array: Expr;
      /** A name by which the place of an element is read that is in no star. */
      readonly position?: string;
    } & Aliased)
  | (Span & {
      readonly kind: "derived";
      readonly query: Query;
      /** The rows of a pipe: what reads them still knows them by the aliases of the FROM clause in the query. */
      readonly passesAliases?: boolean;
    } & Aliased)
  | (Span & {
      readonly kind: "join";
      readonly type: JoinType;
      /** Written with a comma: the right side's implicit array paths are allowed. */
      readonly comma: boolean;
      readonly left: FromItem;
      readonly right: FromItem;
      readonly on: Expr | undefined;
      readonly using: readonly Identifier[];
    })
  | (Span & {
      readonly kind: "pivot";
      readonly source: FromItem;
      readonly pivot: Pivot;
      readonly alias: Identifier | undefined;
    })
  | (Span & {
      readonly kind: "unpivot";
      readonly source: FromItem;
      readonly unpivot: Unpivot;
      readonly alias: Identifier | undefined;
    });

export interface Aliased {
  readonly alias: Identifier | undefined;
  /** `WITH OFFSET [AS name]`; the default name is `offset`. */
  readonly offset: (Identifier & { readonly implicit?: boolean }) | undefined;
}

export interface Pivot {
  readonly aggregates: readonly { readonly expr: Expr; readonly alias: Identifier | undefined }[];
  readonly input: Expr;
  readonly values: readonly { readonly expr: Expr; readonly alias: Identifier | undefined }[];
}

export interface Unpivot {
  readonly includeNulls: boolean;
  readonly valueColumns: readonly Identifier[];
  readonly nameColumn: Identifier;
  readonly groups: readonly {
    readonly columns: readonly Identifier[];
    readonly label: Expr | undefined;
  }[];
}

export interface ColumnDefinition extends Span {
  readonly name: Identifier;
  readonly type: TypeNode;
  readonly notNull: boolean;
  readonly primaryKey: boolean;
  /** What `REFERENCES` says behind the column. */
  readonly foreignKey?: ForeignKeyNode | undefined;
  readonly defaultValue: Expr | undefined;
  /** With the collation und:ci, the only one that columns have, or with none; undefined: it is not said. */
  readonly collated: boolean | undefined;
  readonly options?: readonly StatementOption[];
}

/** `[CONSTRAINT name] FOREIGN KEY (a) REFERENCES t (b) NOT ENFORCED`. */
export interface ForeignKeyNode extends Span {
  readonly name: Identifier | undefined;
  readonly ifNotExists: boolean;
  readonly columns: readonly Identifier[];
  readonly table: PathNode;
  readonly references: readonly Identifier[];
}

export interface PathNode extends Span {
  readonly parts: readonly Identifier[];
}

export type Statement =
  | FurtherStatement
  | (Span & { readonly kind: "query"; readonly query: Query })
  | (Span & {
      readonly kind: "createTable";
      readonly path: PathNode;
      readonly temporary: boolean;
      readonly orReplace: boolean;
      readonly ifNotExists: boolean;
      readonly columns: readonly ColumnDefinition[];
      readonly primaryKey: readonly Identifier[];
      readonly foreignKeys: readonly ForeignKeyNode[];
      /** Columns of texts that say nothing have the collation und:ci, or none; undefined: as the dataset says. */
      readonly isCollated: boolean | undefined;
      readonly partitionBy: Expr | undefined;
      readonly clusterBy: readonly Expr[];
      readonly options: readonly StatementOption[];
      readonly query: Query | undefined;
    })
  | (Span & {
      readonly kind: "createView";
      readonly path: PathNode;
      readonly orReplace: boolean;
      readonly ifNotExists: boolean;
      readonly columnNames: readonly (Identifier & { readonly options: readonly StatementOption[] })[];
      /** The layout of a materialized view. */
      readonly partitionBy: Expr | undefined;
      readonly clusterBy: readonly Expr[];
      readonly options: readonly StatementOption[];
      readonly query: Query;
    })
  | (Span & {
      readonly kind: "createSchema";
      /** Tables that say nothing have the collation und:ci for columns that say nothing, or none. */
      readonly isCollated: boolean | undefined;
      readonly path: PathNode;
      readonly ifNotExists: boolean;
      readonly options: readonly StatementOption[];
    })
  | (Span & {
      readonly kind: "drop";
      readonly object: "TABLE" | "VIEW" | "SCHEMA";
      /** Which kind of table or view it is to be; undefined: nothing is said. */
      readonly sort: "SNAPSHOT" | "EXTERNAL" | "MATERIALIZED" | undefined;
      readonly path: PathNode;
      readonly ifExists: boolean;
      readonly cascade: boolean;
    })
  | (Span & {
      readonly kind: "alterTable";
      readonly path: PathNode;
      readonly ifExists: boolean;
      readonly addColumns: readonly (ColumnDefinition & { readonly ifNotExists: boolean })[];
    })
  | (Span & {
      readonly kind: "insert";
      readonly path: PathNode;
      readonly columns: readonly Identifier[];
      readonly rows: readonly (readonly (Expr | "DEFAULT")[])[];
      readonly query: Query | undefined;
    })
  | (Span & {
      readonly kind: "delete";
      readonly path: PathNode;
      readonly alias: Identifier | undefined;
      readonly where: Expr;
    })
  | (Span & {
      readonly kind: "update";
      readonly path: PathNode;
      readonly alias: Identifier | undefined;
      readonly set: readonly Assignment[];
      readonly from: FromItem | undefined;
      readonly where: Expr;
    });
