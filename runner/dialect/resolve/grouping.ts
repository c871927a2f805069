import type { Expr, GroupingItem, OrderItem, Select } from "../../googlesql/ast.js";
import type { Span } from "../../googlesql/contract.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { walk } from "../../googlesql/walk.js";
import { callsWindow } from "../../googlesql/window-calls.js";
import { COLLATED, typeName } from "../../port/sql-types.js";
import { functionNamed } from "../functions/registry.js";
import { collationKey, representative } from "../types/collation.js";
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
  const severalSets = groupBy.kind === "items" && groupBy.items.some((item) => item.kind !== "expr");
  const keys = new GroupingKeys(plan, { ...ctx, clause: "GROUP BY" }, severalSets, select);
  const print = (): string =>
    groupBy.kind === "all" ? keys.all() : ` GROUP BY ${groupBy.items.map((item) => printItem(item, keys)).join(", ")}`;
  let sql = print();
  if (severalSets && keys.separate()) sql = print();
  const scope = { ...ctx.scope, groupKeys: keys.texts, separateKeys: keys.printed(), groupedAs: keys.collated };
  return { sql, scope, items: keys.items };
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

class GroupingKeys {
  readonly texts = new Set<string>();
  readonly items = new Map<number, Typed>();
  /** Keys that hold another key, as the texts that DuckDB does not take for a computation on it. */
  readonly separated = new Map<string, string>();

  /** Keys with a collation, which group by another text: the value that stands for those of a group. */
  readonly collated = new Map<string, string>();

  constructor(
    private readonly plan: readonly PlannedItem[],
    private readonly ctx: ExprContext,
    /** A key is NULL in the rows of the sets that it is not in. */
    private readonly severalSets: boolean,
    private readonly at: Span,
  ) {}

  /** One grouping expression: an ordinal, a SELECT alias, or an expression over the FROM clause. */
  add(expr: Expr): string {
    const place = this.ordinal(expr) ?? this.alias(expr);
    const value = place === undefined ? resolveExpr(expr, this.ctx) : this.item(place, expr);
    const sql = this.separated.get(value.sql) ?? value.sql;
    const { lineage } = this.ctx.env;
    lineage?.define(sql, lineage.of(value.sql));
    const key = this.key({ ...value, sql }, expr);
    if (place !== undefined) this.items.set(place, { ...value, sql: this.collated.get(sql) ?? sql, uses: [] });
    return key;
  }

  /** The keys whose text in GROUP BY is another one. */
  printed(): ReadonlyMap<string, string> {
    return new Map([...this.separated, ...[...this.collated.keys()].map((sql) => [sql, collationKey(sql)] as const)]);
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
    if (this.separated.size > 0 && this.collated.size > 0)
      throw unsupported("Several grouping sets of keys within each other with COLLATE", this.at);
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
      texts.push(this.key(value, undefined));
      this.items.set(i, { ...value, sql: this.collated.get(value.sql) ?? value.sql, uses: [] });
    }
    return ` GROUP BY ${texts.length === 0 ? "()" : texts.join(", ")}`;
  }

  private key(value: Typed, expr: Expr | undefined): string {
    if (value.type === COLLATED) {
      const key = collationKey(value.sql);
      this.texts.add(value.sql);
      // A column of an outer query is one value, and an aggregate of it would be that query's.
      if (value.uses.every(({ owner }) => owner !== this.ctx.scope.owner)) return key;
      const any = representative(value.sql);
      const inSet = this.severalSets ? `CASE WHEN grouping(${key}) = 0 THEN ${any} END` : any;
      this.ctx.env.lineage?.define(inSet, this.ctx.env.lineage.of(value.sql));
      this.collated.set(value.sql, inSet);
      return key;
    }
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
