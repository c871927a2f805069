import type { Expr } from "../../googlesql/ast.js";
import type { Span } from "../../googlesql/contract.js";
import { analysisError } from "../../googlesql/errors.js";
import { COLLATED, type SqlType, typeName } from "../../port/sql-types.js";
import { floatArithmetic } from "../functions/float-arithmetic.js";
import { bestMatch, noMatchMessage } from "../functions/signature.js";
import { concatenate } from "../functions/string-concat.js";
import { bindOnce } from "../print/bind.js";
import { coerce, commonType } from "../types/coercion.js";
import { collatedType, collationKey, compared, plain, refuseCollation } from "../types/collation.js";
import { comparisonText, equalText } from "../types/equal-values.js";
import { isOrderable, supportsEquality } from "../types/equality.js";
import { boundOf, derive, isNullLiteral, mayBeNan, type Typed, withBound } from "../types/typed.js";
import { ARITHMETIC } from "./arithmetic.js";
import { grouped, resolveExpr } from "./expression.js";
import { longRun, longSum } from "./long-sum.js";
import type { ExprContext } from "./scope.js";
import { resolveInQuery } from "./subqueries.js";

type Node<K extends Expr["kind"]> = Extract<Expr, { kind: K }>;

export function resolveBinary(expr: Node<"binary">, ctx: ExprContext): Typed {
  if (expr.op === "AND" || expr.op === "OR") return resolveLogical(expr, expr.op, ctx);
  if (expr.op === "||") return resolveConcat(expr, ctx);
  // The left sides are resolved from the innermost on, so that a long sum is no deep recursion.
  const [first, ...nodes] = leftSides(expr, ({ op }) => op in ARITHMETIC);
  const operands = [first as Expr, ...nodes.map(({ right }) => right)].map((operand) => resolveExpr(operand, ctx));
  let result = operands[0] as Typed;
  for (let at = 0; at < nodes.length; ) {
    const length = longRun(result, nodes.slice(at), operands.slice(at + 1));
    const to = at + Math.max(length, 1);
    const [node, operand] = [nodes[at] as Node<"binary">, operands[at + 1] as Typed];
    const next =
      length > 0
        ? longSum(result, nodes.slice(at, to), operands.slice(at + 1, to + 1))
        : combine(node, result, operand);
    result = to < nodes.length ? grouped(next, ctx) : next;
    at = to;
  }
  return result;
}

/** The innermost left side of an operator's left side and so on, then the operators from it outwards. */
function leftSides(expr: Node<"binary">, same: (node: Node<"binary">) => boolean): [Expr, ...Node<"binary">[]] {
  const nodes = [expr];
  let left = expr.left;
  for (; left.kind === "binary" && same(left); left = left.left) nodes.push(left);
  return [left, ...nodes.reverse()];
}

function combine(expr: Node<"binary">, left: Typed, right: Typed): Typed {
  const operations = ARITHMETIC[expr.op];
  refuseNull(expr.op, [left, right]);
  if (operations === undefined) return resolveComparison(expr, left, right);
  const found = bestMatch(operations, [left, right]);
  if (found === undefined) {
    const signatures = operations.map((operation) => operation.signature);
    throw analysisError(noMatchMessage("operator", expr.op, [left, right], signatures), expr);
  }
  const [a, b] = found.match.args as [Typed, Typed];
  if (found.match.type === "FLOAT64" && expr.op !== "/")
    return floatArithmetic(expr.op, [a, b], [left, right], spanOf(expr));
  const result = derive(found.candidate.sql(a.sql, b.sql, right), found.match.type, spanOf(expr), [a, b]);
  if (result.type === "FLOAT64" && !mayBeNan(a) && !mayBeNan(b)) return { ...result, finite: true };
  return expr.op === "+" || expr.op === "-" ? withBound(result, boundOf(a) + boundOf(b)) : result;
}

/** A chain of ANDs or ORs is resolved flat, so that a long condition is no deep recursion. */
function resolveLogical(expr: Node<"binary">, word: "AND" | "OR", ctx: ExprContext): Typed {
  const [first, ...nodes] = leftSides(expr, ({ op }) => op === word);
  const operands = [first as Expr, ...nodes.map(({ right }) => right)].map((part) => booleanOperand(part, word, ctx));
  return derive(`(${operands.map((operand) => operand.sql).join(` ${word} `)})`, "BOOL", spanOf(expr), operands);
}

function booleanOperand(expr: Expr, word: string, ctx: ExprContext): Typed {
  const typed = resolveExpr(expr, ctx);
  if (typed.type !== "BOOL" && !isNullLiteral(typed)) {
    throw analysisError(
      `No matching signature for operator ${word} for argument types: ${typeName(typed.type)}. Supported signature: BOOL ${word} BOOL`,
      expr,
    );
  }
  return coerce(typed, "BOOL");
}

