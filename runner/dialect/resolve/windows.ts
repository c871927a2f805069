import { typeName } from "../../sql-types.js";
import type { CallExpr, FrameBound, WindowFrame, WindowSpec } from "../ast.js";
import { analysisError } from "../errors.js";
import type { AggregateCall, FunctionDefinition } from "../functions/definition.js";
import { coerce, coercionCost } from "../types/coercion.js";
import { isComparable, isOrderable } from "../types/equality.js";
import { derive, type Typed } from "../types/typed.js";
import { matchOrFail, positionalArguments } from "./calls.js";
import { resolveExpr } from "./expression.js";
import { orderKeys, printOrder } from "./order.js";
import type { ExprContext } from "./scope.js";

type WindowFunction = FunctionDefinition & { kind: "window" };

/** ROW_NUMBER, LAG, FIRST_VALUE and their like: always with OVER. */
export function resolveWindowFunction(call: CallExpr, definition: WindowFunction, ctx: ExprContext): Typed {
  if (call.over === undefined)
    throw analysisError(`Analytic function ${call.name} cannot be called without an OVER clause`, call);
  if (!ctx.windows) throw analysisError(`Analytic function not allowed in ${ctx.clause}`, call);
  if (call.safe) throw analysisError(`Function ${call.name} does not support SAFE error mode`, call);
  if (call.distinct || call.star || call.having || call.orderBy.length > 0 || call.limit) {
    throw analysisError(`Analytic function ${call.name} does not support aggregate modifiers`, call);
  }
  if (call.nulls !== undefined && !definition.nulls) {
    throw analysisError(`Analytic function ${call.name} does not support IGNORE NULLS or RESPECT NULLS`, call);
  }
  const args = positionalArguments(call, { ...ctx, windows: false });
  const { candidate, match } = matchOrFail(call, definition.overloads, args);
  const over = resolveOver(call.over, ctx, !definition.frame);
  if (definition.needsOrder && !over.ordered) {
    throw analysisError(`Window ORDER BY is required for analytic function ${call.name.toLowerCase()}`, call.over);
  }
  if (!definition.allowsOrder && over.ordered) {
    throw analysisError(`Window ORDER BY is not allowed for analytic function ${call.name.toLowerCase()}`, call.over);
  }
  const ignore = call.nulls === "IGNORE" && definition.frame ? " IGNORE NULLS" : "";
  const spec: AggregateCall = {
    of: (name, parts) => `${name}(${parts.join(", ")}${ignore}) OVER ${over.sql}`,
    limit: undefined,
    ignoreNulls: call.nulls === "IGNORE",
    respectNulls: call.nulls === "RESPECT",
    distinct: false,
    ordered: false,
  };
  const sql = candidate.build(
    match.args.map((arg) => arg.sql),
    spec,
    match.args,
  );
  const nullable = candidate.signature.nullability !== "never";
  const parts = [...match.args, ...over.parts];
  return { ...derive(sql, match.type, { start: call.start, end: call.end }, parts, nullable), opaque: true };
}

interface ResolvedWindow {
  readonly sql: string;
  readonly parts: readonly Typed[];
  readonly ordered: boolean;
}

/** The text after OVER, named windows written out. */
export function resolveOver(spec: WindowSpec, ctx: ExprContext, frameless: boolean): ResolvedWindow {
  const flat = inlineNamed(spec, ctx);
  if (frameless && flat.frame !== undefined)
    throw analysisError("Window framing clause is not allowed for this analytic function", flat.frame);
  const inner: ExprContext = { ...ctx, windows: false };
  const partition = flat.partitionBy.map((expr) => {
    const typed = resolveExpr(expr, inner);
    if (!isComparable(typed.type))
      throw analysisError(`Partitioning by expressions of type ${typeName(typed.type)} is not allowed`, expr);
    return typed;
  });
  const order = flat.orderBy.map((item) => {
    const typed = resolveExpr(item.expr, inner);
    if (!isOrderable(typed.type))
      throw analysisError(`Ordering by expressions of type ${typeName(typed.type)} is not allowed`, item);
    return typed;
  });
  const pieces: string[] = [];
  if (partition.length > 0) pieces.push(`PARTITION BY ${partition.map((typed) => typed.sql).join(", ")}`);
  if (order.length > 0) {
    const print = hasRangeOffset(flat.frame)
      ? (item: (typeof flat.orderBy)[number], i: number) => printOrder(wideKey(order[i] as Typed), item)
      : (item: (typeof flat.orderBy)[number], i: number) => orderKeys(order[i] as Typed, item);
    pieces.push(`ORDER BY ${flat.orderBy.map(print).join(", ")}`);
  }
  if (flat.frame !== undefined) pieces.push(printFrame(flat.frame, order, inner));
  return { sql: `(${pieces.join(" ")})`, parts: [...partition, ...order], ordered: order.length > 0 };
}

