import type { CallExpr, Expr, FromItem, Query, QueryBody, Select, WindowSpec } from "../ast.js";
import { isGoogleSqlFunction } from "../function-names.js";
import { isFieldPath } from "../names.js";
import { weekdayOf } from "../week-part.js";
import {
  CommonRows,
  type Equalities,
  type Indexes,
  JoinRows,
  LimitedRows,
  NO_COLUMNS,
  type Rows,
  type RowsColumn,
  type SelectedColumn,
  SelectRows,
  SetRows,
  TableRows,
  ValueRows,
} from "./rows.js";
import { type FromScope, type Range, Scope, Unfollowed } from "./scope.js";

/** The columns of a table of the warehouse, by the name that a query gives it; undefined: there is none, or it has others besides. */
export type FindTable = (
  path: string,
) => { readonly table: string; readonly columns: readonly RowsColumn[] } | undefined;

type CommonTables = ReadonlyMap<string, Rows>;

interface Around {
  readonly common: CommonTables;
  readonly scope: Scope | undefined;
}

/** Functions that make one value of many rows. */
const AGGREGATES = new Set(
  (
    "ANY_VALUE APPROX_COUNT_DISTINCT APPROX_QUANTILES APPROX_TOP_COUNT APPROX_TOP_SUM ARRAY_AGG ARRAY_CONCAT_AGG AVG BIT_AND BIT_OR " +
    "BIT_XOR CORR COUNT COUNTIF COVAR_POP COVAR_SAMP GROUPING HLL_COUNT.INIT HLL_COUNT.MERGE HLL_COUNT.MERGE_PARTIAL LOGICAL_AND " +
    "LOGICAL_OR MAX MAX_BY MIN MIN_BY PERCENTILE_CONT PERCENTILE_DISC STDDEV STDDEV_POP STDDEV_SAMP STRING_AGG ST_CENTROID_AGG " +
    "ST_EXTENT ST_UNION_AGG SUM VARIANCE VAR_POP VAR_SAMP"
  ).split(" "),
);

/**
 * The rows of a query as functions of those of tables.
 * @throws Unfollowed for what nobody here follows
 */
export function followQuery(query: Query, find: FindTable): Rows {
  return new Follower(find).query(query, { common: new Map(), scope: undefined });
}

class Follower {
  constructor(readonly find: FindTable) {}

  query(query: Query, around: Around): Rows {
    if (query.recursive) throw new Unfollowed();
    const common = new Map(around.common);
    for (const { name, query: of } of query.with)
      common.set(name.name.toLowerCase(), this.query(of, { ...around, common: new Map(common) }));
    const rows = this.#body(query.body, { ...around, common }, query.orderBy);
    return query.limit === undefined && query.offset === undefined ? rows : new LimitedRows(rows);
  }

  #body(body: QueryBody, around: Around, orderBy: Query["orderBy"]): Rows {
    if (body.kind === "nested") return this.query(body.query, around);
    if (body.kind === "select") return this.#select(body, around, orderBy);
    if (body.byName !== undefined) throw new Unfollowed();
    const arms = body.arms.map((arm) => this.#body(arm, around, []));
    if (arms.some(({ columns }) => columns.length !== arms[0]?.columns.length)) throw new Unfollowed();
    return new SetRows(arms, body.op !== "UNION" || !body.all);
  }

  #select(select: Select, around: Around, orderBy: Query["orderBy"]): Rows {
    if (select.as !== undefined) throw new Unfollowed();
    const from = select.from === undefined ? NOTHING : this.#from(select.from, around, NOTHING);
    const scope = new Scope(from, around.scope);
    const inside: Inside = { scope, common: around.common, windows: select.windows, seesAliases: false };
    const subqueries: Rows[] = [];
    const columns = select.items.flatMap((item) => this.#item(item, inside, subqueries));
    const { reading: rows, value: groups } = scope.read(() => {
      if (select.where !== undefined) this.#expression(select.where, inside);
      // Queries within the clauses from here on see them, too.
      for (const column of columns) scope.aliases.set(column.name.toLowerCase(), column);
      const aliased = { ...inside, seesAliases: true };
      for (const expr of [select.having, select.qualify, ...orderBy.map((item) => item.expr)])
        if (expr !== undefined) this.#expression(expr, aliased);
      return this.#groups(select, columns, aliased);
    });
    return new SelectRows({
      from: from.rows,
      columns,
      isDistinct: select.distinct,
      rows: rows.reads,
      where: this.#equalities(select.where, scope),
      groups,
      windows: rows.windows,
      subqueries: [...subqueries, ...rows.subqueries],
    });
  }

