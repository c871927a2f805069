import type { CallExpr, Expr, FromItem, Identifier, PathNode, Query, QueryBody, Select } from "./ast.js";
import { ALL_DEMANDED, columnDemand, type ListedItem } from "./column-demand.js";
import type { QueryScan, Span, TableReference, VolatileCall } from "./contract.js";
import { positionOf } from "./errors.js";
import { isGoogleSqlFunction } from "./function-names.js";
import { RESERVED } from "./keywords.js";
import { tokenize } from "./lexer.js";
import { impliedName, isFieldPath } from "./names.js";
import { isVolatile, isVolatileVariable, PARENTHESIS_FREE } from "./volatile-names.js";
import { walk } from "./walk.js";
import { weekdayOf } from "./week-part.js";

type Names = ReadonlySet<string>;
/** `whole`: a star covers it, or its row is taken as a value. */
type TableDraft = Omit<TableReference, "columns" | "leftOut"> & { whole: boolean };
/** FROM aliases in lower case, with the table that each stands for; undefined: something else than a table. */
type Aliases = ReadonlyMap<string, TableDraft | undefined>;

/** Tables, volatile calls and names of a parsed query, without a catalog. */
export function scanParsed(sql: string, query: Query): Omit<QueryScan, "computed" | "parts"> {
  const scanner = new Scanner(sql);
  scanner.query(query, new Set(), new Map(), OWN_NAMES);
  const { volatileCalls, userCalls } = scanner;
  // A pipe's operators share what they are made of.
  const { items, shown } = sql.includes("|>") ? ALL_DEMANDED : columnDemand(query);
  const tables = scanner.tables.map(({ whole, ...table }) => {
    if (!whole) return { ...table, columns: "named" as const };
    const { columns, leftOut } = shown.get(table.span.start) ?? { columns: "all" as const };
    return { ...table, columns, ...(leftOut?.size ? { leftOut: [...leftOut] } : {}) };
  });
  return { tables, volatileCalls, userCalls: [...userCalls], ...namesIn(sql, items) };
}

/** More than the columns that are read, never less: a column is only ever reached by a word of the text, or by a star. */
function namesIn(sql: string, items: readonly ListedItem[]): Pick<QueryScan, "names" | "listed"> {
  const names = new Set<string>();
  const listed = [...items]
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .map((item) => ({ ...item, names: new Set<string>() }));
  const around: typeof listed = [];
  let next = 0;
  let isField = false;
  for (const { kind, value, text, start } of tokenize(sql)) {
    for (let item = listed[next]; item !== undefined && item.start <= start; item = listed[next]) {
      around.push(item);
      next += 1;
    }
    while ((around.at(-1)?.end ?? Number.POSITIVE_INFINITY) <= start) around.pop();
    // Behind a dot every word is a name: `row.group`.
    // Upper case and back again makes other letters of some.
    if (kind === "quoted" || (kind === "word" && (isField || !RESERVED.has(value))))
      (around.at(-1)?.names ?? names).add((kind === "quoted" ? value : text).toLowerCase());
    isField = kind === "punctuation" && text === ".";
  }
  return {
    names: [...names].sort(),
    listed: listed.map(({ name, passed, names: own }) => ({ name, passed, names: [...own].sort() })),
  };
}

/**
 * The names under which a SELECT list leaves the query, by position; undefined: it does not leave it, or nobody knows under which.
 * `OWN_NAMES`: under those that the list itself gives.
 */
type OutputNames = readonly (string | undefined)[] | typeof OWN_NAMES | undefined;
const OWN_NAMES = "own names";

/** Gathers what queries and expressions read and call. */
export class Scanner {
  readonly tables: TableDraft[] = [];
  readonly volatileCalls: VolatileCall[] = [];
  readonly userCalls = new Set<string>();

  constructor(private readonly sql: string) {}

