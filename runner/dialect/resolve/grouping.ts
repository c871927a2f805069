import type { Expr, GroupingItem, OrderItem, Select } from "../../googlesql/ast.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { walk } from "../../googlesql/walk.js";
import { typeName } from "../../port/sql-types.js";
import { functionNamed } from "../functions/registry.js";
import { isComparable } from "../types/equality.js";
import type { Typed } from "../types/typed.js";
import { resolveExpr } from "./expression.js";
import { gatherValue } from "./lineage.js";
import type { ExprContext, Scope } from "./scope.js";
import type { PlannedItem } from "./select-list.js";

/** Grouping in force: the text of GROUP BY, and the scope in which only keys and aggregates may be read. */
export interface Grouped {
  readonly sql: string;
  readonly scope: Scope;
  /** SELECT items that are grouping keys themselves, by position. */
  readonly items: ReadonlyMap<number, Typed>;
}

/** Undefined: the SELECT neither groups nor aggregates. */
export function resolveGrouping(
  select: Select,
  plan: readonly PlannedItem[],
  orderBy: readonly OrderItem[],
  ctx: ExprContext,
): Grouped | undefined {
  const { groupBy } = select;
  if (groupBy === undefined) {
    const exprs = [
      ...plan.flatMap((item) => (item.kind === "expr" ? [item.expr] : [])),
      ...orderBy.map((item) => item.expr),
    ];
    if (select.having !== undefined) exprs.push(select.having);
    if (select.qualify !== undefined) exprs.push(select.qualify);
    if (!exprs.some(callsAggregate)) return undefined;
    return { sql: "", scope: { ...ctx.scope, groupKeys: new Set() }, items: new Map() };
  }
  const keys = new GroupingKeys(plan, { ...ctx, clause: "GROUP BY" });
  const print = (): string =>
    groupBy.kind === "all" ? keys.all() : ` GROUP BY ${groupBy.items.map((item) => printItem(item, keys)).join(", ")}`;
  let sql = print();
  if (groupBy.kind === "items" && groupBy.items.some((item) => item.kind !== "expr") && keys.separate()) sql = print();
  return { sql, scope: { ...ctx.scope, groupKeys: keys.texts, separateKeys: keys.separated }, items: keys.items };
}

/** True where an aggregate (not a window) is called in the expression itself, subqueries left out. */
export function callsAggregate(expr: Expr): boolean {
  let found = false;
  walk(expr, (node) => {
    if (node.kind === "subquery" || node.kind === "arrayQuery" || node.kind === "exists" || node.kind === "query")
      return false;
    if (node.kind === "call" && node.over === undefined && functionNamed(node.name as string)?.kind === "aggregate")
      found = true;
    return undefined;
  });
  return found;
}

export function callsWindow(expr: Expr): boolean {
  let found = false;
  walk(expr, (node) => {
    if (node.kind === "subquery" || node.kind === "arrayQuery" || node.kind === "exists" || node.kind === "query")
      return false;
    if (node.kind === "call" && node.over !== undefined) found = true;
    return undefined;
  });
  return found;
}

class GroupingKeys {
  readonly texts = new Set<string>();
  readonly items = new Map<number, Typed>();
  /** Keys that hold another key, as the texts that DuckDB does not take for a computation on it. */
  readonly separated = new Map<string, string>();

  constructor(
    private readonly plan: readonly PlannedItem[],
    private readonly ctx: ExprContext,
  ) {}

  /** One grouping expression: an ordinal, a SELECT alias, or an expression over the FROM clause. */
  add(expr: Expr): string {
    const place = this.ordinal(expr) ?? this.alias(expr);
    const value = place === undefined ? resolveExpr(expr, this.ctx) : this.item(place, expr);
    const sql = this.separated.get(value.sql) ?? value.sql;
    const { lineage } = this.ctx.env;
    lineage?.define(sql, lineage.of(value.sql));
    if (place !== undefined) this.items.set(place, { ...value, sql, uses: [] });
    return this.key({ ...value, sql }, expr);
  }

