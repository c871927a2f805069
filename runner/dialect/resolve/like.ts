import type { Expr } from "../../googlesql/ast.js";
import { analysisError } from "../../googlesql/errors.js";
import { COLLATED, typeName } from "../../port/sql-types.js";
import { coerce } from "../types/coercion.js";
import { plain } from "../types/collation.js";
import { derive, isNullLiteral, type Typed } from "../types/typed.js";
import { resolveExpr } from "./expression.js";
import { refuseNull } from "./operators.js";
import type { ExprContext } from "./scope.js";

type Like = Extract<Expr, { kind: "like" }>;

/**
 * LIKE, LIKE ANY and LIKE ALL over a list, an array or a subquery. Bytes are matched as Latin-1 text.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/operators#like_operator_quantified
 */
export function resolveLike(expr: Like, ctx: ExprContext): Typed {
  const span = { start: expr.start, end: expr.end };
  const value = resolveExpr(expr.value, ctx);
  const not = expr.negated ? "NOT " : "";
  const { patterns } = expr;
  if (!Array.isArray(patterns)) {
    const array = resolveExpr((patterns as Exclude<Like["patterns"], readonly Expr[]>).array, ctx);
    const element = typeof array.type === "object" && array.type.kind === "array" ? array.type.element : undefined;
    if (element !== "STRING" && element !== "BYTES" && array.literal?.kind !== "emptyArray")
      throw mismatch(value, array, expr);
    const subject = textOf(value, element === "BYTES", expr);
    const test = `${subject} LIKE ${element === "BYTES" ? "bq_latin1_text(like_pattern)" : "like_pattern"} ESCAPE '\\'`;
    const list = array.literal?.kind === "emptyArray" ? "CAST([] AS VARCHAR[])" : `coalesce(${array.sql}, [])`;
    const tests = `list_transform(${list}, lambda like_pattern: ${test})`;
    const sql = `(${not}bq.list_${expr.quantifier === "ALL" ? "all" : "any"}(${tests}))`;
    return derive(sql, "BOOL", span, [value, array], true);
  }
  const parts = (patterns as readonly Expr[]).map((pattern) => resolveExpr(pattern, ctx));
  if (expr.quantifier === undefined) refuseNull("LIKE", [value, ...parts]);
  if ([value, ...parts].some(({ type }) => type === COLLATED)) return withoutCase(expr, value, parts);
  const bytes = [value, ...parts].some((part) => part.type === "BYTES");
  const subject = textOf(value, bytes, expr);
  const sql = parts
    .map((part) => {
      const text = part.literal?.kind === "string" ? part.literal.text : undefined;
      if (text !== undefined && /(?<!\\)(\\\\)*\\$/.test(text))
        throw analysisError("LIKE pattern ends with a backslash", part.span);
      const escaping = text === undefined || text.includes("\\") ? " ESCAPE '\\'" : "";
      return `${subject} LIKE ${textOf(part, bytes, expr, value)}${escaping}`;
    })
    .join(expr.quantifier === "ALL" ? " AND " : " OR ");
  return derive(`(${not}(${sql}))`, "BOOL", span, [value, ...parts]);
}

/** Over texts without case, in which `_` may not stand: what is one character to a collation may be several. */
function withoutCase(expr: Like, value: Typed, patterns: readonly Typed[]): Typed {
  const subject = `bq.caseless(${textOf(plain(value), false, expr)})`;
  const tests = patterns.map((pattern) => {
    const text = textOf(plain(pattern), false, expr);
    return `${subject} LIKE bq.caseless_pattern(${text}) ESCAPE '\\'`;
  });
  const sql = `(${expr.negated ? "NOT " : ""}(${tests.join(expr.quantifier === "ALL" ? " AND " : " OR ")}))`;
  return derive(sql, "BOOL", { start: expr.start, end: expr.end }, [value, ...patterns]);
}

function textOf(part: Typed, bytes: boolean, expr: Like, value: Typed = part): string {
  if (isNullLiteral(part)) return "CAST(NULL AS VARCHAR)";
  if (bytes ? part.type !== "BYTES" : part.type !== "STRING") throw mismatch(value, part, expr);
  return bytes ? `bq_latin1_text(${part.sql})` : coerce(part, "STRING").sql;
}

function mismatch(value: Typed, part: Typed, expr: Like): Error {
  return analysisError(
    `No matching signature for operator LIKE for argument types: ${typeName(value.type)}, ${typeName(part.type)}. Supported signatures: STRING LIKE STRING; BYTES LIKE BYTES`,
    expr,
  );
}