function resolveConcat(expr: Node<"binary">, ctx: ExprContext): Typed {
  const [first, ...nodes] = leftSides(expr, ({ op }) => op === "||");
  const operands = [first as Expr, ...nodes.map(({ right }) => right)].map((part) => resolveExpr(part, ctx));
  refuseNull("||", operands);
  const texts = operands.map((operand) => (operand.type === COLLATED ? plain(operand) : operand));
  const result = concatenate(texts, "operator", "||", spanOf(expr));
  return operands.some(({ type }) => type === COLLATED) ? { ...result, type: collatedType(result.type) } : result;
}

/** An operator takes no NULL that is written out. */
export function refuseNull(operator: string, operands: readonly Typed[]): void {
  const missing = operands.find((operand) => operand.literal?.kind === "null");
  if (missing !== undefined) throw analysisError(`Operands of ${operator} cannot be literal NULL`, missing.span);
}

export function resolveUnary(expr: Node<"unary">, ctx: ExprContext): Typed {
  const operand = resolveExpr(expr.operand, ctx);
  refuseNull(expr.op, [operand]);
  if (expr.op === "NOT") {
    if (operand.type !== "BOOL")
      throw analysisError(
        `No matching signature for operator NOT for argument types: ${typeName(operand.type)}. Supported signature: NOT (BOOL)`,
        expr,
      );
    const bool = booleanOperand(expr.operand, "NOT", ctx);
    return derive(`(NOT ${bool.sql})`, "BOOL", spanOf(expr), [bool]);
  }
  const allowed: readonly SqlType[] =
    expr.op === "~" ? ["INT64", "BYTES"] : ["INT64", "FLOAT64", "NUMERIC", "BIGNUMERIC", "INTERVAL"];
  if (!allowed.includes(operand.type)) {
    throw analysisError(
      `No matching signature for operator ${expr.op} for argument types: ${typeName(operand.type)}`,
      expr,
    );
  }
  if (expr.op === "+") return operand;
  if (operand.type === "BYTES") return derive(`bq_invert_bytes(${operand.sql})`, "BYTES", spanOf(expr), [operand]);
  if (operand.type === "BIGNUMERIC")
    return derive(`bq_bignumeric_change(${operand.sql}, '-')`, "BIGNUMERIC", spanOf(expr), [operand]);
  if (operand.type === "INTERVAL")
    return derive(`bq.interval_negate(${operand.sql})`, "INTERVAL", spanOf(expr), [operand]);
  return derive(`(${expr.op}(${operand.sql}))`, operand.type, spanOf(expr), [operand]);
}

function resolveComparison(expr: Node<"binary">, left: Typed, right: Typed): Typed {
  const equality = expr.op === "=" || expr.op === "!=";
  const [a, b] = unify([left, right], "operator", expr.op, expr, !equality) as [Typed, Typed];
  return derive(comparisonText(expr.op as "=", a, b), "BOOL", spanOf(expr), [a, b], isStruct(a.type) || undefined);
}

function isStruct(type: SqlType): boolean {
  return typeof type === "object" && type.kind === "struct";
}

/** Coerces operands to their common type, which must be comparable (and ordered, where asked). */
export function unify(parts: readonly Typed[], what: string, name: string, at: Span, ordered: boolean): Typed[] {
  const type = commonType(parts);
  if (type === COLLATED) return parts.map((part) => compared(coerce(part, type)));
  if (type !== undefined) refuseCollation(type, `${name} of ${typeName(type)}`, at);
  const usable = type !== undefined && (ordered ? isOrderable(type) : supportsEquality(type));
  if (type === undefined || !usable) {
    const types = parts.map((part) => (isNullLiteral(part) ? "NULL" : typeName(part.type))).join(", ");
    throw analysisError(
      `No matching signature for ${what} ${name} for argument types: ${types}. Supported signature: ANY ${name} ANY`,
      at,
    );
  }
  return parts.map((part) => coerce(part, type));
}

export function resolveBetween(expr: Node<"between">, ctx: ExprContext): Typed {
  const parts = [expr.value, expr.low, expr.high].map((part) => resolveExpr(part, ctx));
  const [value, low, high] = unify(parts, "operator", "BETWEEN", expr, true) as [Typed, Typed, Typed];
  const not = expr.negated ? "NOT " : "";
  const plain = `(${value.sql} ${not}BETWEEN ${low.sql} AND ${high.sql})`;
  const nan = [value, low, high].some(mayBeNan);
  const within = (names: readonly string[]): string => {
    const [v, l, h] = [value, low, high].map((part, i) => ({ ...part, sql: names[i] as string })) as [
      Typed,
      Typed,
      Typed,
    ];
    return `(${not}(${comparisonText(">=", v, l)} AND ${comparisonText("<=", v, h)}))`;
  };
  const sql = nan ? bindOnce([value.sql, low.sql, high.sql], within) : plain;
  return derive(sql, "BOOL", spanOf(expr), [value, low, high]);
}

