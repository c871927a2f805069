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

/** An argument that a body names more than once, and how often beyond that. */
interface Repeated {
  readonly arg: Typed;
  readonly more: number;
}

export function repeatedArguments(
  { parameters }: UserFunction,
  body: Expr,
  args: readonly Typed[],
): readonly Repeated[] {
  const counts = new Map<string, number>();
  walk(body, (node) => {
    const [first] = node.kind === "path" ? (node.parts as { name: string }[]) : [];
    const key = first?.name.toLowerCase() ?? "";
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return undefined;
  });
  return args
    .map((arg, i) => ({ arg, more: (counts.get(parameters[i]?.name.name.toLowerCase() ?? "") ?? 0) - 1 }))
    .filter(({ more }) => more > 0);
}

/** Whether arguments must be bound once: they are random, or their text would be repeated too often. */
export function mustBind(repeated: readonly Repeated[]): boolean {
  const text = repeated.reduce((sum, { arg, more }) => sum + more * arg.sql.length, 0);
  return text > MOST_REPEATED || repeated.some(({ arg }) => isVolatileText(arg.sql));
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
  // Within lateral queries DuckDB loses the names of fields in a lambda.
  if (ctx.env.depth > 0 && args.some(({ type }) => typeof type !== "string")) return undefined;
  const texts = args.map(({ sql }) => sql);
  let value: Typed | undefined;
  const sql = bindAs("bound_args", texts, (names) => {
    value = evaluate(args.map((arg, i) => ({ ...arg, sql: names[i] ?? "", arithmetic: undefined })));
    return value.sql;
  });
  // A lambda holds no subquery.
  return value === undefined || /\bSELECT\b/.test(value.sql) ? undefined : { ...value, sql };
}

/** @throws SqlProblem for a random argument, which must not be evaluated for each place that names it */
export function refuseRandom(repeated: readonly Repeated[]): void {
  const random = repeated.find(({ arg }) => isVolatileText(arg.sql));
  if (random !== undefined)
    throw unsupported("A random argument that the function uses more than once", random.arg.span);
}
