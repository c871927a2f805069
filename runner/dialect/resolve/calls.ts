import type { CallExpr, Expr } from "../../googlesql/ast.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { isVolatile } from "../../googlesql/volatile-names.js";
import type { SqlType } from "../../port/sql-types.js";
import { CollatedCall, searchesWithoutCase, searchWithoutCase } from "../functions/collated-calls.js";
import type { CallContext, FunctionDefinition } from "../functions/definition.js";
import { functionNamed, functionNames } from "../functions/registry.js";
import { SafeScope } from "../functions/safe.js";
import { bestMatch, noMatchMessage, type Signature } from "../functions/signature.js";
import { unsupportedFunction } from "../functions/unsupported.js";
import { boundOf, derive, type Typed, withBound } from "../types/typed.js";
import { resolveAggregate } from "./aggregates.js";
import { branchContext, holds } from "./branches.js";
import { asType, resolveExpr } from "./expression.js";
import { withOuterArguments } from "./outer-arguments.js";
import type { ExprContext, ScopeColumn } from "./scope.js";
import { didYouMean } from "./suggest.js";
import { resolveUserCall } from "./user-functions.js";
import { resolveWindowFunction } from "./windows.js";

/** A function call of any kind. An unknown function is an error, never passed through. */
export function resolveCall(call: CallExpr, ctx: ExprContext): Typed {
  const definition = functionNamed(call.name);
  if (definition === undefined) {
    const own = ctx.env.catalog.routine?.(call.name);
    if (own !== undefined) return resolveUserCall(call, own, ctx);
    const unknown = unsupportedFunction(call.name);
    if (unknown !== undefined) throw unsupported(unknown, call.nameSpan);
    throw analysisError(
      `Function not found: ${call.name}${didYouMean(call.name, functionNames()).toLowerCase().replace("; did", "; Did")}`,
      call.nameSpan,
    );
  }
  if (definition.kind === "aggregate") return resolveAggregate(call, definition, ctx);
  if (definition.kind === "window") return resolveWindowFunction(call, definition, ctx);
  rejectAggregateModifiers(call);
  const ownSafe = definition.kind === "special" && definition.ownSafe === true;
  const safe = call.safe && !ownSafe ? new SafeScope() : undefined;
  const typed = resolveFunction(call, definition, ctx, safe);
  const own = isVolatile(call.name) ? { ...typed, opaque: true, onlyAggregates: false } : typed;
  // The time and random values do not fail; DuckDB's TRY takes none of the latter.
  if (safe === undefined || (isVolatile(call.name) && call.args.length === 0)) return own;
  return { ...own, sql: safe.wrap(typed.sql), nullable: true, literal: undefined };
}

/** With `safe` the arguments that TRY cannot take are evaluated outside it. */
function resolveFunction(
  call: CallExpr,
  definition: FunctionDefinition & { kind: "special" | "scalar" },
  ctx: ExprContext,
  safe: SafeScope | undefined,
): Typed {
  // DuckDB compiles a literal pattern before it runs anything, outside of TRY.
  const patterns = call.name.startsWith("REGEXP_");
  const given = givenArguments(call, definition, ctx);
  if (safe !== undefined) return resolveBound(call, definition, ctx, given, (typed) => safe.bind(typed, patterns));
  return withOuterArguments(call.name, ctx, (bind) => resolveBound(call, definition, ctx, given, bind));
}

/** Arguments, each of which is resolved once, however often it is asked for. */
interface GivenArguments {
  readonly all: readonly Typed[];
  readonly resolve: (expr: Expr) => Typed;
}

function givenArguments(call: CallExpr, { kind }: FunctionDefinition, ctx: ExprContext): GivenArguments {
  const known = new Map<Expr, Typed>();
  const resolve = (expr: Expr): Typed => {
    const typed = known.get(expr) ?? resolveExpr(expr, ctx);
    known.set(expr, typed);
    return typed;
  };
  if (kind !== "scalar") return { all: [], resolve };
  return { all: LAZY.has(call.name) ? lazyArguments(call, ctx) : positionalArguments(call, ctx), resolve };
}