  #item(item: Select["items"][number], inside: Inside, subqueries: Rows[]): SelectedColumn[] {
    const { scope } = inside;
    if (item.kind === "expr") {
      const { reading, value: source } = scope.read(() => this.#expression(item.expr, inside));
      subqueries.push(...reading.subqueries);
      const last = item.expr.kind === "path" ? item.expr.parts.at(-1)?.name : undefined;
      const name = item.alias?.name ?? last ?? "";
      return [{ name, type: typeOf(scope, source), source, reads: reading.reads, windows: reading.windows }];
    }
    const except = new Set(item.except.map(({ name }) => name.toLowerCase()));
    const renamed = new Map((item.rename ?? []).map(({ from, to }) => [from.name.toLowerCase(), to.name]));
    const replaced = new Map(item.replace.map(({ expr, name }) => [name.name.toLowerCase(), expr]));
    return this.#starColumns(item.of, scope)
      .filter(({ name }) => !except.has(name))
      .map(({ name, index }) => {
        const expr = replaced.get(name);
        if (expr === undefined)
          return {
            name: renamed.get(name) ?? name,
            type: typeOf(scope, index),
            source: index,
            reads: new Set([index]),
            windows: [],
          };
        const { reading } = scope.read(() => this.#expression(expr, inside));
        subqueries.push(...reading.subqueries);
        return { name, type: undefined, source: undefined, reads: reading.reads, windows: reading.windows };
      });
  }

  #starColumns(of: Expr | undefined, { from }: Scope): FromScope["star"] {
    if (of === undefined) {
      if (from.ranges.some(({ isValue }) => isValue)) throw new Unfollowed();
      return from.star;
    }
    const name = of.kind === "path" && of.parts.length === 1 ? of.parts[0]?.name.toLowerCase() : undefined;
    const range = from.ranges.find((one) => one.name === name);
    if (
      name === undefined ||
      range === undefined ||
      range.isValue ||
      range.isPassed ||
      from.star.some((column) => column.name === name)
    )
      throw new Unfollowed();
    return range.columns;
  }

