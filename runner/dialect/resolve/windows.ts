import type { CallExpr, WindowSpec } from "../../googlesql/ast.js";
import { analysisError } from "../../googlesql/errors.js";
import { typeName } from "../../port/sql-types.js";
import { CollatedCall } from "../functions/collated-calls.js";
import type { AggregateCall, FunctionDefinition } from "../functions/definition.js";
import { compared } from "../types/collation.js";
import { isComparable, isSortable } from "../types/equality.js";
import { derive, type Typed } from "../types/typed.js";
import { matchOrFail, positionalArguments } from "./calls.js";
import { resolveExpr } from "./expression.js";
import { printFrame } from "./frames.js";
import { gatherAside } from "./lineage.js";
import type { ExprContext } from "./scope.js";

type WindowFunction = FunctionDefinition & { kind: "window" };

/** ROW_NUMBER, LAG, FIRST_VALUE and their like: always with OVER. */
export function resolveWindowFunction(call: CallExpr, definition: WindowFunction, ctx: ExprContext): Typed {
  if (call.over === undefined)
    throw analysisError(`Analytic function ${call.name} cannot be called without an OVER clause`, call);
  if (!ctx.windows) throw analysisError(`Analytic function not allowed in ${ctx.clause}`, call);
  if (call.safe) throw analysisError(`Function ${call.name} does not support SAFE error mode`, call);
  if (call.distinct || call.star || call.where || call.having || call.orderBy.length > 0 || call.limit) {
    throw analysisError(`Analytic function ${call.name} does not support aggregate modifiers`, call);
  }
  if (call.nulls !== undefined && !definition.nulls) {
    throw analysisError(`Analytic function ${call.name} does not support IGNORE NULLS or RESPECT NULLS`, call);
  }
  const collation = new CollatedCall(call);
  const scope = { ...ctx.scope, closesVariables: true };
  const given = positionalArguments(call, { ...ctx, windows: false, scope });
  const args = given.map((arg, i) => collation.take(arg, i));
  const { candidate, match } = matchOrFail(
    call,
    definition.overloads.filter(({ takes }) => takes?.(args) !== false),
    args,
  );
  const over = resolveOver(call.over, ctx, !definition.frame);
  if (definition.needsOrder && !over.ordered) {
    throw analysisError(`Window ORDER BY is required for analytic function ${call.name.toLowerCase()}`, call.over);
  }
  if (!definition.allowsOrder && over.ordered) {
    throw analysisError(`Window ORDER BY is not allowed for analytic function ${call.name.toLowerCase()}`, call.over);
  }
  const ignore = call.nulls === "IGNORE" && definition.frame ? " IGNORE NULLS" : "";
  const spec: AggregateCall = {
    of: (name, parts) => over.call(`${name}(${parts.join(", ")}${ignore})`),
    limit: undefined,
    ignoreNulls: call.nulls === "IGNORE",
    respectNulls: call.nulls === "RESPECT",
    distinct: false,
    windowed: true,
    additive: false,
    divisible: false,
    ordered: false,
    firstOf: () => undefined,
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
  /** A call, as `sum(x)`, over the window. */
  call(text: string): string;
  readonly parts: readonly Typed[];
  readonly ordered: boolean;
}

/** What stands after OVER, named windows written out. */
export function resolveOver(spec: WindowSpec, ctx: ExprContext, frameless: boolean): ResolvedWindow {
  const flat = inlineNamed(spec, ctx);
  if (frameless && flat.frame !== undefined)
    throw analysisError("Window framing clause is not allowed for this analytic function", flat.frame);
  const inner: ExprContext = { ...ctx, windows: false };
  const partition = flat.partitionBy.map((expr) => {
    const typed = gatherAside(ctx.env, () => compared(resolveExpr(expr, inner)));
    if (!isComparable(typed.type) || typed.type === "FLOAT64")
      throw analysisError(`Partitioning by expressions of type ${typeName(typed.type)} is not allowed`, expr);
    return typed;
  });
  const order = flat.orderBy.map((item) => {
    const typed = gatherAside(ctx.env, () => resolveExpr(item.expr, inner));
    if (!isSortable(typed.type))
      throw analysisError(`Ordering by expressions of type ${typeName(typed.type)} is not allowed`, item);
    return typed;
  });
  const by = partition.length > 0 ? `PARTITION BY ${partition.map((typed) => typed.sql).join(", ")}` : "";
  const { orderBy, frame, peers } = printFrame(flat.frame, flat.orderBy, order, inner);
  const over = (keys: string, bounds: string): string =>
    `OVER (${[by, keys === "" ? "" : `ORDER BY ${keys}`, bounds].filter((piece) => piece !== "").join(" ")})`;
  const main = over(orderBy, frame);
  const call = (text: string): string =>
    peers === undefined
      ? `${text} ${main}`
      : `CASE WHEN ${peers.when} THEN ${text} ${over(peers.orderBy, peers.frame)} ELSE ${text} ${main} END`;
  return { call, parts: [...partition, ...order], ordered: order.length > 0 };
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
