import type { CallExpr, Expr } from "../../googlesql/ast.js";
import type { SqlType } from "../../port/sql-types.js";
import type { Typed } from "../types/typed.js";
import { type Signature, signature } from "./signature.js";

/** What a special function may ask of the resolver. */
export interface CallContext {
  /** Nothing is taken that the recorded reference, which is older than BigQuery, refuses. */
  readonly isReference: boolean;
  resolve(expr: Expr): Typed;
  /** Resolves and coerces; an argument of another type is an analysis error. */
  resolveAs(expr: Expr, type: SqlType): Typed;
  /** The body of a lambda whose parameters stand for these values. */
  resolveLambda(lambda: Extract<Expr, { kind: "lambda" }>, values: readonly { sql: string; type: SqlType }[]): Typed;
}

/** How an aggregate call is written for DuckDB: DISTINCT, ORDER BY, FILTER and OVER are added to every part. */
export interface AggregateCall {
  of(name: string, args: readonly string[], options?: AggregateOptions): string;
  /** The calls's own LIMIT; undefined without one. */
  readonly limit: string | undefined;
  readonly ignoreNulls: boolean;
  /** RESPECT NULLS was written. */
  readonly respectNulls: boolean;
  readonly distinct: boolean;
  /** OVER was written. */
  readonly windowed: boolean;
  readonly ordered: boolean;
  /** Neither DISTINCT nor HAVING: what a value is taken apart into may be aggregated apart. */
  readonly additive: boolean;
  /** Neither DISTINCT nor HAVING nor OVER: several aggregates over parts of the rows add up to one over all. */
  readonly divisible: boolean;
  /** A list of the value of the row that comes first in the call's order, without sorting; undefined where its order is not that of one key. */
  firstOf(value: string, options?: AggregateOptions): string | undefined;
}

export interface AggregateOptions {
  readonly filter?: string;
  /** Leave out DISTINCT and ORDER BY (for the counting part of an average, say). */
  readonly plain?: boolean;
  /** What DISTINCT values are ordered by: the argument as it is given here, which DuckDB wants to see in both places. */
  readonly distinctBy?: string;
}

export interface ScalarOverload {
  readonly signature: Signature;
  build(args: readonly string[], typed: readonly Typed[]): string;
}

export interface AggregateOverload {
  readonly signature: Signature;
  /** Whether it is for arguments of these types, where the signature does not tell. */
  readonly takes?: (given: readonly Typed[]) => boolean;
  build(args: readonly string[], call: AggregateCall, typed: readonly Typed[]): string;
}

export type FunctionDefinition =
  | { readonly kind: "scalar"; readonly doc: string; readonly overloads: readonly ScalarOverload[] }
  | {
      readonly kind: "aggregate";
      readonly doc: string;
      readonly overloads: readonly AggregateOverload[];
      /** Modifiers that the call may carry. */
      readonly allows: ReadonlySet<AggregateModifier>;
    }
  | {
      readonly kind: "window";
      readonly doc: string;
      readonly overloads: readonly AggregateOverload[];
      readonly frame: boolean;
      readonly needsOrder: boolean;
      readonly allowsOrder: boolean;
      readonly nulls: boolean;
    }
  | {
      readonly kind: "special";
      readonly doc: string;
      resolve(call: CallExpr, context: CallContext): Typed;
      /** `SAFE.` is for `resolve` to translate. */
      readonly ownSafe?: boolean;
    };

export type AggregateModifier = "DISTINCT" | "ORDER" | "LIMIT" | "NULLS" | "OVER" | "FRAMELESS";

export type Family = Readonly<Record<string, FunctionDefinition>>;

export type Template = string | ((args: readonly string[], typed: readonly Typed[]) => string);

/** `$1`, `$2` stand for arguments, `$*` for all of them. */
function expand(template: string, args: readonly string[]): string {
  return template.replace(/\$(\d|\*)/g, (_, which: string) =>
    which === "*" ? args.join(", ") : (args[Number(which) - 1] ?? ""),
  );
}

/** One overload: its signature and its DuckDB text. */
export function on(text: string, template: Template): ScalarOverload {
  return {
    signature: signature(text),
    build: (args, typed) => (typeof template === "string" ? expand(template, args) : template(args, typed)),
  };
}

/** A scalar function. `doc` is the page and anchor below the GoogleSQL reference. */
export function scalar(doc: string, ...overloads: readonly ScalarOverload[]): FunctionDefinition {
  return { kind: "scalar", doc, overloads };
}

type AggregateTemplate = (args: readonly string[], call: AggregateCall, typed: readonly Typed[]) => string;

export function aggregateOn(text: string, build: AggregateTemplate): AggregateOverload {
  return { signature: signature(text), build };
}

export function aggregate(
  doc: string,
  allows: readonly AggregateModifier[],
  ...overloads: readonly AggregateOverload[]
): FunctionDefinition {
  return { kind: "aggregate", doc, overloads, allows: new Set(allows) };
}

export function special(
  doc: string,
  resolve: (call: CallExpr, context: CallContext) => Typed,
  options: { readonly ownSafe?: boolean } = {},
): FunctionDefinition {
  return { kind: "special", doc, resolve, ...options };
}