  /** Columns by which rows are grouped; undefined: they are not. */
  #groups(select: Select, columns: readonly SelectedColumn[], inside: Inside): Indexes | undefined {
    const { groupBy } = select;
    if (groupBy === undefined) {
      const items = select.items.map((item) => (item.kind === "expr" ? item.expr : item.replace));
      const isAggregated = select.having !== undefined || [...items, select.qualify].some(aggregates);
      return isAggregated ? NO_COLUMNS : undefined;
    }
    if (groupBy.kind === "all") throw new Unfollowed();
    const groups = new Set<number>();
    for (const item of groupBy.items) {
      if (item.kind !== "expr") throw new Unfollowed();
      if (item.expr.kind !== "integer") {
        const source = this.#expression(item.expr, inside);
        if (source !== undefined) groups.add(source);
        continue;
      }
      const selected = columns[Number(item.expr.value) - 1];
      if (selected === undefined) throw new Unfollowed();
      for (const index of selected.reads) inside.scope.reading.reads.add(index);
      if (selected.source !== undefined) groups.add(selected.source);
    }
    return groups;
  }

  #equalities(where: Expr | undefined, scope: Scope): Equalities {
    return conjuncts(where).flatMap((expr): [number, number][] => {
      if (expr.kind !== "binary" || expr.op !== "=") return [];
      const [left, right] = [expr.left, expr.right].map((side) =>
        side.kind === "path" ? scope.read(() => scope.column(side.parts, false)).value : undefined,
      );
      if (left === undefined || right === undefined) return [];
      const type = typeOf(scope, left);
      return type !== undefined && type === typeOf(scope, right) ? [[left, right]] : [];
    });
  }

  #from(item: FromItem, around: Around, left: FromScope): FromScope {
    switch (item.kind) {
      case "table":
        return this.#table(item, around, left);
      case "derived":
        if (item.offset !== undefined) throw new Unfollowed();
        return item.passesAliases === true
          ? passed(this.query(item.query, around), item)
          : named(this.query(item.query, around), item.alias?.name);
      case "unnest":
        return this.#values(item, item.array, around, left);
      case "join":
        return this.#join(item, around, left);
      default:
        throw new Unfollowed();
    }
  }

  #table(item: Extract<FromItem, { kind: "table" }>, around: Around, left: FromScope): FromScope {
    if (item.systemTime !== undefined || item.sample !== undefined) throw new Unfollowed();
    const names = item.path.map(({ name }) => name);
    const [first = ""] = names;
    const common = names.length === 1 ? around.common.get(first.toLowerCase()) : undefined;
    const impliedAlias = item.alias === undefined ? names.at(-1)?.split(".").at(-1) : undefined;
    const place = { impliedAlias, start: item.pathSpan.start, end: item.pathSpan.end };
    if (common !== undefined) return named(new CommonRows(place, common), item.alias?.name ?? first);
    const isArray = isFieldPath(item.path) && new Scope(left, around.scope).knows(first.toLowerCase());
    if (isArray || item.offset !== undefined)
      return this.#values(item, { kind: "path", parts: item.path, start: item.start, end: item.end }, around, left);
    const found = this.find(names.join("."));
    if (found === undefined) throw new Unfollowed();
    return named(new TableRows({ ...place, table: found.table }, found.columns), item.alias?.name ?? impliedAlias);
  }

  /** The array is read of what stands before it, or of a query around. */
  #values(
    item: Extract<FromItem, { kind: "table" | "unnest" }>,
    array: Expr,
    around: Around,
    left: FromScope,
  ): FromScope {
    const scope = new Scope(left, around.scope);
    const { reading } = scope.read(() =>
      this.#expression(array, { scope, common: around.common, windows: [], seesAliases: false }),
    );
    if (reading.subqueries.length > 0) throw new Unfollowed();
    const name = item.alias?.name ?? (item.kind === "table" ? item.path.at(-1)?.name : undefined);
    const names = [name ?? "", ...(item.offset === undefined ? [] : [item.offset.name])];
    const columns = names.map((column) => ({ name: column.toLowerCase(), type: undefined }));
    const of = named(new ValueRows(columns), undefined);
    const value: Range = { name: name?.toLowerCase(), columns: of.star, isValue: true };
    this.#arrays.set(of.rows, reading.reads);
    return { ...of, star: of.star.slice(1), ranges: [value] };
  }

  /** What the arrays are made of, whose elements are joined. */
  readonly #arrays = new Map<Rows, Indexes>();

  #join(item: Extract<FromItem, { kind: "join" }>, around: Around, before: FromScope): FromScope {
    const left = this.#from(item.left, around, before);
    const right = this.#from(item.right, around, left);
    const width = left.rows.columns.length;
    const moved = (column: { readonly name: string; readonly index: number }) => ({
      ...column,
      index: column.index + width,
    });
    const rightStar = right.star.map(moved);
    const rightRanges = right.ranges.map((range) => ({ ...range, columns: range.columns.map(moved) }));
    const type = item.type === "CROSS" ? "INNER" : item.type;
    const joined = (equal: Equalities, condition: Indexes, star: FromScope["star"]): FromScope => ({
      rows: new JoinRows(
        type,
        left.rows,
        right.rows,
        equal,
        new Set([...condition, ...(this.#arrays.get(right.rows) ?? [])]),
      ),
      ranges: [...left.ranges, ...rightRanges],
      star,
    });
    const all = [...left.star, ...rightStar];
    if (item.using.length > 0) {
      if (type !== "INNER" && type !== "LEFT") throw new Unfollowed();
      const pairs = item.using.map(({ name }) => {
        const of = (star: FromScope["star"]) => star.find((column) => column.name === name.toLowerCase())?.index;
        const [a, b] = [of(left.star), of(rightStar)];
        if (a === undefined || b === undefined) throw new Unfollowed();
        return [a, b] as const;
      });
      const hidden = new Set(pairs.map(([, b]) => b));
      const star = all.filter(({ index }) => !hidden.has(index));
      const probe = joined([], NO_COLUMNS, star);
      const isTyped = ([a, b]: readonly [number, number]) => {
        const of = probe.rows.columns[a]?.type;
        return of !== undefined && of === probe.rows.columns[b]?.type;
      };
      return joined(pairs.filter(isTyped), new Set(pairs.flat()), star);
    }
    const scope = new Scope(joined([], NO_COLUMNS, all), around.scope);
    if (item.on === undefined) return joined([], NO_COLUMNS, all);
    const { on } = item;
    const inside = { scope, common: around.common, windows: [], seesAliases: false };
    const { reading } = scope.read(() => this.#expression(on, inside));
    if (reading.subqueries.length > 0) throw new Unfollowed();
    return joined(this.#equalities(on, scope), reading.reads, all);
  }

  /** Notes what an expression reads. @returns the column that it is */
  #expression(expr: Expr, inside: Inside): number | undefined {
    if (expr.kind === "path") return inside.scope.column(expr.parts, inside.seesAliases);
    this.#parts(expr, inside);
    return undefined;
  }

  #parts(node: object, inside: Inside): void {
    const record = node as Record<string, unknown>;
    switch (record.kind) {
      case "path":
        this.#expression(node as Expr, inside);
        return;
      case "lambda":
        throw new Unfollowed();
      case "subquery":
      case "exists":
      case "arrayQuery":
      case "query":
        inside.scope.reading.subqueries.push(this.query(record.query as Query, inside));
        return;
      case "call": {
        const call = node as CallExpr;
        // A function of somebody's own may read tables, all rows of them.
        if (!isGoogleSqlFunction(call.name) && weekdayOf(call) === undefined) throw new Unfollowed();
        if (call.over !== undefined) inside.scope.reading.windows.push(this.#window(call.over, inside));
      }
    }
    for (const part of Array.isArray(node) ? (node as unknown[]) : Object.values(record))
      if (typeof part === "object" && part !== null) this.#parts(part, inside);
  }

  /** The columns that tell the partitions of a window apart; what it is ordered by is read too. */
  #window({ base, partitionBy, orderBy }: WindowSpec, inside: Inside): Indexes {
    const columns = new Set<number>();
    for (const expr of partitionBy) {
      const source = this.#expression(expr, inside);
      if (source !== undefined) columns.add(source);
    }
    for (const { expr } of orderBy) this.#expression(expr, inside);
    if (base === undefined) return columns;
    const named = inside.windows.find(({ name }) => name.name.toLowerCase() === base.name.toLowerCase());
    if (named === undefined) throw new Unfollowed();
    return new Set([...columns, ...this.#window(named.spec, inside)]);
  }
}

interface Inside {
  readonly scope: Scope;
  readonly common: CommonTables;
  readonly windows: Select["windows"];
  readonly seesAliases: boolean;
}

const NOTHING: FromScope = { rows: new ValueRows([]), ranges: [], star: [] };

function named(rows: Rows, name: string | undefined): FromScope {
  const columns = rows.columns.map((column, index) => ({ name: column.name.toLowerCase(), index }));
  const isTwice = new Set(columns.map((column) => column.name)).size < columns.length;
  if (isTwice && !(rows instanceof ValueRows)) throw new Unfollowed();
  return { rows, ranges: [{ name: name?.toLowerCase(), columns, isValue: false }], star: columns };
}

/** The rows of a pipe. Where their columns are those of the only table of its FROM clause, they go by its name. */
function passed(rows: Rows, { query, alias }: Extract<FromItem, { kind: "derived" }>): FromScope {
  const { body } = query;
  if (body.kind !== "select") throw new Unfollowed();
  const isSame = alias !== undefined && body.pipe === undefined;
  const all = named(rows, isSame ? alias.name : undefined);
  const names = isSame || body.from === undefined ? [] : aliasesOf(body.from);
  return {
    ...all,
    ranges: [...all.ranges, ...names.map((name) => ({ name, columns: [], isValue: false, isPassed: true }))],
  };
}

function aliasesOf(item: FromItem): string[] {
  if (item.kind === "join") return [...aliasesOf(item.left), ...aliasesOf(item.right)];
  if (item.kind === "derived" && item.passesAliases === true)
    return item.query.body.kind === "select" && item.query.body.from !== undefined
      ? aliasesOf(item.query.body.from)
      : [];
  const name = item.alias ?? ("path" in item ? item.path.at(-1) : undefined);
  const offset = "offset" in item ? item.offset : undefined;
  return [name, offset].flatMap((one) => (one === undefined ? [] : [one.name.toLowerCase()]));
}

function typeOf({ from }: Scope, source: number | undefined): RowsColumn["type"] {
  return source === undefined ? undefined : from.rows.columns[source]?.type;
}

function conjuncts(expr: Expr | undefined): readonly Expr[] {
  if (expr === undefined) return [];
  return expr.kind === "binary" && expr.op === "AND" ? [...conjuncts(expr.left), ...conjuncts(expr.right)] : [expr];
}

/** Whether something of an expression makes one value of many rows, queries within it aside. */
function aggregates(node: unknown): boolean {
  if (typeof node !== "object" || node === null) return false;
  const record = node as Record<string, unknown>;
  if (record.kind === "subquery" || record.kind === "exists" || record.kind === "arrayQuery") return false;
  if (record.kind === "query") return false;
  if (record.kind === "call" && record.over === undefined && AGGREGATES.has(String(record.name))) return true;
  return Object.values(record).some(aggregates);
}
