import type { CallExpr, Expr, Identifier } from "../../googlesql/ast.js";
import type { Catalog, UserFunction } from "../../googlesql/catalog.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { parseQueryText } from "../../googlesql/parser/statement.js";
import type { RoutineParameter } from "../../googlesql/script-ast.js";
import { mapTree, walk } from "../../googlesql/walk.js";
import { functionNamed } from "../functions/registry.js";
import { rejectAggregateModifiers } from "./calls.js";

type AggregateFunction = Extract<UserFunction, { kind: "createFunction" }>;

/**
 * The tree with the bodies of the user's aggregate functions in place of their calls, so that the aggregates in them belong to the
 * query that calls. https://cloud.google.com/bigquery/docs/user-defined-aggregates
 */
export function withAggregateBodies<T extends object>(tree: T, catalog: Pick<Catalog, "routine">): T {
  return holdsAggregateFunction(tree, catalog) ? replaced(tree, catalog, new Set()) : tree;
}

function aggregateNamed(name: string, { routine }: Pick<Catalog, "routine">): AggregateFunction | undefined {
  if (functionNamed(name) !== undefined) return undefined;
  const found = routine?.(name);
  return found?.kind === "createFunction" && found.isAggregate ? found : undefined;
}

function holdsAggregateFunction(tree: object, catalog: Pick<Catalog, "routine">): boolean {
  if (catalog.routine === undefined) return false;
  let found = false;
  walk(tree, (node) => {
    found ||= node.kind === "call" && aggregateNamed(node.name as string, catalog) !== undefined;
    return !found;
  });
  return found;
}

function replaced<T>(tree: T, catalog: Pick<Catalog, "routine">, open: ReadonlySet<UserFunction>): T {
  return mapTree(tree, (node) => {
    if (node.kind !== "call") return undefined;
    const call = node as unknown as CallExpr;
    const routine = aggregateNamed(call.name, catalog);
    if (routine === undefined) return undefined;
    if (open.has(routine)) throw analysisError(`Function ${nameOf(routine)} calls itself`, call.nameSpan);
    return calledBody(call, routine, catalog, open) as unknown as Record<string, unknown>;
  });
}

function calledBody(
  call: CallExpr,
  routine: AggregateFunction,
  catalog: Pick<Catalog, "routine">,
  open: ReadonlySet<UserFunction>,
): Expr {
  const name = nameOf(routine);
  if (call.safe) throw analysisError(`Function ${name} does not support SAFE error mode`, call.nameSpan);
  rejectAggregateModifiers(call);
  const { parameters, body, returns } = routine;
  if (body.language === "js") throw unsupported("A JavaScript aggregate function", call.nameSpan);
  const named = call.args.find((argument) => argument.name !== undefined);
  if (named !== undefined) throw unsupported("A named argument of an aggregate function", named.value);
  if (call.args.length !== parameters.length)
    throw analysisError(
      `No matching signature for aggregate function ${name}: it takes ${parameters.length} arguments, but got ${call.args.length}`,
      call,
    );
  const values = new Map(parameters.map((parameter, i) => [key(parameter.name), argumentOf(call, parameter, i, name)]));
  const inner = replaced(body.expr, catalog, new Set([...open, routine]));
  const { start, end } = call;
  const expr = withValues(inner, values, { start, end });
  return returns === undefined
    ? expr
    : { kind: "coerced", value: expr, type: returns, what: `The body of function ${name}`, start, end };
}

function argumentOf(call: CallExpr, { name, type, isConstant }: RoutineParameter, i: number, of: string): Expr {
  const value = call.args[i]?.value as Expr;
  if (isConstant === true && !isLiteral(value))
    throw analysisError(
      `Argument ${name.name} of ${of} is NOT AGGREGATE: it must be a literal, parameter or variable`,
      value,
    );
  const { start, end } = value;
  return type === undefined
    ? value
    : { kind: "coerced", value, type, what: `Argument ${name.name} of aggregate function ${of}`, start, end };
}

/** A literal, a query parameter or a variable, which is a name by itself. */
function isLiteral(value: Expr): boolean {
  if (value.kind === "unary") return isLiteral(value.operand);
  if (value.kind === "path") return value.parts.length === 1;
  return ["null", "bool", "integer", "float", "string", "bytes", "typedLiteral", "parameter"].includes(value.kind);
}

/** A body with values for the names of parameters, at the place of the call: an error in it is told there. */
function withValues(body: Expr, values: ReadonlyMap<string, Expr>, span: { start: number; end: number }): Expr {
  const moved = mapTree(body, (node) => (typeof node.start === "number" ? { ...node, ...span } : undefined));
  return mapTree(moved, (node) => {
    if (node.kind !== "path") return undefined;
    const [first, ...fields] = node.parts as readonly Identifier[];
    const value = first && values.get(key(first));
    if (value === undefined) return undefined;
    const whole = fields.reduce<Expr>((target, field) => ({ kind: "field", target, field, ...span }), value);
    return whole as unknown as Record<string, unknown>;
  });
}

/** A query that aggregates over columns of the types of a function's parameters, to find out what is wrong with its body. */
export function checkedQuery(routine: AggregateFunction) {
  const { parameters, body, returns } = routine;
  if (body.language === "js") throw unsupported("A JavaScript aggregate function", body.codeSpan);
  if (parameters.some(({ type }) => type === undefined)) return undefined;
  const nulls = parameters.map(({ name, type, isConstant }) => ({
    name,
    isConstant,
    value: {
      kind: "cast",
      type,
      value: { kind: "null", ...span(name) },
      safe: false,
      ...span(name),
    } as unknown as Expr,
  }));
  const constants = new Map(nulls.flatMap(({ name, isConstant, value }) => (isConstant ? [[key(name), value]] : [])));
  const plain = mapTree(body.expr, (node) => {
    const [first, ...more] = node.kind === "path" ? (node.parts as readonly Identifier[]) : [];
    const value = first && more.length === 0 ? constants.get(key(first)) : undefined;
    return value as unknown as Record<string, unknown> | undefined;
  });
  const what = `The body of function ${nameOf(routine)}`;
  const result: Expr =
    returns === undefined ? plain : { kind: "coerced", value: plain, type: returns, what, ...span(body.expr) };
  const items = nulls.map(({ name, value }) => ({ kind: "expr", expr: value, alias: name, ...span(name) }));
  // With COUNT(*) it aggregates, whatever the body is.
  const frame = parseQueryText("SELECT COUNT(*) FROM (SELECT 1)");
  return mapTree(frame, (node) => {
    if (node.kind !== "select") return undefined;
    if (node.from === undefined) return { ...node, items: items.length === 0 ? node.items : items };
    const item = { kind: "expr", expr: result, alias: undefined, ...span(body.expr) };
    return { ...node, items: [item, ...(node.items as readonly unknown[])] };
  });
}

const key = ({ name }: Identifier): string => name.toLowerCase();
const nameOf = ({ path }: Pick<UserFunction, "path">): string => path.parts.map(({ name }) => name).join(".");
const span = ({ start, end }: { readonly start: number; readonly end: number }) => ({ start, end });
