import type { Expr } from "../../googlesql/ast.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { plainCall } from "../../googlesql/plain-call.js";
import { PARENTHESIS_FREE } from "../../googlesql/volatile-names.js";
import type { SqlType } from "../../port/sql-types.js";
import { typeName } from "../../port/sql-types.js";
import { blobLiteral, floatLiteral, integerLiteral, quoteString } from "../print/sql.js";
import { coerce, coercionCost } from "../types/coercion.js";
import { normalizedJson } from "../types/json-literal.js";
import { bignumericLiteral, numericLiteral, temporalLiteral } from "../types/literals.js";
import { derive, type LiteralValue, type Typed, withBound } from "../types/typed.js";
import { type Asides, callsQuery, isClosed } from "./asides.js";
import { resolveCall } from "./calls.js";
import { resolveCase, resolveCast, resolveExtract } from "./conditional.js";
import { resolveArray, resolveStruct, resolveSubscript } from "./constructors.js";
import { resolveInterval } from "./interval.js";
import { resolveLike } from "./like.js";
import { fieldOrigin, Gathered, gather } from "./lineage.js";
import { asGrouped, isVisibleName, resolveField, resolvePath } from "./names.js";
import { resolveBetween, resolveBinary, resolveIn, resolveIs, resolveIsDistinct, resolveUnary } from "./operators.js";
import type { ExprContext } from "./scope.js";
import { resolveArrayQuery, resolveExists, resolveScalarSubquery } from "./subqueries.js";
import { typeOf } from "./type-node.js";
import { resolveWithExpression } from "./with-expression.js";

export function resolveExpr(expr: Expr, ctx: ExprContext): Typed {
  return (ctx.asides && takenAside(expr, ctx, ctx.asides)) ?? grouped(resolveNode(expr, ctx), ctx);
}

/** The column in whose place an expression is computed aside; undefined where its parts are. */
function takenAside(expr: Expr, { asides: _, ...ctx }: ExprContext, asides: Asides): Typed | undefined {
  if (expr.kind === "path") return asides.put(resolveExpr(expr, ctx));
  if (isClosed(expr)) return asides.hold(resolveExpr(expr, ctx));
  const { groupKeys } = ctx.scope;
  if (groupKeys === undefined || groupKeys.size === 0 || callsQuery(expr, ctx.env.catalog)) return undefined;
  const value = resolveExpr(expr, ctx);
  return groupKeys.has(value.sql) ? asides.hold(value) : undefined;
}

/** Where grouping is in force, an expression that equals a grouping key counts as grouped. */
export function grouped(typed: Typed, ctx: ExprContext): Typed {
  if (typed.uses.length > 0 && ctx.scope.groupKeys?.has(typed.sql) === true)
    return { ...asGrouped(typed, ctx.scope), uses: [], arithmetic: undefined };
  return typed;
}

/** Resolves and coerces. `what` names the place in the error. */
export function resolveAs(expr: Expr, type: SqlType, ctx: ExprContext, what: string): Typed {
  return asType(resolveExpr(expr, ctx), type, expr, what);
}

/** A value coerced to the type that its place wants. */
export function asType(typed: Typed, type: SqlType, expr: Expr, what: string): Typed {
  if (coercionCost(typed, type) === undefined) {
    throw analysisError(`${what} should return type ${typeName(type)}, but returns ${typeName(typed.type)}`, expr);
  }
  return coerce(typed, type);
}

function resolveNode(expr: Expr, ctx: ExprContext): Typed {
  switch (expr.kind) {
    case "null":
      return literal("CAST(NULL AS BIGINT)", "INT64", expr, { kind: "null" });
    case "bool":
      return literal(expr.value ? "true" : "false", "BOOL", expr, { kind: "bool", value: expr.value });
    case "integer":
      return integer(BigInt(expr.value), expr);
    case "float":
      return float(expr.value, expr);
    case "string":
      return literal(quoteString(expr.value), "STRING", expr, { kind: "string", text: expr.value });
    case "bytes":
      return literal(blobLiteral(expr.value), "BYTES", expr, { kind: "bytes", bytes: expr.value });
    case "typedLiteral":
      return typedLiteral(expr);
    case "interval":
      return resolveInterval(expr, ctx);
    case "path":
      return bareFunction(expr, ctx) ?? resolvePath(expr.parts, ctx.scope, ctx.env);
    case "field":
      return resolveMember(expr, ctx);
    case "subscript":
      return resolveSubscript(expr, ctx);
    case "unary":
      return negatedLiteral(expr) ?? resolveUnary(expr, ctx);
    case "binary":
      return resolveBinary(expr, ctx);
    case "between":
      return resolveBetween(expr, ctx);
    case "in":
      return resolveIn(expr, ctx);
    case "like":
      return resolveLike(expr, ctx);
    case "is":
      return resolveIs(expr, ctx);
    case "isDistinct":
      return resolveIsDistinct(expr, ctx);
    case "case":
      return resolveCase(expr, ctx);
    case "cast":
      return resolveCast(expr, ctx);
    case "extract":
      return resolveExtract(expr, ctx);
    case "array":
      return resolveArray(expr, ctx);
    case "arrayQuery":
      return resolveArrayQuery(expr, ctx);
    case "struct":
      return resolveStruct(expr, ctx);
    case "subquery":
      return resolveScalarSubquery(expr, ctx);
    case "exists":
      return resolveExists(expr, ctx);
    case "with":
      return resolveWithExpression(expr, ctx);
    case "lambda":
      throw analysisError("A lambda is not expected here", expr);
    case "coerced":
      return asType(resolveExpr(expr.value, ctx), typeOf(expr.type), expr.value, expr.what);
    case "parameter":
      throw unsupported(`Query parameter or system variable ${expr.name}`, expr);
    case "call":
      return resolveCall(expr, ctx);
  }
}

