import type { Expr } from "../../googlesql/ast.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { walk } from "../../googlesql/walk.js";
import type { Typed } from "../types/typed.js";
import { resolveExpr } from "./expression.js";
import { gatherValue } from "./lineage.js";
import type { ExprContext } from "./scope.js";

type WithExpression = Extract<Expr, { kind: "with" }>;

/** A longer text is not written more than once: variables that read each other would double it each time. */
const LONG = 10_000;

/**
 * `WITH(a AS .., b AS .., result)`: each variable is its text wherever it is read; one that is long, or has another value each time, and is
 * read more than once, is bound to a name.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/operators#with_expression
 */
export function resolveWithExpression(expr: WithExpression, ctx: ExprContext): Typed {
  const variables = new Map(ctx.scope.variables);
  const own = new Set<string>();
  const bound: { readonly name: string; readonly sql: string }[] = [];
  const inner = (): ExprContext => ({ ...ctx, scope: { ...ctx.scope, variables: new Map(variables) } });
  for (const { name, value } of expr.variables) {
    const key = name.name.toLowerCase();
    if (own.has(key)) throw analysisError(`Duplicate variable ${name.name} in WITH expression`, name);
    own.add(key);
    const typed = { ...gatherValue(ctx.env, () => resolveExpr(value, inner())), literal: undefined };
    const isBound = isVolatileText(typed.sql) || typed.sql.length > LONG;
    if (isBound && reads(expr, key) > 1) {
      const alias = ctx.env.freshAlias().replace("$", "");
      bound.push({ name: alias, sql: typed.sql });
      variables.set(key, { ...typed, sql: alias });
    } else variables.set(key, typed);
  }
  const result = resolveExpr(expr.result, inner());
  if (bound.length === 0) return { ...result, literal: undefined, span: { start: expr.start, end: expr.end } };
  if (/\bSELECT\b/.test(result.sql)) throw unsupported("A long or random variable of WITH beside a subquery", expr);
  const sql = bound.reduceRight(
    (body, { name, sql: value }) => `list_transform([${value}], lambda ${name}: ${body})[1]`,
    result.sql,
  );
  return { ...result, sql, literal: undefined, span: { start: expr.start, end: expr.end } };
}

/** Whether a DuckDB text gives another value each time it is evaluated. */
export function isVolatileText(sql: string): boolean {
  return /\b(random|uuid)\(\)/.test(sql);
}

/** How often a variable is read. */
function reads({ variables, result }: WithExpression, key: string): number {
  let count = 0;
  walk([variables.map(({ value }) => value), result], (node) => {
    const [first] = node.kind === "path" ? (node.parts as { name: string }[]) : [];
    if (first?.name.toLowerCase() === key) count += 1;
    return undefined;
  });
  return count;
}