  /**
   * `commons`: CTE names in force; `aliases`: FROM aliases of this and the enclosing queries (array paths start with them).
   * @returns the aliases that its own clauses see
   */
  query(query: Query, commons: Names, aliases: Aliases, output: OutputNames): Aliases {
    const own = new Set(commons);
    const keys = query.with.map(({ name }) => name.name.toLowerCase());
    if (query.recursive) for (const key of keys) own.add(key);
    for (const [i, common] of query.with.entries()) {
      this.query(common.query, own, aliases, undefined);
      own.add(keys[i] as string);
    }
    const inner = this.body(query.body, own, aliases, output);
    for (const item of query.orderBy) this.expr(item.expr, own, inner, undefined);
    return inner;
  }

  /** A table that a statement reads by name alone, with all its columns. */
  table({ parts, start, end }: PathNode): void {
    const path = parts.map(({ name }) => name);
    this.tables.push({ path, span: { start, end }, implicitAlias: undefined, whole: true });
  }

  private body(body: QueryBody, commons: Names, aliases: Aliases, output: OutputNames): Aliases {
    if (body.kind === "nested") this.query(body.query, commons, aliases, output);
    else if (body.kind === "set") {
      // The first arm names the columns, and the others fill them by position, unless they are matched by name.
      const names = output === OWN_NAMES && !isMatchedByName(body) ? namesOfFirst(body) : output;
      for (const arm of body.arms) this.body(arm, commons, aliases, names);
    } else return this.select(body, commons, aliases, output);
    return aliases;
  }

  private select(select: Select, commons: Names, aliases: Aliases, output: OutputNames): Aliases {
    const inner = new Map(aliases);
    const own = select.from === undefined ? [] : this.from(select.from, commons, inner, aliases);
    let position = 0;
    for (const item of select.items) {
      if (item.kind === "expr") {
        const named = output === OWN_NAMES ? nameOf(item) : output?.[position];
        this.expr(item.expr, commons, inner, named);
        position += 1;
        continue;
      }
      // Nobody knows how many columns a star stands for.
      position = Number.POSITIVE_INFINITY;
      if (item.of !== undefined) this.expr(item.of, commons, inner, undefined);
      else for (const table of own) table.whole = true;
      for (const { expr, name } of item.replace)
        this.expr(expr, commons, inner, output === OWN_NAMES ? name.name : undefined);
    }
    const rest = [select.where, select.groupBy, select.having, select.qualify, select.windows];
    for (const clause of rest) if (clause !== undefined) this.expr(clause, commons, inner, undefined);
    return inner;
  }

  /**
   * Adds the item's aliases to `aliases` as it goes from left to right.
   * @param outer the aliases around, which are all that a subquery sees
   * @returns the tables that a star over the item covers
   */
  from(
    item: FromItem,
    commons: Names,
    aliases: Map<string, TableDraft | undefined>,
    outer: Aliases = new Map(),
  ): TableDraft[] {
    const name = (alias: Identifier | undefined, table?: TableDraft): void => {
      if (alias !== undefined) aliases.set(alias.name.toLowerCase(), table);
    };
    switch (item.kind) {
      case "table": {
        if (item.sample !== undefined) this.volatile("TABLESAMPLE", item.sample.start, undefined);
        // Nobody keeps what tables were.
        if (item.systemTime !== undefined) {
          this.volatile("FOR SYSTEM_TIME AS OF", item.systemTime.start, undefined);
          this.expr(item.systemTime, commons, aliases, undefined);
        }
        const path = item.path.map((part) => part.name);
        const first = (path[0] as string).toLowerCase();
        const isCommon = path.length === 1 && commons.has(first);
        const isArray = isFieldPath(item.path) && aliases.has(first);
        const implicitAlias = item.alias === undefined && !item.isArgument ? path.at(-1) : undefined;
        const { start, end } = item.isArgument ? item : item.pathSpan;
        const isFixed = item.sample !== undefined || item.systemTime !== undefined;
        const named = { path, span: { start, end }, implicitAlias, ...(isFixed ? { isFixed } : {}) };
        const table = isCommon || isArray ? undefined : { ...named, whole: false };
        if (table !== undefined) this.tables.push(table);
        name(item.alias ?? item.path.at(-1), table);
        name(item.offset);
        return table === undefined ? [] : [table];
      }
      case "tableCall":
        this.userCalls.add(item.path.map((part) => part.name).join("."));
        for (const { value } of item.args) this.expr(value, commons, aliases, undefined);
        name(item.alias ?? item.path.at(-1));
        return [];
      case "unnest":
        this.expr(item.array, commons, aliases, undefined);
        name(item.alias);
        name(item.offset);
        return [];
      case "derived": {
        const inner = this.query(item.query, commons, outer, undefined);
        name(item.alias);
        if (item.passesAliases) for (const [alias, table] of inner) aliases.set(alias, table);
        return [];
      }
      case "join": {
        const tables = [item.left, item.right].flatMap((side) => this.from(side, commons, aliases, outer));
        if (item.on !== undefined) this.expr(item.on, commons, aliases, undefined);
        return tables;
      }
      case "sessionize":
        this.allOf(item.source, commons, aliases, outer);
        name(item.alias);
        return [];
      case "gapFill":
        this.allOf(item.source, commons, aliases, outer);
        for (const { value } of item.args) this.expr(value, commons, aliases, undefined);
        name(item.alias);
        return [];
      case "pivot":
        this.allOf(item.source, commons, aliases, outer);
        this.expr(item.pivot, commons, aliases, undefined);
        name(item.alias);
        return [];
      case "unpivot":
        this.allOf(item.source, commons, aliases, outer);
        name(item.alias);
        return [];
    }
  }

