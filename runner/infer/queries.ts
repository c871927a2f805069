import type {
  CommonTable,
  Expr,
  FromItem,
  Grouping,
  GroupingItem,
  Identifier,
  Query,
  QueryBody,
  Select,
  Statement,
} from "../googlesql/ast.js";
import { SqlProblem } from "../googlesql/errors.js";
import { impliedName, isFieldPath } from "../googlesql/names.js";
import type { Assignment } from "../googlesql/script-ast.js";
import { inDependencyOrder } from "../googlesql/with-order.js";
import { type DeclaredTypes, expressionType, orderTypes, type QueryTypes } from "./expressions.js";
import { OpenTable, QueryRelation, type Relation, UnionRelation, ValueRelation } from "./relation.js";
import { type NameScope, NO_NAMES, type Range } from "./scope.js";
import { TypeVar, WEIGHT } from "./type-var.js";

/** A statement that changes rows of a table by conditions. */
export type RowChange = Extract<Statement, { kind: "merge" | "update" | "delete" }>;

type Commons = ReadonlyMap<string, Relation>;

/** Gathers what queries say about the types of the columns that they read. */
export class QueryInference implements QueryTypes {
  readonly functions = new Map<string, DeclaredTypes>();
  /** Common tables in force at the query that is being looked at. */
  #commons: Commons = new Map();

  /**
   * @param table the relation of a path, as it stands in a FROM clause
   * @param isStrict a column that can be of several tables is given to none
   */
  constructor(
    readonly table: (path: readonly string[]) => Relation,
    readonly isStrict: boolean,
  ) {}

  /** From now on calls of a function have its types; it is also found without its project. */
  declare({ path, parameters, returns }: Extract<Statement, { kind: "createFunction" }>): void {
    const names = path.parts.map(({ name }) => name.toUpperCase());
    const types = { parameters: parameters.map(({ type }) => type), returns };
    for (const name of new Set([names.join("."), names.slice(-2).join(".")])) this.functions.set(name, types);
  }

  /** What a query gives. */
  query(query: Query, parent: NameScope | undefined): Relation {
    const outer = this.#commons;
    const commons = new Map(outer);
    this.#commons = commons;
    for (const { name, query: inner } of entriesOf(query)) {
      // A recursive table reads itself: what it gives is known once its first part is.
      if (query.recursive) commons.set(name.name.toLowerCase(), firstArm(this, inner, parent));
      commons.set(name.name.toLowerCase(), this.query(inner, parent));
    }
    const { relation, scope } = this.#body(query.body, parent);
    orderTypes(query.orderBy, { ...scope, aliases: withColumns(scope.aliases, relation) }, this);
    this.#commons = outer;
    return relation;
  }

