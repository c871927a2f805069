import type { Expr } from "../../googlesql/ast.js";
import type { UserFunction } from "../../googlesql/catalog.js";
import { unsupported } from "../../googlesql/errors.js";
import { walk } from "../../googlesql/walk.js";
import { bindAs } from "../print/bind.js";
import type { Typed } from "../types/typed.js";
import type { ExprContext } from "./scope.js";
import { isVolatileText } from "./with-expression.js";

/** Repeating the arguments of a function may add this much text; beyond, functions that call each other would grow without end. */
const MOST_REPEATED = 4000;

/** Whether arguments must be bound once: they are random, or their text would be repeated too often. */
export function repeatsArguments({ parameters }: UserFunction, body: Expr, args: readonly Typed[]): boolean {
  const isCostly = args.reduce((sum, { sql }) => sum + sql.length, 0) > MOST_REPEATED / 10;
  if (!isCostly && !args.some(({ sql }) => isVolatileText(sql))) return false;
  const counts = new Map(parameters.map(({ name }) => [name.name.toLowerCase(), 0]));
  walk(body, (node) => {
    const [first] = node.kind === "path" ? (node.parts as { name: string }[]) : [];
    const key = first?.name.toLowerCase() ?? "";
    const count = counts.get(key);
    if (count !== undefined) counts.set(key, count + 1);
    return undefined;
  });
  let repeated = 0;
  for (const [i, { name }] of parameters.entries()) {
    const { sql = "" } = args[i] ?? {};
    const more = Math.max(0, (counts.get(name.name.toLowerCase()) ?? 0) - 1);
    repeated += more * sql.length;
    if (more > 0 && isVolatileText(sql)) return true;
  }
  return repeated > MOST_REPEATED;
}

/**
 * A call whose arguments are evaluated once.
 * @param evaluate the body with some arguments
 * @returns undefined where the body cannot be evaluated so
 */
export function boundCall(
  args: readonly Typed[],
  evaluate: (given: readonly Typed[]) => Typed,
  ctx: ExprContext,
): Typed | undefined {
  const texts = args.flatMap(({ sql, literal }) => (literal === undefined ? [sql] : []));
  let at = 0;
  const given = args.map((arg) => {
    if (arg.literal !== undefined) return arg;
    at += 1;
    return { ...arg, sql: texts.length === 1 ? "bound_args" : `bound_args[${at}]`, arithmetic: undefined };
  });
  const value = evaluate(given);
  // A lambda holds no subquery, and within lateral queries DuckDB loses the names of fields in one.
  const isBindable =
    !/\bSELECT\b/.test(value.sql) && (ctx.env.depth === 0 || args.every(({ type }) => typeof type === "string"));
  if (isBindable) return { ...value, sql: bindAs("bound_args", texts, () => value.sql) };
  const random = args.find(({ sql }) => isVolatileText(sql));
  if (random !== undefined) throw unsupported("A random argument that the function uses more than once", random.span);
  return undefined;
}
