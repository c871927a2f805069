import type { Expr, FromItem, Query, Select, SelectItem } from "../googlesql/ast.js";
import type { Span } from "../googlesql/contract.js";
import type { SqlProblem } from "../googlesql/errors.js";
import { impliedName } from "../googlesql/names.js";
import { mapTree, walk } from "../googlesql/walk.js";

/** A query without the part that was wrong. */
export interface Repair {
  readonly query: Query;
  /** Columns whose type is now a guess. */
  readonly tainted: readonly string[];
  /** A name that was corrected by a guess. */
  readonly guessed?: Span;
  /** False: the columns of the whole query can no longer be known. */
  readonly outputKnown: boolean;
}

/**
 * Takes the error out of a query so that the rest of it can be looked at: a misspelt name becomes the one that was meant, a column
 * of a SELECT list becomes NULL, a condition becomes TRUE; where that does not help, the common table expression with the error goes,
 * together with everything that reads it. Undefined: nothing is left to look at.
 */
export function repair(query: Query, { span, message }: SqlProblem): Repair | undefined {
  if (message.startsWith("Duplicate column names")) return undefined;
  return (
    correctName(query, span, message) ??
    replaceColumn(query, span) ??
    dropCondition(query, span) ??
    dropCommonTable(query, span)
  );
}

/** `names` and every alias of a column that is computed from one of them, wherever in the query. */
export function taintedNames(query: Query, names: ReadonlySet<string>): ReadonlySet<string> {
  const tainted = new Set(names);
  if (tainted.size === 0) return tainted;
  const items = columnsOf(query);
  for (let size = -1; size !== tainted.size; ) {
    size = tainted.size;
    for (const item of items) {
      const name = nameOf(item);
      if (name !== undefined && mentions(item.expr, tainted)) tainted.add(name.toLowerCase());
    }
  }
  return tainted;
}

/** Whether the column, condition or other part in which `span` stands reads one of the names, or holds one of the guesses. */
export function dependsOnGuess(
  query: Query,
  span: Span,
  names: ReadonlySet<string>,
  guesses: readonly Span[],
): boolean {
  const part = columnsOf(query).findLast((item) => contains(item, span))?.expr ?? conditionAt(query, span) ?? query;
  return guesses.some((guess) => contains(part, guess)) || (names.size > 0 && mentions(part, names));
}

type ColumnItem = Extract<SelectItem, { kind: "expr" }>;

/** Every expression of every SELECT list, outer ones first. */
function columnsOf(query: Query): ColumnItem[] {
  const items: ColumnItem[] = [];
  walk(query, (node) => {
    if (node.kind === "select")
      items.push(...(node as unknown as Select).items.filter((item): item is ColumnItem => item.kind === "expr"));
    return undefined;
  });
  return items;
}

function correctName(query: Query, span: Span, message: string): Repair | undefined {
  const meant = /; Did you mean (.+)\?$/.exec(message)?.[1];
  if (meant === undefined) return undefined;
  if (message.startsWith("Table not found")) {
    const table = find(query, (node) => node.kind === "table" && sameSpan(node.pathSpan as Span, span)) as
      | Extract<FromItem, { kind: "table" }>
      | undefined;
    if (table === undefined) return undefined;
    const path = meant.split(".").map((name) => ({ ...table.pathSpan, name }));
    const alias = table.alias ?? table.path.at(-1);
    return { query: replaced(query, table, { ...table, path, alias }), tainted: [], outputKnown: true };
  }
  const identifier = find(query, (node) => typeof node.name === "string" && sameSpan(node as unknown as Span, span));
  if (identifier === undefined || identifier.kind !== undefined) return undefined;
  return {
    query: replaced(query, identifier, { ...identifier, name: meant }),
    tainted: columnsOf(query).flatMap((item) => (contains(item, span) ? (nameOf(item) ?? []) : [])),
    guessed: span,
    outputKnown: true,
  };
}

function replaceColumn(query: Query, span: Span): Repair | undefined {
  const item = columnsOf(query).findLast((candidate) => contains(candidate, span));
  if (item === undefined || item.expr.kind === "null") return undefined;
  const name = nameOf(item);
  const { start, end } = item.expr;
  const alias = name === undefined ? undefined : { name, start, end };
  const repaired = replaced(query, item, { ...item, expr: { kind: "null", start, end }, alias });
  return { query: repaired, tainted: name === undefined ? [] : [name], outputKnown: true };
}