function resolveMember({ target, field }: Extract<Expr, { kind: "field" }>, ctx: ExprContext): Typed {
  const { lineage } = ctx.env;
  const gathered = new Gathered();
  const whole = gather(ctx.env, gathered, () => resolveExpr(target, ctx));
  const member = resolveField(whole, field);
  const { values, conditions } = gathered;
  const origin = fieldOrigin({ values, conditions, fields: lineage?.of(whole.sql)?.fields }, field.name);
  lineage?.define(member.sql, origin);
  lineage?.add(origin);
  return member;
}

/** `CURRENT_DATE` without parentheses, unless a column has that name. */
function bareFunction(expr: Extract<Expr, { kind: "path" }>, ctx: ExprContext): Typed | undefined {
  const [name] = expr.parts;
  if (name === undefined || expr.parts.length !== 1 || !PARENTHESIS_FREE.has(name.name.toUpperCase())) return undefined;
  if (isVisibleName(name.name, ctx.scope)) return undefined;
  return resolveCall(plainCall(name.name.toUpperCase(), [], expr, name), ctx);
}

function literal(sql: string, type: SqlType, span: Expr, value: LiteralValue): Typed {
  const nullable = value.kind === "null";
  return { sql, type, span: { start: span.start, end: span.end }, literal: value, nullable, uses: [] };
}

const INT64_MAX = 2n ** 63n - 1n;

function integer(value: bigint, expr: Expr): Typed {
  if (value > INT64_MAX || value < -INT64_MAX - 1n) throw analysisError(`Invalid integer literal: ${value}`, expr);
  return literal(integerLiteral(value), "INT64", expr, { kind: "integer", value });
}

function float(text: string, expr: Expr): Typed {
  if (!Number.isFinite(Number(text))) throw analysisError(`Invalid floating point literal: ${text}`, expr);
  return literal(floatLiteral(text), "FLOAT64", expr, { kind: "float", text });
}

/** `-5` and `-2.5` are literals too: they coerce as such, and `-9223372036854775808` is in range. */
function negatedLiteral(expr: Extract<Expr, { kind: "unary" }>): Typed | undefined {
  if (expr.op !== "-") return undefined;
  if (expr.operand.kind === "integer") return integer(-BigInt(expr.operand.value), expr);
  if (expr.operand.kind !== "float") return undefined;
  const typed = float(`-${expr.operand.value}`, expr);
  return { ...typed, sql: `(${typed.sql})` };
}

function typedLiteral(expr: Extract<Expr, { kind: "typedLiteral" }>): Typed {
  const span = { start: expr.start, end: expr.end };
  switch (expr.type) {
    case "NUMERIC":
    case "DECIMAL":
      return {
        ...withBound(derive(numericLiteral(expr.value, span, true), "NUMERIC", span, []), Math.abs(Number(expr.value))),
        nullable: false,
      };
    case "BIGNUMERIC":
    case "BIGDECIMAL":
      return { ...derive(bignumericLiteral(expr.value, span), "BIGNUMERIC", span, []), nullable: false };
    case "JSON":
      return jsonLiteral(expr.value, expr);
    default: {
      const type = expr.type as "DATE" | "DATETIME" | "TIME" | "TIMESTAMP";
      return { ...derive(temporalLiteral(expr.value, type, span, true), type, span, []), nullable: false };
    }
  }
}

function jsonLiteral(text: string, expr: Expr): Typed {
  const json = normalizedJson(text, expr);
  return {
    ...derive(`CAST(${quoteString(json)} AS JSON)`, "JSON", { start: expr.start, end: expr.end }, []),
    nullable: false,
  };
}
