import type { Span } from "../../googlesql/contract.js";
import type { SqlType } from "../../port/sql-types.js";

/** What is known of a literal: literals coerce more freely than other expressions. */
export type LiteralValue =
  | { readonly kind: "null" }
  | { readonly kind: "integer"; readonly value: bigint }
  | { readonly kind: "float"; readonly text: string }
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "bytes"; readonly bytes: string }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "emptyArray" }
  /** A call of ERROR: of any type. The message is DuckDB text. */
  | { readonly kind: "error"; readonly message: string }
  | { readonly kind: "array"; readonly elements: readonly Typed[] }
  /** A STRUCT constructor: its fields coerce one by one, whether they are literals or not. */
  | { readonly kind: "struct"; readonly fields: readonly Typed[] };

/** A column that an expression reads without grouping or aggregating it. */
export interface ColumnUse {
  readonly name: string;
  readonly span: Span;
  /** Identity of the SELECT whose FROM clause provides the column. */
  readonly owner: object;
}

/** What a path leads into: a text that may be no JSON, a JSON value as it is stored, or the argument of PARSE_JSON. */
export type JsonSource = "text" | "stored" | "raw";

/** A part of a JSON text that a path of names and positions leads to. */
export interface JsonPart {
  /** The JSON around the part, a DuckDB text of type VARCHAR. */
  readonly of: string;
  readonly source: JsonSource;
  /** `$`, or a path that DuckDB and JSONPath read alike. */
  readonly path: string;
  /** The part of such a text as VARCHAR, on the exact way through JavaScript. */
  readonly exact: (of: string) => string;
}

/** A resolved expression: DuckDB SQL and static type. */
export interface Typed {
  readonly sql: string;
  readonly type: SqlType;
  readonly span: Span;
  readonly literal?: LiteralValue | undefined;
  /** False only where the value is certainly not NULL. */
  readonly nullable: boolean;
  readonly uses: readonly ColumnUse[];
  /** Holds an aggregate, a window call, a subquery or a volatile call: more than a function of columns and constants. */
  readonly opaque?: boolean;
  /** It is opaque for aggregates without OVER alone, each of which DuckDB computes once, however often it is named. */
  readonly onlyAggregates?: boolean;
  /** A FLOAT64 that is certainly no NaN: made of integers, decimals and literals by operators that fail on overflow. */
  readonly finite?: boolean;
  /** FLOAT64 arithmetic whose overflow is checked in `sql`: the text without the check, and what it is made of. */
  readonly arithmetic?: { readonly raw: string; readonly leaves: readonly Typed[] } | undefined;
  /** JSON that is a part of another: for steps further into it. It describes `sql`, and nothing that was made of it. */
  readonly part?: JsonPart & { readonly sql: string };
  /** A number that is certainly not larger, whatever its sign. */
  readonly bound?: number;
  /** Holds an aggregate without OVER: it may not stand inside another one. */
  readonly aggregated?: boolean;
}

export function isNullLiteral(typed: Typed): boolean {
  return typed.literal?.kind === "null";
}

/** The uses of several expressions, without copying where only one has any. */
export function mergeUses(parts: readonly Typed[]): readonly ColumnUse[] {
  const withUses = parts.filter((part) => part.uses.length > 0);
  if (withUses.length === 1) return (withUses[0] as Typed).uses;
  const uses = withUses.flatMap((part) => part.uses);
  return uses.length <= MANY ? uses : distinctUses(uses);
}

/** More uses than these are told apart, so that they do not grow with every level of an expression. */
const MANY = 64;

function distinctUses(uses: readonly ColumnUse[]): readonly ColumnUse[] {
  const names = new Map<object, Set<string>>();
  return uses.filter(({ owner, name }) => {
    const known = names.get(owner) ?? new Set();
    names.set(owner, known);
    return !known.has(name) && known.add(name);
  });
}

/** A derived expression: uses and nullability follow from its parts. */
export function derive(sql: string, type: SqlType, span: Span, parts: readonly Typed[], nullable?: boolean): Typed {
  const typed = { sql, type, span, uses: mergeUses(parts), nullable: nullable ?? parts.some((part) => part.nullable) };
  const opaque = parts.filter((part) => part.opaque === true);
  if (opaque.length === 0) return typed;
  return {
    ...typed,
    opaque: true,
    onlyAggregates: opaque.every((part) => part.onlyAggregates === true),
    aggregated: opaque.some((part) => part.aggregated === true),
  };
}

/** The greatest value of a type of numbers. */
const GREATEST: Readonly<Record<string, number>> = { INT64: 2 ** 63, NUMERIC: 1e29, BIGNUMERIC: 6e38 };

/** What a number is certainly not larger than, whatever its sign. */
export function boundOf({ literal, type, bound }: Typed): number {
  if (literal?.kind === "integer") return Math.abs(Number(literal.value));
  if (literal?.kind === "float") return Math.abs(Number(literal.text));
  if (literal?.kind === "null") return 0;
  return bound ?? GREATEST[type as string] ?? Number.POSITIVE_INFINITY;
}

/** A NUMERIC that is none of the largest, as most are not: for sums, which need no check then. Any other value as it is. */
export function withBound(value: Typed, bound: number): Typed {
  return value.type === "NUMERIC" && bound < 1e29 ? { ...value, bound } : value;
}

/** True where the value may be NaN, which GoogleSQL and DuckDB order and compare differently. */
export function mayBeNan(typed: Typed): boolean {
  return typed.type === "FLOAT64" && typed.finite !== true && typed.literal?.kind !== "float" && !isNullLiteral(typed);
}