  /** PIVOT groups by every column that it does not name, and UNPIVOT keeps them. */
  private allOf(source: FromItem, commons: Names, aliases: Map<string, TableDraft | undefined>, outer: Aliases): void {
    for (const table of this.from(source, commons, aliases, outer)) table.whole = true;
  }

  /** Finds calls, rows taken as values and subqueries anywhere below a node. */
  expr(node: Expr | object, commons: Names, aliases: Aliases, outputColumn: string | undefined): void {
    walk(node, (child) => {
      if (
        child.kind === "subquery" ||
        child.kind === "arrayQuery" ||
        child.kind === "exists" ||
        child.kind === "query"
      ) {
        this.query(child.query as Query, commons, aliases, undefined);
        return false;
      }
      if (child.kind === "call" && isVolatile(child.name as string)) {
        this.volatile(child.name as string, child.start as number, outputColumn);
      } else if (child.kind === "parameter" && isVolatileVariable(child.name as string)) {
        this.volatile((child.name as string).toLowerCase(), child.start as number, outputColumn);
      } else if (child.kind === "call" && !isKnownCall(child as unknown as CallExpr)) {
        this.userCalls.add(this.sql.slice((child.nameSpan as Span).start, (child.nameSpan as Span).end));
      } else if (child.kind === "path") {
        const parts = child.parts as readonly Identifier[];
        const name = parts[0]?.name ?? "";
        const word = name.toUpperCase();
        if (parts.length === 1 && PARENTHESIS_FREE.has(word)) this.volatile(word, child.start as number, outputColumn);
        const row = parts.length === 1 ? aliases.get(name.toLowerCase()) : undefined;
        if (row !== undefined) row.whole = true;
      }
      return undefined;
    });
  }

  private volatile(functionName: string, at: number, outputColumn: string | undefined): void {
    this.volatileCalls.push({ functionName, ...positionOf(this.sql, at), outputColumn });
  }
}

type SetOperation = Extract<QueryBody, { kind: "set" }>;

function isMatchedByName(body: SetOperation): boolean {
  return body.byName !== undefined;
}

/** The column names that the first arm gives; none behind a star. */
function namesOfFirst(body: QueryBody): OutputNames {
  if (body.kind === "nested") return body.query.with.length > 0 ? undefined : namesOfFirst(body.query.body);
  if (body.kind === "set") return body.arms[0] === undefined ? undefined : namesOfFirst(body.arms[0]);
  const names: (string | undefined)[] = [];
  for (const item of body.items) {
    if (item.kind !== "expr") return names;
    names.push(nameOf(item));
  }
  return names;
}

function nameOf({ alias, expr }: Extract<Select["items"][number], { kind: "expr" }>): string | undefined {
  return alias?.name ?? impliedName(expr);
}

/** Whether a call is none of a function of the user. */
function isKnownCall(call: CallExpr): boolean {
  return isGoogleSqlFunction(call.name) || weekdayOf(call) !== undefined;
}