  /** What a statement that changes rows says about its target and what else it reads. */
  change(change: RowChange, parent: NameScope): void {
    const ranges: Range[] = [];
    const scope: NameScope = { ranges, aliases: NO_NAMES, parent };
    const target = this.table(change.path.parts.map(({ name }) => name));
    ranges.push({ name: (change.alias ?? change.path.parts.at(-1))?.name, relation: target, value: undefined });
    const source = change.kind === "merge" ? change.source : change.kind === "update" ? change.from : undefined;
    if (source !== undefined) this.from(source, scope, ranges);
    this.#condition(change.kind === "merge" ? change.on : change.where, scope);
    // A column that is written is one of the target; what it is given may be of either.
    const written = (name: string, value: Expr | "DEFAULT" | undefined): void => {
      if (value === undefined || value === "DEFAULT") return;
      const column = target.known(name) ?? (target.isOpen ? target.demand(name) : new TypeVar());
      column.unify(this.#expr(value, scope));
    };
    const assigned = (set: readonly Assignment[]): void => {
      for (const { path, value } of set) if (path.length === 1) written(path[0]?.name ?? "", value);
    };
    if (change.kind === "update") assigned(change.set);
    for (const { condition, action } of change.kind === "merge" ? change.clauses : []) {
      if (condition !== undefined) this.#condition(condition, scope);
      if (action.kind === "update") assigned(action.set);
      if (action.kind === "insert")
        for (const [i, { name }] of action.columns.entries()) written(name, action.values?.[i]);
    }
  }

  #body(body: QueryBody, parent: NameScope | undefined): { readonly relation: Relation; readonly scope: NameScope } {
    if (body.kind === "select") return this.#select(body, parent);
    const scope: NameScope = { ranges: [], aliases: NO_NAMES, parent };
    if (body.kind === "nested") return { relation: this.query(body.query, parent), scope };
    const arms = body.arms.map((arm) => this.#body(arm, parent).relation);
    return { relation: united(arms, body.byName !== undefined), scope };
  }

  #select(select: Select, parent: NameScope | undefined) {
    const ranges: Range[] = [];
    const from: NameScope = { ranges, aliases: NO_NAMES, parent };
    if (select.from !== undefined) this.from(select.from, from, ranges);
    const scope: NameScope = { ranges, aliases: NO_NAMES, parent };
    const relation = new QueryRelation();
    const aliases = new Map<string, TypeVar>();
    for (const item of select.items) {
      if (item.kind === "expr") {
        const type = this.#expr(item.expr, scope);
        relation.add(item.alias?.name ?? impliedName(item.expr), type);
        if (item.alias !== undefined) aliases.set(item.alias.name.toLowerCase(), type);
        continue;
      }
      const replaced = item.replace.map(({ expr, name }) => [name.name, this.#expr(expr, scope)] as const);
      const left = [...item.except.map(({ name }) => name), ...replaced.map(([name]) => name)];
      for (const covered of this.#covered(item.of, scope)) {
        for (const { name } of item.except) if (covered.isOpen && ranges.length === 1) covered.demand(name);
        relation.star(covered, new Set(left.map((name) => name.toLowerCase())));
      }
      for (const [name, type] of replaced) relation.add(name, type);
      for (const { from: before, to } of item.rename ?? []) relation.add(to.name, this.#expr(pathOf(before), scope));
    }
    if (select.where !== undefined) this.#condition(select.where, scope);
    const behind: NameScope = { ...scope, aliases };
    for (const expr of groupingExprs(select.groupBy)) if (expr.kind !== "integer") this.#expr(expr, behind);
    if (select.having !== undefined) this.#condition(select.having, behind);
    if (select.qualify !== undefined) this.#condition(select.qualify, behind);
    for (const { spec } of select.windows) {
      for (const expr of spec.partitionBy) this.#expr(expr, scope).partitions();
      orderTypes(spec.orderBy, scope, this);
    }
    return { relation: rowsOf(relation, select.as), scope: behind };
  }

  /** The relations that a star stands for. */
  #covered(of: Expr | undefined, scope: NameScope): readonly Relation[] {
    if (of === undefined) return scope.ranges.map(({ relation }) => relation);
    const name = of.kind === "path" && of.parts.length === 1 ? of.parts[0]?.name.toLowerCase() : undefined;
    const range = scope.ranges.find((candidate) => name !== undefined && candidate.name?.toLowerCase() === name);
    return [range?.relation ?? new ValueRelation(this.#expr(of, scope))];
  }

  #expr(expr: Expr, scope: NameScope): TypeVar {
    return expressionType(expr, scope, this);
  }

  #condition(expr: Expr, scope: NameScope): void {
    this.#expr(expr, scope).hint("BOOL", WEIGHT.certain);
  }

  /** Adds the ranges of a FROM item, from left to right; `scope` sees those that are added. */
  from(item: FromItem, scope: NameScope, ranges: Range[]): void {
    switch (item.kind) {
      case "table":
        this.#table(item, scope, ranges);
        return;
      case "tableCall":
        for (const { value } of item.args) this.#expr(value, scope);
        ranges.push({ name: (item.alias ?? item.path.at(-1))?.name, relation: new OpenTable(), value: undefined });
        return;
      case "sessionize":
      case "gapFill":
        this.from(item.source, scope, ranges);
        ranges.push({ name: item.alias?.name, relation: new OpenTable(), value: undefined });
        return;
      case "unnest":
        this.#elements(this.#expr(item.array, scope), item.alias, item.offset, ranges);
        return;
      case "derived": {
        const relation = this.query(item.query, scope.parent);
        ranges.push({ name: item.alias?.name, isAlias: true, relation, value: undefined });
        return;
      }
      case "join":
        this.from(item.left, scope, ranges);
        this.#join(item, scope, ranges);
        return;
      case "pivot":
      case "unpivot":
        this.#turned(item, scope, ranges);
    }
  }

  #join({ right, on, using }: Extract<FromItem, { kind: "join" }>, scope: NameScope, ranges: Range[]): void {
    const left = [...ranges];
    this.from(right, scope, ranges);
    const added = ranges.slice(left.length);
    if (on !== undefined) this.#condition(on, scope);
    for (const { name } of using) {
      const sides = [left, added].flatMap((side) => columnAmong(name, side) ?? []);
      sides.reduce((all, type) => all.unify(type), new TypeVar());
    }
  }

  #table(item: Extract<FromItem, { kind: "table" }>, scope: NameScope, ranges: Range[]): void {
    const path = item.path.map(({ name }) => name);
    const first = path[0] ?? "";
    const alias = item.alias ?? item.path.at(-1);
    if (isFieldPath(item.path) && isRange(first, scope)) {
      const array = this.#expr(pathOf(...item.path), scope);
      this.#elements(array, alias, item.offset, ranges);
      return;
    }
    const common = path.length === 1 ? this.#commons.get(first.toLowerCase()) : undefined;
    const isAlias = item.alias !== undefined;
    ranges.push({ name: alias?.name, isAlias, relation: common ?? this.table(path), value: undefined });
  }

