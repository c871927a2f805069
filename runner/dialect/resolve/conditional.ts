import type { Expr } from "../../googlesql/ast.js";
import { analysisError } from "../../googlesql/errors.js";
import { typeName } from "../../port/sql-types.js";
import { castTo } from "../functions/cast.js";
import { castByFormat, castInZone } from "../functions/cast-format.js";
import { extractPart } from "../functions/extract.js";
import { coerce, commonType } from "../types/coercion.js";
import { plain } from "../types/collation.js";
import { equalText } from "../types/equal-values.js";
import { boundOf, derive, type Typed, withBound } from "../types/typed.js";
import { branchContext, holds } from "./branches.js";
import { resolveAs, resolveExpr } from "./expression.js";
import { unify } from "./operators.js";
import { withOuterArguments } from "./outer-arguments.js";
import type { ExprContext } from "./scope.js";
import { limitsOf, typeOf } from "./type-node.js";

type Node<K extends Expr["kind"]> = Extract<Expr, { kind: K }>;

export function resolveCase(expr: Node<"case">, ctx: ExprContext): Typed {
  const span = { start: expr.start, end: expr.end };
  const conditions = caseConditions(expr, ctx);
  const whens = [...(expr.operand === undefined ? [] : [expr.operand]), ...expr.branches.map((branch) => branch.when)];
  const results = [...expr.branches.map((branch) => branch.result), ...(expr.otherwise ? [expr.otherwise] : [])].map(
    (node, i) => {
      const taken = (): string =>
        conditions
          .slice(0, i + 1)
          .map((condition, at) => (at === i ? holds(condition) : `NOT ${holds(condition)}`))
          .join(" AND ");
      return resolveExpr(node, branchContext(ctx, taken, whens));
    },
  );
  const type = commonType(results);
  if (type === undefined) {
    const types = results.map((result) => typeName(result.type)).join(", ");
    throw analysisError(
      `No matching signature for operator CASE: all THEN/ELSE arguments must be coercible to a common type but found: ${types}`,
      expr,
    );
  }
  const typed = results.map((result) => coerce(result, type));
  const otherwise = expr.otherwise === undefined ? undefined : (typed.at(-1) as Typed);
  const branches = conditions.map(({ sql }, i) => `WHEN ${sql} THEN ${(typed[i] as Typed).sql}`).join(" ");
  const tail = otherwise === undefined ? "" : ` ELSE ${otherwise.sql}`;
  const nullable = otherwise === undefined || typed.some((result) => result.nullable);
  const result = derive(`CASE ${branches}${tail} END`, type, span, [...conditions, ...typed], nullable);
  return withBound(result, Math.max(...typed.map(boundOf)));
}

function caseConditions(expr: Node<"case">, ctx: ExprContext): Typed[] {
  const { operand } = expr;
  if (operand === undefined)
    return expr.branches.map((branch) => resolveAs(branch.when, "BOOL", ctx, "CASE condition"));
  const value = resolveExpr(operand, ctx);
  return expr.branches.map((branch) => {
    const [a, b] = unify([value, resolveExpr(branch.when, ctx)], "operator", "CASE", branch.when, false) as [
      Typed,
      Typed,
    ];
    return derive(equalText(a.sql, b.sql, a.type), "BOOL", branch.when, [a, b]);
  });
}

export function resolveCast(expr: Node<"cast">, ctx: ExprContext): Typed {
  const value = plain(resolveExpr(expr.value, ctx));
  const zone = expr.zone === undefined ? undefined : resolveAs(expr.zone, "STRING", ctx, "Time zone");
  const options = { safe: expr.safe, span: expr };
  if (expr.format !== undefined) {
    const format = resolveAs(expr.format, "STRING", ctx, "FORMAT");
    return withOuterArguments("FORMAT_CAST", ctx, (bind) =>
      castByFormat(bind(value), typeOf(expr.type), bind(format), zone && bind(zone), options),
    );
  }
  if (zone !== undefined)
    return withOuterArguments("FORMAT_CAST", ctx, (bind) =>
      castInZone(bind(value), typeOf(expr.type), bind(zone), options),
    );
  return castTo(value, typeOf(expr.type), { safe: expr.safe, limits: limitsOf(expr.type), span: expr });
}

export function resolveExtract(expr: Node<"extract">, ctx: ExprContext): Typed {
  const value = resolveExpr(expr.value, ctx);
  const zone = expr.zone === undefined ? undefined : resolveAs(expr.zone, "STRING", ctx, "Time zone");
  return extractPart(expr.part, value, zone, expr);
}
