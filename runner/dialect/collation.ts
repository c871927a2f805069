import type { Expr } from "../googlesql/ast.js";
import { mapTree, walk } from "../googlesql/walk.js";

type Call = Extract<Expr, { kind: "call" }>;
type Like = Extract<Expr, { kind: "like" }>;
type Node = Record<string, unknown>;

/** Functions that say only whether texts agree. */
const PREDICATES: ReadonlySet<string> = new Set(["STARTS_WITH", "ENDS_WITH"]);

/** The collation in which case tells nothing apart. */
const CASELESS = "und:ci";

/**
 * The tree with `COLLATE(x, 'und:ci')` taken for what it means to `=`, `!=`, `IN`, `LIKE`, `STARTS_WITH` and `ENDS_WITH`: all sides are
 * compared without case. `COLLATE(x, '')` is `x`. Wherever else a collation would have to be carried on, COLLATE is left, to be refused by its name.
 */
export function withoutCollations<T>(tree: T): T {
  if (typeof tree !== "object" || tree === null || !callsCollate(tree)) return tree;
  return mapTree(tree, (node) => {
    const call = collated(node);
    const inner = call?.args[0]?.value;
    if (call !== undefined && inner !== undefined && collationOf(call) === "")
      return collated(inner) === undefined ? (inner as unknown as Node) : undefined;
    if (node.kind === "binary" && (node.op === "=" || node.op === "!=")) {
      const { left, right } = node as unknown as Extract<Expr, { kind: "binary" }>;
      const found = caseless(left) ?? caseless(right);
      return found && { ...node, left: folded(left, found), right: folded(right, found) };
    }
    if (node.kind === "like") return likeWithoutCase(node as unknown as Like);
    if (node.kind === "call" && PREDICATES.has(String(node.name))) {
      const { args } = node as unknown as Call;
      const found = args.map(({ value }) => caseless(value)).find((own) => own !== undefined);
      return found && { ...node, args: args.map((arg) => ({ ...arg, value: folded(arg.value, found) })) };
    }
    if (node.kind !== "in") return undefined;
    const { value, set } = node as unknown as Extract<Expr, { kind: "in" }>;
    const found = caseless(value);
    if (found === undefined || set.kind !== "list") return undefined;
    const values = set.values.map((item) => folded(item, found));
    return { ...node, value: folded(value, found), set: { ...set, values } };
  });
}

/** Patterns of an array would have to be folded one by one. */
function likeWithoutCase(node: Like): Node | undefined {
  const { value, patterns } = node;
  if ("array" in patterns) return undefined;
  const found = [value, ...patterns].map(caseless).find((own) => own !== undefined);
  if (found === undefined) return undefined;
  const all = patterns.map((pattern) => folded(pattern, found));
  return { ...node, value: folded(value, found), patterns: all } as unknown as Node;
}

function callsCollate(tree: object): boolean {
  let found = false;
  walk(tree, (node) => {
    found ||= collated(node) !== undefined;
    return !found;
  });
  return found;
}

function collated(node: Node | Expr): Call | undefined {
  const call = node as Call;
  return call.kind === "call" && call.name === "COLLATE" && call.args.length === 2 ? call : undefined;
}

function collationOf({ args }: Call): string | undefined {
  const spec = args[1]?.value;
  return spec?.kind === "string" ? spec.value : undefined;
}

function caseless(expr: Expr): Call | undefined {
  const call = collated(expr);
  return call !== undefined && collationOf(call) === CASELESS ? call : undefined;
}

/** The value without case. */
function folded(expr: Expr, pattern: Call): Expr {
  const [first] = pattern.args;
  const value = caseless(expr)?.args[0]?.value ?? expr;
  const { start, end } = expr;
  const name = "NORMALIZE_AND_CASEFOLD";
  return first === undefined
    ? expr
    : { ...pattern, name, nameSpan: { start, end }, args: [{ ...first, value }], start, end };
}