  #elements(array: TypeVar, alias: Identifier | undefined, offset: Identifier | undefined, ranges: Range[]): void {
    const element = array.element();
    ranges.push({ name: alias?.name, relation: new ValueRelation(element), value: element });
    if (offset === undefined) return;
    const value = TypeVar.of("INT64");
    ranges.push({ name: offset.name, relation: new ValueRelation(value), value });
  }

  /** PIVOT and UNPIVOT: what is read of their source; the columns that come out are whatever is asked for. */
  #turned(item: Extract<FromItem, { kind: "pivot" | "unpivot" }>, scope: NameScope, ranges: Range[]): void {
    const source: Range[] = [];
    const inner: NameScope = { ranges: source, aliases: NO_NAMES, parent: scope.parent };
    this.from(item.source, inner, source);
    const output = new QueryRelation();
    if (item.kind === "pivot") {
      const { aggregates, input, values } = item.pivot;
      const turned = this.#expr(input, inner);
      for (const { expr } of values) turned.unify(this.#expr(expr, inner));
      for (const { expr } of aggregates) this.#expr(expr, inner);
    } else {
      const columns = item.unpivot.groups.flatMap((group) => group.columns);
      const types = columns.map((column) => this.#expr(pathOf(column), inner));
      const value = types.reduce((all, type) => all.unify(type), new TypeVar());
      for (const { name } of item.unpivot.valueColumns) output.add(name, value);
      output.add(item.unpivot.nameColumn.name, TypeVar.of("STRING"));
    }
    for (const { relation } of source) for (const { name, type } of relation.columns()) output.add(name, type);
    output.star(new OpenTable(), new Set());
    ranges.push({ name: item.alias?.name, relation: output, value: undefined });
  }
}

/** What the rows of a SELECT are: its columns, or values of which they are the fields or that they are. */
function rowsOf(relation: Relation, as: Select["as"]): Relation {
  if (as === undefined) return relation;
  const columns = relation.columns();
  const struct = new TypeVar();
  for (const { name, type } of columns) if (name !== "") struct.field(name).unify(type);
  return new ValueRelation(as === "STRUCT" ? struct : (columns[0]?.type ?? new TypeVar()));
}

/** Each behind those that it reads; where they read each other, which `check` and `run` tell of, as they are written. */
function entriesOf(query: Query): readonly CommonTable[] {
  if (!query.recursive) return query.with;
  try {
    return inDependencyOrder(query.with);
  } catch (cause) {
    if (cause instanceof SqlProblem) return query.with;
    throw cause;
  }
}

function firstArm(inference: QueryInference, query: Query, parent: NameScope | undefined): Relation {
  const { body } = query;
  if (body.kind !== "set" || body.arms[0] === undefined) return new OpenTable();
  return inference.query({ ...query, body: body.arms[0], orderBy: [] }, parent);
}

function united(arms: readonly Relation[], isByName: boolean): Relation {
  const [first] = arms;
  if (first === undefined || isByName || arms.some(({ isOpen }) => isOpen)) {
    const union = new UnionRelation(arms);
    for (const { name } of union.columns()) if (name !== "") union.demand(name);
    return union;
  }
  const lists = arms.map((arm) => arm.columns());
  const isEven = lists.every((list) => list.length === lists[0]?.length);
  for (const list of isEven ? lists.slice(1) : [])
    for (const [i, { type }] of list.entries()) lists[0]?.[i]?.type.unify(type);
  return first;
}

function columnAmong(name: string, ranges: readonly Range[]): TypeVar | undefined {
  for (const { relation } of ranges) {
    const known = relation.known(name);
    if (known !== undefined) return known;
  }
  return ranges.find(({ relation, value }) => relation.isOpen && value === undefined)?.relation.demand(name);
}

function isRange(name: string, scope: NameScope): boolean {
  for (let level: NameScope | undefined = scope; level !== undefined; level = level.parent)
    if (level.ranges.some((range) => range.name?.toLowerCase() === name.toLowerCase())) return true;
  return false;
}

function pathOf(...parts: readonly Identifier[]): Expr {
  const { start = 0 } = parts[0] ?? {};
  return { kind: "path", parts, start, end: parts.at(-1)?.end ?? start };
}

function withColumns(aliases: ReadonlyMap<string, TypeVar>, relation: Relation): ReadonlyMap<string, TypeVar> {
  return new Map([...relation.columns().map(({ name, type }) => [name.toLowerCase(), type] as const), ...aliases]);
}

function groupingExprs(grouping: Grouping | undefined): readonly Expr[] {
  if (grouping === undefined || grouping.kind === "all") return [];
  const exprsOf = (item: GroupingItem): readonly Expr[] => {
    if (item.kind === "expr") return [item.expr];
    if (item.kind === "list") return item.exprs;
    return item.kind === "sets" ? item.items.flatMap(exprsOf) : item.sets.flat();
  };
  return grouping.items.flatMap(exprsOf);
}
