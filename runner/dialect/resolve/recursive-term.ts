import type { FromItem, Identifier, JoinType, Query, QueryBody, Select } from "../../googlesql/ast.js";
import type { Span } from "../../googlesql/contract.js";
import { analysisError } from "../../googlesql/errors.js";
import { walk } from "../../googlesql/walk.js";
import { readsTable } from "../../googlesql/with-order.js";
import { functionNamed } from "../functions/registry.js";

type From<K extends FromItem["kind"]> = Extract<FromItem, { kind: K }>;

/**
 * Refuses a recursive term that reads its table in a way that BigQuery does not allow: more than once, or where what it makes of the rows
 * of one iteration would not be what it makes of all of them.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/query-syntax#recursive_cte
 */
export function checkRecursiveTerm(term: QueryBody, table: Identifier): void {
  const [, second] = new RecursiveTerm(table.name).inBody(term);
  if (second !== undefined)
    throw analysisError(`The recursive term must reference ${table.name} exactly once, but does more often`, second);
}

/** Each method finds the references in what it is given. */
class RecursiveTerm {
  constructor(private readonly table: string) {}

  inBody(body: QueryBody): readonly Span[] {
    switch (body.kind) {
      case "nested":
        return this.inQuery(body.query);
      case "set":
        return body.arms.flatMap((arm) => this.inBody(arm));
      case "select":
        return this.inSelect(body);
    }
  }

  private inQuery(query: Query): readonly Span[] {
    if (!this.isReadBy(query)) return [];
    for (const inner of query.with) this.refuseIn(inner.query, "inside an inner WITH clause", inner);
    const [sorted] = query.orderBy;
    if (sorted !== undefined) throw this.refused("with ORDER BY", sorted);
    if (query.limit !== undefined) throw this.refused("with LIMIT", query.limit);
    return this.inBody(query.body);
  }

  private inSelect(select: Select): readonly Span[] {
    const { from, ...rest } = select;
    this.refuseIn(rest, "inside an expression subquery", select);
    const found = from === undefined ? [] : this.inFrom(from);
    if (found.length === 0) return found;
    if (select.distinct) throw this.refused("with DISTINCT", select);
    if (select.groupBy !== undefined) throw this.refused("with GROUP BY", select);
    walk(rest, (node) => {
      if (node.kind === "subquery" || node.kind === "arrayQuery" || node.kind === "exists" || node.kind === "query")
        return false;
      if (node.kind !== "call") return undefined;
      const call = node as unknown as Span & { readonly name: string; readonly over: unknown };
      if (call.over !== undefined) throw this.refused("with window functions", call);
      if (functionNamed(call.name)?.kind === "aggregate") throw this.refused("with aggregate functions", call);
      return undefined;
    });
    return found;
  }

  private inFrom(item: FromItem): readonly Span[] {
    switch (item.kind) {
      case "table":
        if (!this.isReadBy(item)) return [];
        if (item.sample !== undefined) throw this.refused("with TABLESAMPLE", item);
        return [item];
      case "derived":
        return this.inQuery(item.query);
      case "join":
        return this.inJoin(item);
      case "unnest":
        this.refuseIn(item, "inside an expression subquery", item);
        return [];
      case "tableCall":
      case "sessionize":
      case "gapFill":
        this.refuseIn(item, "as an argument of a table function", item);
        return [];
      case "pivot":
        this.refuseIn(item, "with aggregate functions", item);
        return [];
      case "unpivot":
        return this.inFrom(item.source);
    }
  }

  private inJoin(join: From<"join">): readonly Span[] {
    if (join.on !== undefined) this.refuseIn(join.on, "inside an expression subquery", join.on);
    for (const side of PADDED_SIDES[join.type]) this.refuseIn(join[side], SIDE_NAMES[join.type], join[side]);
    return [...this.inFrom(join.left), ...this.inFrom(join.right)];
  }

  private isReadBy(node: object): boolean {
    return readsTable(node, this.table);
  }

  private refuseIn(node: object, where: string, at: Span): void {
    if (this.isReadBy(node)) throw this.refused(where, at);
  }

  private refused(where: string, at: Span): Error {
    return analysisError(`A recursive reference to ${this.table} is not allowed ${where}`, at);
  }
}

/** The sides of a join whose rows may come out as NULLs, or not at all. */
const PADDED_SIDES: Readonly<Record<JoinType, readonly ("left" | "right")[]>> = {
  INNER: [],
  CROSS: [],
  LEFT: ["right"],
  RIGHT: ["left"],
  FULL: ["left", "right"],
};

const SIDE_NAMES: Readonly<Record<JoinType, string>> = {
  INNER: "",
  CROSS: "",
  LEFT: "as the right side of a LEFT JOIN",
  RIGHT: "as the left side of a RIGHT JOIN",
  FULL: "in a FULL JOIN",
};
