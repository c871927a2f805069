import type { Expr, FromItem, Identifier, Query, QueryBody, Select } from "./ast.js";
import type { QueryScan, Span, TableReference, VolatileCall } from "./contract.js";
import { positionOf } from "./errors.js";
import { functionNamed } from "./functions/registry.js";
import { isVolatile, PARENTHESIS_FREE } from "./functions/volatile-names.js";
import { impliedName } from "./names.js";
import { walk } from "./walk.js";

type Names = ReadonlySet<string>;

/** Tables and volatile calls of a parsed query, without a catalog. */
export function scanParsed(sql: string, query: Query): QueryScan {
  const scanner = new Scanner(sql);
  scanner.query(query, new Set(), new Set(), true);
  return { tables: scanner.tables, volatileCalls: scanner.volatileCalls, userCalls: [...scanner.userCalls] };
}

/** Gathers what queries and expressions read and call. */
export class Scanner {
  readonly tables: TableReference[] = [];
  readonly volatileCalls: VolatileCall[] = [];
  readonly userCalls = new Set<string>();

  constructor(private readonly sql: string) {}

  /** `commons`: CTE names in force; `aliases`: FROM aliases of this and the enclosing queries (array paths start with them). */
  query(query: Query, commons: Names, aliases: Names, outermost: boolean): void {
    const own = new Set(commons);
    for (const common of query.with) {
      const key = common.name.name.toLowerCase();
      const visible = query.recursive ? new Set([...own, key]) : own;
      this.query(common.query, visible, aliases, false);
      own.add(key);
    }
    const inner = this.body(query.body, own, aliases, outermost);
    for (const item of query.orderBy) this.expr(item.expr, own, inner, undefined);
  }

  private body(body: QueryBody, commons: Names, aliases: Names, outermost: boolean): Names {
    if (body.kind === "nested") this.query(body.query, commons, aliases, outermost);
    else if (body.kind === "set") for (const arm of body.arms) this.body(arm, commons, aliases, outermost);
    else return this.select(body, commons, aliases, outermost);
    return aliases;
  }

  private select(select: Select, commons: Names, aliases: Names, outermost: boolean): Names {
    const inner = new Set(aliases);
    if (select.from !== undefined) this.from(select.from, commons, inner);
    for (const item of select.items) {
      if (item.kind === "expr") {
        const column = outermost ? (item.alias?.name ?? impliedName(item.expr)) : undefined;
        this.expr(item.expr, commons, inner, column);
        continue;
      }
      if (item.of !== undefined) this.expr(item.of, commons, inner, undefined);
      for (const { expr, name } of item.replace) this.expr(expr, commons, inner, outermost ? name.name : undefined);
    }
    const rest = [select.where, select.groupBy, select.having, select.qualify, select.windows];
    for (const clause of rest) if (clause !== undefined) this.expr(clause, commons, inner, undefined);
    return inner;
  }

  /** Adds the item's aliases to `aliases` as it goes from left to right. */
  from(item: FromItem, commons: Names, aliases: Set<string>): void {
    const name = (alias: Identifier | undefined): void => {
      if (alias !== undefined) aliases.add(alias.name.toLowerCase());
    };
    switch (item.kind) {
      case "table": {
        const path = item.path.map((part) => part.name);
        const first = (path[0] as string).toLowerCase();
        const isCommon = path.length === 1 && commons.has(first);
        const isArray = path.length > 1 && aliases.has(first);
        if (!isCommon && !isArray) {
          const implicitAlias = item.alias === undefined ? path.at(-1) : undefined;
          this.tables.push({ path, span: { start: item.pathSpan.start, end: item.pathSpan.end }, implicitAlias });
        }
        name(item.alias ?? item.path.at(-1));
        name(item.offset);
        return;
      }
      case "tableCall":
        this.userCalls.add(item.path.map((part) => part.name).join("."));
        for (const arg of item.args) this.expr(arg, commons, aliases, undefined);
        name(item.alias ?? item.path.at(-1));
        return;
      case "unnest":
        this.expr(item.array, commons, aliases, undefined);
        name(item.alias);
        name(item.offset);
        return;
      case "derived":
        this.query(item.query, commons, aliases, false);
        name(item.alias);
        return;
      case "join":
        this.from(item.left, commons, aliases);
        this.from(item.right, commons, aliases);
        if (item.on !== undefined) this.expr(item.on, commons, aliases, undefined);
        return;
      case "pivot":
        this.from(item.source, commons, aliases);
        this.expr(item.pivot, commons, aliases, undefined);
        name(item.alias);
        return;
      case "unpivot":
        this.from(item.source, commons, aliases);
        name(item.alias);
        return;
    }
  }

  /** Finds calls and subqueries anywhere below a node. */
  expr(node: Expr | object, commons: Names, aliases: Names, outputColumn: string | undefined): void {
    walk(node, (child) => {
      if (
        child.kind === "subquery" ||
        child.kind === "arrayQuery" ||
        child.kind === "exists" ||
        child.kind === "query"
      ) {
        this.query(child.query as Query, commons, aliases, false);
        return false;
      }
      if (child.kind === "call" && isVolatile(child.name as string)) {
        this.volatile(child.name as string, child.start as number, outputColumn);
      } else if (child.kind === "call" && functionNamed(child.name as string) === undefined) {
        this.userCalls.add(this.sql.slice((child.nameSpan as Span).start, (child.nameSpan as Span).end));
      } else if (child.kind === "path") {
        const parts = child.parts as readonly Identifier[];
        const word = (parts[0]?.name ?? "").toUpperCase();
        if (parts.length === 1 && PARENTHESIS_FREE.has(word)) this.volatile(word, child.start as number, outputColumn);
      }
      return undefined;
    });
  }

  private volatile(functionName: string, at: number, outputColumn: string | undefined): void {
    this.volatileCalls.push({ functionName, ...positionOf(this.sql, at), outputColumn });
  }
}