function dropCondition(query: Query, span: Span): Repair | undefined {
  const condition = conditionAt(query, span);
  if (condition === undefined || condition.kind === "bool") return undefined;
  const { start, end } = condition;
  return {
    query: replaced(query, condition, { kind: "bool", value: true, start, end }),
    tainted: [],
    outputKnown: true,
  };
}

/** The innermost operand of the ANDs of a WHERE, HAVING, QUALIFY or ON in which `span` stands. */
function conditionAt(query: Query, span: Span): Expr | undefined {
  let found: Expr | undefined;
  walk(query, (node) => {
    const conditions = node.kind === "select" ? [node.where, node.having, node.qualify] : [node.on];
    for (const condition of conditions) {
      if (isExpr(condition) && contains(condition, span)) found = conjunctAt(condition, span);
    }
    return undefined;
  });
  return found;
}

function conjunctAt(condition: Expr, span: Span): Expr {
  let part = condition;
  while (part.kind === "binary" && part.op === "AND") {
    const side = [part.left, part.right].find((operand) => contains(operand, span));
    if (side === undefined) return part;
    part = side;
  }
  return part;
}

/** Leaves out the common table expression in which `span` stands, and what reads it. */
function dropCommonTable(query: Query, span: Span): Repair | undefined {
  const broken = query.with.find((common) => contains(common, span));
  if (broken === undefined) return undefined;
  const gone = new Set([broken.name.name.toLowerCase()]);
  const kept = query.with.filter((common) => {
    if (common !== broken && !readsAny(common.query, gone)) return true;
    gone.add(common.name.name.toLowerCase());
    return false;
  });
  const outputKnown = !readsAny(query.body, gone);
  if (outputKnown) return { query: { ...query, with: kept }, tainted: [], outputKnown };
  if (kept.length === 0) return undefined;
  return { query: { ...query, with: kept, body: constantSelect(query), orderBy: [] }, tainted: [], outputKnown };
}

function constantSelect({ start, end }: Span): Select {
  const item: SelectItem = { kind: "expr", expr: { kind: "null", start, end }, alias: undefined, start, end };
  return {
    kind: "select",
    distinct: false,
    as: undefined,
    items: [item],
    from: undefined,
    where: undefined,
    groupBy: undefined,
    having: undefined,
    qualify: undefined,
    windows: [],
    start,
    end,
  };
}

function readsAny(node: object, names: ReadonlySet<string>): boolean {
  return (
    find(node, (candidate) => {
      const path = candidate.kind === "table" ? (candidate.path as readonly { name: string }[]) : undefined;
      return path?.length === 1 && names.has((path[0]?.name ?? "").toLowerCase());
    }) !== undefined
  );
}

function nameOf(item: ColumnItem): string | undefined {
  return item.alias?.name ?? impliedName(item.expr);
}

function mentions(node: object, names: ReadonlySet<string>): boolean {
  return find(node, (part) => typeof part.name === "string" && names.has(part.name.toLowerCase())) !== undefined;
}

type AnyNode = Record<string, unknown>;

/** The last object of the tree, in reading order, that passes the test. */
function find(node: object, test: (node: AnyNode) => boolean): AnyNode | undefined {
  let found: AnyNode | undefined;
  const waiting: object[] = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (!Array.isArray(next) && test(next as AnyNode)) found = next as AnyNode;
    for (const part of Object.values(next).reverse()) if (typeof part === "object" && part !== null) waiting.push(part);
  }
  return found;
}

/** The tree with `target` replaced; parts that do not hold it are shared with the given tree. */
function replaced<T>(tree: T, target: object, replacement: object): T {
  return mapTree(tree, (node) => (node === target ? (replacement as AnyNode) : undefined));
}

function isExpr(value: unknown): value is Expr {
  return typeof value === "object" && value !== null && "kind" in value;
}

function contains(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

function sameSpan(a: Span, b: Span): boolean {
  return a.start === b.start && a.end === b.end;
}
