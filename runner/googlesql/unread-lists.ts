import type { FromItem, Query, QueryBody, Select, SelectItem } from "./ast.js";
import { DialectError, type Span } from "./contract.js";
import { locateErrors } from "./errors.js";
import { parseQueryText } from "./parser/statement.js";

/** The columns of a table, by its name as it is written; undefined: nobody knows them. */
export type FindColumns = (path: string) => readonly string[] | undefined;

/**
 * The lists of columns, with a star in them, that decide nothing about how many rows a query returns: each may be ` 1 ` for whoever only
 * asks for that. Such are the SELECTs of one and the same table, between which UNION ALL may stand, of all its columns and of texts. Where
 * the query would be refused, for a name that is given twice or arms that do not fit, there are none.
 * @returns in ascending order; empty: the query has others, too, or is none that anybody here understands
 */
export function unreadLists(sql: string, find: FindColumns): readonly Span[] {
  const query = parsed(sql);
  const selects = query && selectsOf(query);
  if (!selects?.every((select) => isUnread(select, find))) return [];
  const [shape, ...others] = new Set(selects.map(shapeOf));
  return shape?.includes(STAR) && others.length === 0 ? selects.map(listOf) : [];
}

const STAR = "*";

/** Equal for lists of the same columns. */
function shapeOf({ items, from }: Select): string {
  return JSON.stringify([from && pathOf(from), ...items.map(({ kind }) => (kind === "star" ? STAR : kind))]);
}

function pathOf(from: FromItem): string {
  return from.kind === "table" ? from.path.map(({ name }) => name).join(".") : "";
}

/** What is no query is told by whoever runs it. */
function parsed(sql: string): Query | undefined {
  try {
    return locateErrors(sql, () => parseQueryText(sql));
  } catch (cause) {
    if (cause instanceof DialectError) return undefined;
    throw cause;
  }
}

/** The SELECTs of which each gives its own rows; undefined: there is something around them. */
function selectsOf({ with: commons, body, orderBy, limit, offset }: Query): readonly Select[] | undefined {
  const isBare = commons.length === 0 && orderBy.length === 0 && limit === undefined && offset === undefined;
  return isBare ? armsOf(body) : undefined;
}

function armsOf(body: QueryBody): readonly Select[] | undefined {
  if (body.kind === "select") return [body];
  if (body.kind === "nested" || body.op !== "UNION" || !body.all || body.byName !== undefined) return undefined;
  const arms = body.arms.map(armsOf);
  return arms.every((arm) => arm !== undefined) ? arms.flat() : undefined;
}

function isUnread(
  { distinct, as, items, from, groupBy, having, qualify, windows }: Select,
  find: FindColumns,
): boolean {
  const isBare = !distinct && as === undefined && groupBy === undefined && having === undefined;
  if (!isBare || qualify !== undefined || windows.length > 0 || from?.kind !== "table") return false;
  const columns = find(pathOf(from));
  const names = columns && items.map((item) => namesOf(item, columns));
  if (!names?.every((name) => name !== undefined)) return false;
  const all = names.flat().map((name) => name.toLowerCase());
  return new Set(all).size === all.length;
}

/** What an item of a list calls its columns; undefined: it is neither all of the table nor a text with a name. */
function namesOf(item: SelectItem, columns: readonly string[]): readonly string[] | undefined {
  if (item.kind === "star") {
    const isPlain = item.of === undefined && item.except.length === 0 && item.replace.length === 0;
    return isPlain && item.rename === undefined ? columns : undefined;
  }
  return item.expr.kind === "string" && item.alias !== undefined ? [item.alias.name] : undefined;
}

function listOf({ items }: Select): Span {
  return { start: items[0]?.start ?? 0, end: items.at(-1)?.end ?? 0 };
}