/** The call of its arguments as they are bound. */
function resolveBound(
  call: CallExpr,
  definition: FunctionDefinition & { kind: "special" | "scalar" },
  ctx: ExprContext,
  given: GivenArguments,
  bind: (typed: Typed) => Typed,
): Typed {
  const collation = new CollatedCall(call);
  if (definition.kind === "scalar") {
    const args = given.all.map(bind);
    if (searchesWithoutCase(call.name, args))
      return searchWithoutCase(call.name, args, (texts) => resolveScalar(call, definition, texts));
    return collation.give(
      resolveScalar(
        call,
        definition,
        args.map((arg, i) => collation.take(arg, i)),
      ),
    );
  }
  const positionOf = (expr: Expr): number => call.args.findIndex(({ value }) => value === expr);
  const taken = (expr: Expr): Typed => collation.take(bind(given.resolve(expr)), positionOf(expr));
  const context: CallContext = {
    isReference: ctx.env.shape === "reference",
    resolve: (expr) => taken(expr),
    resolveAs: (expr, type) => asType(taken(expr), type, expr, `Argument of ${call.name}`),
    resolveLambda: (lambda, values) => {
      const columns = lambda.parameters.map(({ name }, i) => ({
        name,
        ...(values[i] as { sql: string; type: SqlType }),
      }));
      const scope = { ...ctx.scope, columns: [...columns, ...ctx.scope.columns.filter(isHidden(lambda))] };
      const body = resolveExpr(lambda.body, { ...ctx, scope, aggregates: "forbidden", windows: false });
      const own = new Set(columns.map(({ name }) => name.toLowerCase()));
      return { ...body, uses: body.uses.filter((use) => !own.has(use.name.toLowerCase())) };
    },
  };
  return collation.give(definition.resolve(call, context));
}

/** What they give is one of their arguments, but for its sign. */
const CHOOSING: ReadonlySet<string> = new Set(["ABS", "COALESCE", "GREATEST", "IF", "IFNULL", "LEAST", "NULLIF"]);
const LAZY = new Set(["IF", "IFNULL", "COALESCE"]);

/** Arguments that are evaluated only where earlier ones say so. */
function lazyArguments(call: CallExpr, ctx: ExprContext): Typed[] {
  const args: Typed[] = [];
  for (const [i, argument] of call.args.entries()) {
    const before = call.args.slice(0, i).map(({ value }) => value);
    const taken = (): string => {
      if (call.name !== "IF") return args.map((arg) => `${arg.sql} IS NULL`).join(" AND ");
      return i === 1 ? holds(args[0] as Typed) : `NOT ${holds(args[0] as Typed)}`;
    };
    const inner = i === 0 ? ctx : branchContext(ctx, taken, call.name === "IF" ? before.slice(0, 1) : before);
    args.push(...positionalArguments({ ...call, args: [argument] }, inner));
  }
  return args;
}

/** Columns that a lambda's parameters do not hide. */
const isHidden = (lambda: { readonly parameters: readonly { readonly name: string }[] }) => (column: ScopeColumn) =>
  !lambda.parameters.some(({ name }) => name.toLowerCase() === column.name?.toLowerCase());

function resolveScalar(
  call: CallExpr,
  definition: FunctionDefinition & { kind: "scalar" },
  args: readonly Typed[],
): Typed {
  const span = { start: call.start, end: call.end };
  const { candidate, match } = matchOrFail(call, definition.overloads, args);
  const sql = candidate.build(
    match.args.map((arg) => arg.sql),
    match.args,
  );
  const { nullability } = candidate.signature;
  const nullable = nullability === "strict" ? undefined : nullability === "maybe";
  const result = derive(sql, match.type, span, match.args, nullable);
  if (!CHOOSING.has(call.name)) return result;
  return withBound(result, Math.max(...match.args.filter(({ type }) => type === "NUMERIC").map(boundOf)));
}

export function positionalArguments(call: CallExpr, ctx: ExprContext): Typed[] {
  return call.args.map((argument) => {
    if (argument.name !== undefined) {
      throw analysisError(
        `Named argument ${argument.name.name} not found in signature for call to function ${call.name}`,
        argument.name,
      );
    }
    return resolveExpr(argument.value, ctx);
  });
}

export function matchOrFail<S extends { readonly signature: Signature }>(
  call: CallExpr,
  overloads: readonly S[],
  args: readonly Typed[],
) {
  const found = bestMatch(overloads, args);
  if (found === undefined) {
    const signatures = overloads.map((overload) => overload.signature);
    const kind = functionNamed(call.name)?.kind;
    const what = kind === "aggregate" ? "aggregate function" : kind === "window" ? "analytic function" : "function";
    throw analysisError(noMatchMessage(what, call.name, args, signatures), call);
  }
  return found;
}

export function rejectAggregateModifiers(call: CallExpr): void {
  const modifier =
    (call.distinct && "DISTINCT") ||
    (call.star && "*") ||
    (call.nulls && `${call.nulls} NULLS`) ||
    (call.where && "WHERE") ||
    (call.having && "HAVING") ||
    (call.orderBy.length > 0 && "ORDER BY") ||
    (call.limit && "LIMIT") ||
    (call.over && "OVER");
  if (modifier) {
    const message =
      modifier === "OVER"
        ? `The ${call.name} function does not support OVER`
        : `${modifier} is not supported in calls to ${call.name}`;
    throw analysisError(message, call);
  }
}