  /**
   * With several grouping sets `x + 1` is a key of its own where an ordinal or alias names it, else it is computed from the key `x`; DuckDB
   * takes it for the key wherever it is written. True where keys changed their texts and have to be printed again.
   */
  separate(): boolean {
    for (const outer of this.texts) {
      for (const inner of this.texts) {
        if (outer !== inner && outer.includes(inner)) this.separated.set(outer, `CASE WHEN true THEN ${outer} END`);
      }
    }
    if (this.separated.size > 0) this.texts.clear();
    return this.separated.size > 0;
  }

  /** GROUP BY ALL: every item that neither aggregates nor is a window call, and reads a column. */
  all(): string {
    const texts: string[] = [];
    for (const [i, item] of this.plan.entries()) {
      if (item.kind === "expr" && (callsAggregate(item.expr) || callsWindow(item.expr))) continue;
      const value = this.item(i, undefined);
      if (!value.uses.some((use) => use.owner === this.ctx.scope.owner)) continue;
      this.items.set(i, { ...value, uses: [] });
      texts.push(this.key(value, undefined));
    }
    return ` GROUP BY ${texts.length === 0 ? "()" : texts.join(", ")}`;
  }

  private key(value: Typed, expr: Expr | undefined): string {
    if (!isComparable(value.type)) {
      throw analysisError(`Grouping by expressions of type ${typeName(value.type)} is not allowed`, expr ?? value.span);
    }
    this.texts.add(value.sql);
    return value.sql;
  }

  private item(place: number, at: Expr | undefined): Typed {
    const item = this.plan[place] as PlannedItem;
    if (item.kind === "typed") {
      this.ctx.env.lineage?.read(item.value.sql);
      return item.value;
    }
    if (at !== undefined && callsAggregate(item.expr)) {
      throw analysisError(`Aggregate functions are not allowed in GROUP BY`, at);
    }
    return gatherValue(this.ctx.env, () => resolveExpr(item.expr, this.ctx));
  }

  private ordinal(expr: Expr): number | undefined {
    if (expr.kind !== "integer") {
      if (expr.kind === "string" || expr.kind === "float" || expr.kind === "bool" || expr.kind === "null") {
        throw analysisError("Cannot GROUP BY literal values", expr);
      }
      return undefined;
    }
    const place = Number(expr.value);
    if (place < 1 || place > this.plan.length) {
      throw analysisError(`GROUP BY is out of SELECT column number range: ${expr.value}`, expr);
    }
    return place - 1;
  }

  private alias(expr: Expr): number | undefined {
    if (expr.kind !== "path" || expr.parts.length !== 1) return undefined;
    const key = expr.parts[0]?.name.toLowerCase();
    const isNamed = (item: PlannedItem): boolean =>
      item.name?.toLowerCase() === key && !(item.kind === "expr" && item.ofStar === true);
    const place = this.plan.findIndex(isNamed);
    return place === -1 ? undefined : place;
  }
}

function printItem(item: GroupingItem, keys: GroupingKeys): string {
  switch (item.kind) {
    case "expr":
      return keys.add(item.expr);
    case "list":
      return `(${item.exprs.map((expr) => keys.add(expr)).join(", ")})`;
    case "rollup":
    case "cube":
      if (item.sets.length > 50) throw unsupported("ROLLUP or CUBE with more than 50 elements", item);
      return `${item.kind.toUpperCase()} (${item.sets.map((set) => printSet(set, keys)).join(", ")})`;
    case "sets":
      return `GROUPING SETS (${item.items.map((member) => printItem(member, keys)).join(", ")})`;
  }
}

function printSet(set: readonly Expr[], keys: GroupingKeys): string {
  const texts = set.map((expr) => keys.add(expr));
  return texts.length === 1 ? (texts[0] as string) : `(${texts.join(", ")})`;
}
