import type { CallExpr, Expr, Identifier, Query, Select } from "./ast.js";
import type { Span } from "./contract.js";
import { analysisError } from "./errors.js";
import type { RoutineParameter } from "./script-ast.js";

/** A SQL function of the user. */
export interface SqlFunction {
  readonly parameters: readonly RoutineParameter[];
  readonly returns: import("./ast.js").TypeNode | undefined;
  readonly body: Expr;
}

/** Finds a function by its name as it is called: upper case, dots between the parts. */
export type FindFunction = (name: string) => SqlFunction | undefined;

/** How deep functions may call functions: more is a function that calls itself. */
const DEEPEST = 50;

/**
 * Replaces every call of a user's function by the function's body. Where the body holds a query of its own, the arguments become the
 * columns of a subquery, so that no name in an argument can be taken for one in the body.
 */
export function inlineFunctions<T>(tree: T, find: FindFunction, depth = 0): T {
  return mapTree(tree, (node) => {
    if (node.kind !== "call") return undefined;
    const call = node as unknown as CallExpr;
    const routine = find(call.name);
    if (routine === undefined) return undefined;
    if (depth > DEEPEST) throw analysisError(`Function ${call.name} calls itself`, call.nameSpan);
    const inlined = inlineCall(call, routine);
    return inlineFunctions(inlined, find, depth + 1) as unknown as Node;
  });
}

function inlineCall(call: CallExpr, { parameters, returns, body }: SqlFunction): Expr {
  if (call.args.length !== parameters.length) {
    const message = `Number of arguments does not match for function ${call.name}: it takes ${parameters.length}, but got ${call.args.length}`;
    throw analysisError(message, call);
  }
  const { start, end } = call;
  const at = { start, end };
  const args = parameters.map(({ name, type }, i): { name: Identifier; value: Expr } => {
    const value = (call.args[i] as CallExpr["args"][number]).value;
    return { name, value: type === undefined ? value : castTo(value, type, at) };
  });
  const own = withSpan(body, at);
  const result = holdsQuery(body) ? subquery(own, args, at) : substitute(own, args, at);
  return returns === undefined ? result : castTo(result, withSpan(returns, at), at);
}

function castTo(value: Expr, type: import("./ast.js").TypeNode, at: Span): Expr {
  return { kind: "cast", safe: false, value, type, format: undefined, zone: undefined, ...at };
}

function substitute(body: Expr, args: readonly { name: Identifier; value: Expr }[], at: Span): Expr {
  const values = new Map(args.map(({ name, value }) => [name.name.toLowerCase(), value]));
  return mapTree(body, (node) => {
    if (node.kind !== "path") return undefined;
    const [first, ...fields] = node.parts as Identifier[];
    const value = values.get(first?.name.toLowerCase() ?? "");
    if (value === undefined) return undefined;
    const expr = fields.reduce<Expr>((target, field) => ({ kind: "field", target, field, ...at }), value);
    return expr as unknown as Node;
  });
}

/** `(SELECT body FROM (SELECT argument AS parameter, ..))`. */
function subquery(body: Expr, args: readonly { name: Identifier; value: Expr }[], at: Span): Expr {
  const row = select(
    args.map(({ name, value }) => ({ kind: "expr", expr: value, alias: name, ...at })),
    undefined,
    at,
  );
  const from: Select["from"] = { kind: "derived", query: row, alias: undefined, offset: undefined, ...at };
  const items: Select["items"] = [{ kind: "expr", expr: body, alias: undefined, ...at }];
  return { kind: "subquery", query: select(items, args.length === 0 ? undefined : from, at), ...at };
}

function select(items: Select["items"], from: Select["from"], at: Span): Query {
  const body: Select = {
    kind: "select",
    distinct: false,
    as: undefined,
    items,
    from,
    where: undefined,
    groupBy: undefined,
    having: undefined,
    qualify: undefined,
    windows: [],
    ...at,
  };
  return { with: [], recursive: false, body, orderBy: [], limit: undefined, offset: undefined, ...at };
}

function holdsQuery(body: Expr): boolean {
  let found = false;
  mapTree(body, (node) => {
    found ||= node.kind === "select";
    return undefined;
  });
  return found;
}

/** Errors in a function's body are reported where it is called. */
function withSpan<T>(tree: T, { start, end }: Span): T {
  if (typeof tree !== "object" || tree === null) return tree;
  if (Array.isArray(tree)) return tree.map((item) => withSpan(item as unknown, { start, end })) as T;
  const entries = Object.entries(tree).map(([key, value]) => {
    if (key === "start" && typeof value === "number") return [key, start];
    if (key === "end" && typeof value === "number") return [key, end];
    return [key, withSpan(value, { start, end })];
  });
  return Object.fromEntries(entries) as T;
}

type Node = Record<string, unknown>;

/** A copy of a tree, children first, in which `change` may replace any object. */
export function mapTree<T>(tree: T, change: (node: Node) => Node | undefined): T {
  if (typeof tree !== "object" || tree === null) return tree;
  if (Array.isArray(tree)) {
    const items = tree.map((item) => mapTree(item as unknown, change));
    return items.some((item, i) => item !== tree[i]) ? (items as T) : tree;
  }
  const entries = Object.entries(tree).map(([key, value]) => [key, mapTree(value as unknown, change)] as const);
  const changed = entries.some(([key, value]) => value !== (tree as Node)[key]);
  const copy = (changed ? Object.fromEntries(entries) : tree) as Node;
  return (change(copy) ?? copy) as T;
}