/** The end of a range of INT64 may lie outside of INT64. */
function wideKey(key: Typed): string {
  return key.type === "INT64" ? `CAST(${key.sql} AS HUGEINT)` : key.sql;
}

/** RANGE with an offset needs its one key. */
function hasRangeOffset(frame: WindowFrame | undefined): boolean {
  return frame?.unit === "RANGE" && [frame.from, frame.to].some((bound) => "offset" in bound);
}

function inlineNamed(spec: WindowSpec, ctx: ExprContext): WindowSpec {
  if (spec.base === undefined) return spec;
  const named = ctx.namedWindows.get(spec.base.name.toLowerCase());
  if (named === undefined) throw analysisError(`Unrecognized window alias ${spec.base.name}`, spec.base);
  const base = inlineNamed(named, ctx);
  if (spec.partitionBy.length > 0)
    throw analysisError("PARTITION BY is not allowed when extending a named window", spec);
  if (spec.orderBy.length > 0 && base.orderBy.length > 0)
    throw analysisError("ORDER BY is not allowed when extending a window that has one", spec);
  return {
    ...spec,
    base: undefined,
    partitionBy: base.partitionBy,
    orderBy: spec.orderBy.length > 0 ? spec.orderBy : base.orderBy,
    frame: spec.frame ?? base.frame,
  };
}

function printFrame(frame: WindowFrame, order: readonly Typed[], ctx: ExprContext): string {
  const offsets = [frame.from, frame.to].some((bound) => "offset" in bound);
  const [key] = order;
  if (frame.unit === "RANGE" && offsets) {
    if (order.length !== 1 || key === undefined) {
      throw analysisError(
        "RANGE-based window with OFFSET PRECEDING or OFFSET FOLLOWING boundaries must have exactly one ORDER BY key",
        frame,
      );
    }
    if (!["INT64", "FLOAT64", "NUMERIC"].includes(typeName(key.type))) {
      throw analysisError(
        `ORDER BY key must be numeric in a RANGE-based window with OFFSET PRECEDING or OFFSET FOLLOWING boundaries, but has type ${typeName(key.type)}`,
        frame,
      );
    }
  }
  const bound = (value: FrameBound): string => printBound(value, frame, key, ctx);
  return `${frame.unit} BETWEEN ${bound(frame.from)} AND ${bound(frame.to)}`;
}

function printBound(bound: FrameBound, frame: WindowFrame, key: Typed | undefined, ctx: ExprContext): string {
  if (!("offset" in bound)) return bound.kind;
  const offset = resolveExpr(bound.offset, ctx);
  const type = frame.unit === "ROWS" ? "INT64" : (key as Typed).type;
  if (coercionCost(offset, type) === undefined) {
    throw analysisError(
      `Window framing expression has type ${typeName(offset.type)} that cannot coerce to type ${typeName(type)}`,
      bound.offset,
    );
  }
  if (offset.literal?.kind === "integer" && offset.literal.value < 0n) {
    throw analysisError("Window frame offset must be a non-negative value", bound.offset);
  }
  const sql = coerce(offset, type).sql;
  return `${frame.unit === "RANGE" && type === "INT64" ? `CAST(${sql} AS HUGEINT)` : sql} ${bound.kind}`;
}