export function resolveIn(expr: Node<"in">, ctx: ExprContext): Typed {
  const value = resolveExpr(expr.value, ctx);
  const span = spanOf(expr);
  const not = expr.negated ? "NOT " : "";
  if (expr.set.kind === "query") return resolveInQuery(value, expr.set.query, expr.negated, span, ctx);
  if (expr.set.kind === "unnest") {
    const array = resolveExpr(expr.set.array, ctx);
    if (typeof array.type === "string" || array.type.kind !== "array") {
      throw analysisError(
        `Second argument of IN UNNEST must be an array but was ${typeName(array.type)}`,
        expr.set.array,
      );
    }
    const element = array.type.element;
    const item: Typed = { ...array, type: element, literal: undefined, sql: "" };
    const [wanted] = unify([value, item], "operator", "IN UNNEST", expr, false) as [Typed, Typed];
    const list = comparedList(array, wanted.type, commonType([value, item]) === COLLATED);
    if (isStruct(wanted.type)) {
      const tests = `list_transform(${list.sql}, lambda member: ${equalText(wanted.sql, "member", wanted.type)})`;
      return derive(
        `(${not}coalesce(bq.list_any(${tests}), len(${list.sql}) IS NOT NULL AND NULL))`,
        "BOOL",
        span,
        [wanted, list],
        true,
      );
    }
    return derive(`(${not}${inList(wanted.sql, list.sql)})`, "BOOL", span, [wanted, list], true);
  }
  const values = expr.set.values.map((item) => resolveExpr(item, ctx));
  const [wanted, ...items] = unify([value, ...values], "operator", "IN", expr, false) as [Typed, ...Typed[]];
  if (isStruct(wanted.type)) {
    const tests = items.map((item) => equalText(wanted.sql, item.sql, wanted.type)).join(" OR ");
    return derive(`(${not}(${tests}))`, "BOOL", span, [wanted, ...items], true);
  }
  const plain = `${wanted.sql} ${not}IN (${items.map((item) => item.sql).join(", ")})`;
  const nan = mayBeNan(wanted) && items.some(mayBeNan);
  const any = ([name, ...names]: readonly string[]): string => {
    const tests = items.map((item, i) =>
      comparisonText("=", { ...wanted, sql: name as string }, { ...item, sql: names[i] as string }),
    );
    return `(${not}(${tests.join(" OR ")}))`;
  };
  const sql = nan
    ? bindOnce(
        [wanted, ...items].map((part) => part.sql),
        any,
      )
    : `(${plain})`;
  return derive(sql, "BOOL", span, [wanted, ...items]);
}

/** An array as its elements are compared. */
function comparedList(array: Typed, element: SqlType, collated: boolean): Typed {
  if (!collated) return coerce(array, { kind: "array", element });
  const type: SqlType = { kind: "array", element: COLLATED };
  const list = coerce(array, type);
  return { ...list, sql: `list_transform(${list.sql}, lambda item: ${collationKey("item")})`, literal: undefined };
}

/** SQL's three-valued IN over a list; a NULL array is an empty one. */
function inList(wanted: string, list: string): string {
  return (
    `CASE WHEN coalesce(len(${list}), 0) = 0 THEN false WHEN list_contains(${list}, ${wanted}) THEN true ` +
    `WHEN ${wanted} IS NULL OR len(${list}) > list_count(${list}) THEN NULL ELSE false END`
  );
}

export function resolveIs(expr: Node<"is">, ctx: ExprContext): Typed {
  const value = resolveExpr(expr.value, ctx);
  if (expr.test !== "NULL" && value.type !== "BOOL" && !isNullLiteral(value)) {
    throw analysisError(
      `No matching signature for operator IS ${expr.test} for argument types: ${typeName(value.type)}`,
      expr,
    );
  }
  const operand = expr.test === "NULL" ? value : coerce(value, "BOOL");
  const test = expr.test === "UNKNOWN" ? "NULL" : expr.test;
  return derive(`(${operand.sql} IS ${expr.negated ? "NOT " : ""}${test})`, "BOOL", spanOf(expr), [operand], false);
}

export function resolveIsDistinct(expr: Node<"isDistinct">, ctx: ExprContext): Typed {
  const parts = [resolveExpr(expr.left, ctx), resolveExpr(expr.right, ctx)];
  const [a, b] = unify(parts, "operator", "IS DISTINCT FROM", expr, false) as [Typed, Typed];
  const word = expr.negated ? "IS NOT DISTINCT FROM" : "IS DISTINCT FROM";
  return derive(`(${a.sql} ${word} ${b.sql})`, "BOOL", spanOf(expr), [a, b], false);
}

function spanOf(expr: Span): Span {
  return { start: expr.start, end: expr.end };
}
