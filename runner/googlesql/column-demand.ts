import type { FromItem, OrderItem, Query, QueryBody, Select, SelectItem } from "./ast.js";
import type { ColumnsRead, Span } from "./contract.js";
import { impliedName, isFieldPath } from "./names.js";
import { walk } from "./walk.js";

/** An item of a SELECT list that only counts where somebody reads the column by its name. */
export interface ListedItem extends Span {
  /** In lower case; undefined: nobody can name it. */
  readonly name: string | undefined;
  /** It is a column of the whole query: nobody has to name it where all of that is read. */
  readonly passed: boolean;
}

export interface ColumnDemand {
  /** Items that may go unread; one may lie in another. */
  readonly items: readonly ListedItem[];
  /** What stars and rows taken as values show of tables, by the place where each is named. */
  readonly shown: ReadonlyMap<number, Shown>;
}

interface Shown {
  readonly columns: Exclude<ColumnsRead, "named">;
  /** Names, in lower case, of columns that every star over it leaves out. */
  readonly leftOut: Names;
}

type Names = ReadonlySet<string>;
const NONE: Names = new Set();

/** Nobody knows: every column that may be shown counts, and every item of a list. */
export const ALL_DEMANDED: ColumnDemand = { items: [], shown: new Map() };

/**
 * Which columns of its tables and lists a query can make use of, known by names alone: a column that a WITH query or a subquery of FROM
 * has, and that no word of the texts asks for, makes no difference. It does where the column decides which rows there are (DISTINCT, set
 * operations), where its place counts, and where a row is taken as a value.
 */
export function columnDemand(query: Query): ColumnDemand {
  const demands = new Demands();
  demands.query(query, { demand: PASSED, leftOut: NONE }, new Map(), new Map());
  return demands.isUnknown ? ALL_DEMANDED : demands;
}

/** What is wanted of the columns of a query: those that are named; besides, those that the whole query passes on; all. */
type Demand = 0 | 1 | 2;
const NAMED = 0;
const PASSED = 1;
const ALL = 2;

/** What somebody wants of a query, and the names of columns that he leaves out of it. */
interface Wanted {
  readonly demand: Demand;
  readonly leftOut: Names;
}
const EVERYTHING: Wanted = { demand: ALL, leftOut: NONE };

/** What an alias, or the name of a WITH query, stands for. */
interface Source {
  demand: Demand | undefined;
  /** What all leave out that want more of it than the columns that are named; undefined: nobody does. */
  leftOut: Names | undefined;
  /** Of a query; undefined: a table, or nobody knows. */
  readonly names: OutputNames;
}
interface Subquery extends Source {
  readonly query: Query;
  readonly commons: Commons;
}
type Commons = ReadonlyMap<string, Subquery>;
/** Undefined: something else than rows with columns. */
type Aliases = Map<string, Source | undefined>;
/** The names of the columns by position; undefined: nobody knows them. */
type OutputNames = readonly (string | undefined)[] | undefined;

class Demands implements ColumnDemand {
  readonly items: ListedItem[] = [];
  readonly #tables = new Map<number, Source>();
  /** A table function is given tables: what it makes of them is written elsewhere. */
  isUnknown = false;

  get shown(): ReadonlyMap<number, Shown> {
    const words = ["carried", "passed", "all"] as const;
    return new Map(
      [...this.#tables].flatMap(([at, { demand, leftOut = NONE }]) =>
        demand === undefined ? [] : [[at, { columns: words[demand], leftOut }]],
      ),
    );
  }

  query(query: Query, wanted: Wanted, commons: Commons, aliases: Aliases): void {
    const { known, own } = withQueries(query, commons);
    this.#body(query.body, wanted, known, aliases, query.orderBy);
    // Whoever reads a WITH query stands behind it.
    for (const record of own.reverse()) this.query(record.query, wantedOf(record), record.commons, new Map(aliases));
  }

  #body(body: QueryBody, asked: Wanted, commons: Commons, aliases: Aliases, orderBy: readonly OrderItem[]): void {
    if (body.kind === "select") {
      this.#select(body, asked, commons, aliases, { orderBy });
      return;
    }
    for (const { expr } of orderBy) this.#expr(expr, commons, aliases);
    const wanted = positionsIn(orderBy).size > 0 ? EVERYTHING : asked;
    if (body.kind === "nested") {
      this.query(body.query, wanted, commons, aliases);
      return;
    }
    const isByPosition = body.op === "UNION" && body.all && body.byName === undefined;
    const names = isByPosition ? namesOfArms(body.arms, commons) : undefined;
    for (const arm of body.arms) {
      if (names === undefined) this.#body(arm, EVERYTHING, commons, aliases, []);
      else if (arm.kind === "select" && !arm.items.some(isStar))
        this.#select(arm, wanted, commons, aliases, { orderBy: [], names });
      else this.#body(arm, areEqual(bodyNames(arm, commons), names) ? wanted : EVERYTHING, commons, aliases, []);
    }
  }

  /** @param around what orders its rows, and what its columns are called where the first arm of a UNION ALL says so */
  #select(
    select: Select,
    asked: Wanted,
    commons: Commons,
    aliases: Aliases,
    { orderBy, names }: { readonly orderBy: readonly OrderItem[]; readonly names?: OutputNames },
  ): void {
    const positions = positionsIn([select.groupBy, orderBy]);
    const rest = [select.where, select.groupBy, select.having, select.qualify, select.windows, orderBy];
    const mentioned = names === undefined ? new Set<string>() : namesMentioned(rest);
    const isByPosition = positions.size > 0 && select.items.some(isStar);
    const wanted = isByPosition || decidesRows(select) ? EVERYTHING : asked;
    const inner = new Map(aliases);
    const derived: Subquery[] = [];
    const sources = select.from === undefined ? [] : this.#from(select.from, commons, inner, derived);
    for (const [index, item] of select.items.entries()) {
      if (item.kind === "star") {
        this.#star(item, wanted, sources, commons, inner);
        continue;
      }
      this.#expr(item.expr, commons, inner);
      const own = nameOf(item);
      const name = names === undefined ? own : names[index];
      // GROUP BY, HAVING and QUALIFY know it by the name that its own list gives it.
      const decides = positions.has(index + 1) || (own !== undefined && own !== name && mentioned.has(own));
      const isPassed = wanted.demand === PASSED && (name === undefined || !wanted.leftOut.has(name));
      if (wanted.demand !== ALL && !decides)
        this.items.push({ start: item.start, end: item.end, name, passed: isPassed });
    }
    for (const clause of rest) if (clause !== undefined) this.#expr(clause, commons, inner);
    // One subquery of FROM sees nothing of the next.
    for (const record of derived) this.query(record.query, wantedOf(record), record.commons, aliases);
  }

  #star(
    { of, except, replace }: Extract<SelectItem, { kind: "star" }>,
    asked: Wanted,
    sources: readonly Source[],
    commons: Commons,
    aliases: Aliases,
  ): void {
    const name = of?.kind === "path" && of.parts.length === 1 ? of.parts[0]?.name.toLowerCase() : undefined;
    // What it leaves out must be there, and its values are not read.
    for (const { start, end } of except) this.items.push({ start, end, name: undefined, passed: false });
    const leftOut = new Set([...asked.leftOut, ...except.map((column) => column.name.toLowerCase())]);
    const wanted = { demand: asked.demand, leftOut };
    if (of === undefined) for (const source of sources) raise(source, wanted);
    else if (name !== undefined && aliases.has(name)) raise(aliases.get(name), wanted);
    else this.#expr(of, commons, aliases);
    for (const { expr } of replace) this.#expr(expr, commons, aliases);
  }

  /**
   * Adds the item's aliases to `aliases`, and the subqueries, of which it is not known yet what is wanted of them, to `derived`.
   * @returns what a star over the item covers
   */
  #from(item: FromItem, commons: Commons, aliases: Aliases, derived: Subquery[]): Source[] {
    const name = (alias: { readonly name: string } | undefined, source?: Source): void => {
      if (alias !== undefined) aliases.set(alias.name.toLowerCase(), source);
    };
    switch (item.kind) {
      case "table": {
        const first = (item.path[0]?.name ?? "").toLowerCase();
        const common = item.path.length === 1 ? commons.get(first) : undefined;
        const isArray = isFieldPath(item.path) && aliases.has(first);
        const source = isArray ? undefined : (common ?? this.#table(item.pathSpan.start));
        name(item.alias ?? item.path.at(-1), source);
        name(item.offset);
        return source === undefined ? [] : [source];
      }
      case "unnest":
        this.#expr(item.array, commons, aliases);
        name(item.alias);
        name(item.offset);
        return [];
      case "derived": {
        const names = namesOf(item.query, commons);
        const source: Subquery = { query: item.query, commons, demand: NAMED, leftOut: undefined, names };
        if (item.passesAliases) raise(source, EVERYTHING);
        derived.push(source);
        name(item.alias, source);
        return [source];
      }
      case "join": {
        const left = this.#from(item.left, commons, aliases, derived);
        const right = this.#from(item.right, commons, aliases, derived);
        if (item.on !== undefined) this.#expr(item.on, commons, aliases);
        return [...left, ...right];
      }
      case "tableCall":
        this.isUnknown = true;
        return [];
      case "sessionize":
      case "gapFill":
      case "pivot":
      case "unpivot": {
        for (const source of this.#from(item.source, commons, aliases, derived)) raise(source, EVERYTHING);
        if (item.kind === "pivot") this.#expr(item.pivot, commons, aliases);
        else if (item.kind !== "unpivot") this.#expr(item.args, commons, aliases);
        name(item.alias);
        return [];
      }
    }
  }

  #table(at: number): Source {
    const source = { demand: undefined, leftOut: undefined, names: undefined };
    this.#tables.set(at, source);
    return source;
  }

  /** Of a subquery in an expression every column is wanted, and so is a row that is taken as a value. */
  #expr(node: object, commons: Commons, aliases: Aliases): void {
    walk(node, (child) => {
      if (SUBQUERIES.has(child.kind)) {
        this.query(child.query as Query, EVERYTHING, commons, aliases);
        return false;
      }
      if (child.kind === "path") {
        const parts = child.parts as readonly { readonly name: string }[];
        if (parts.length === 1) raise(aliases.get((parts[0]?.name ?? "").toLowerCase()), EVERYTHING);
      }
      return undefined;
    });
  }
}

const SUBQUERIES: ReadonlySet<unknown> = new Set(["subquery", "arrayQuery", "exists", "query"]);

function raise(source: Source | undefined, { demand, leftOut }: Wanted): void {
  if (source === undefined) return;
  if (source.demand === undefined || source.demand < demand) source.demand = demand;
  const before = source.leftOut ?? leftOut;
  source.leftOut = new Set([...before].filter((name) => leftOut.has(name)));
}

function wantedOf({ demand = NAMED, leftOut = NONE }: Source): Wanted {
  return { demand, leftOut };
}

/** Whether the values of its list decide which rows there are. */
function decidesRows({ distinct, as, groupBy, pipe }: Select): boolean {
  return distinct || as !== undefined || pipe !== undefined || groupBy?.kind === "all";
}

/** Numbers that may stand for places in the list, from 1 on. */
function positionsIn(clause: object): ReadonlySet<number> {
  const positions = new Set<number>();
  walk(clause, (node) => {
    if (node.kind === "integer") positions.add(Number(node.value));
    return undefined;
  });
  return positions;
}

/** What its expressions begin with: columns, or aliases of a list. */
function namesMentioned(clauses: object): ReadonlySet<string> {
  const mentioned = new Set<string>();
  walk(clauses, (node) => {
    const [first] = node.kind === "path" ? (node.parts as readonly { readonly name: string }[]) : [];
    if (first !== undefined) mentioned.add(first.name.toLowerCase());
    return undefined;
  });
  return mentioned;
}

function isStar({ kind }: SelectItem): boolean {
  return kind === "star";
}

function nameOf({ expr, alias }: Extract<SelectItem, { kind: "expr" }>): string | undefined {
  return (alias?.name ?? impliedName(expr))?.toLowerCase();
}

/** The names of the first arm, where each arm is known to have as many columns. */
function namesOfArms(arms: readonly QueryBody[], commons: Commons): OutputNames {
  const [first, ...others] = arms.map((arm) => bodyNames(arm, commons));
  return first !== undefined && others.every((other) => other?.length === first.length) ? first : undefined;
}

function areEqual(a: OutputNames, b: OutputNames): boolean {
  return (
    a !== undefined && b !== undefined && a.length === b.length && a.every((name, position) => name === b[position])
  );
}

/** The WITH queries of a query, in their order, and all that go by a name in it. */
function withQueries(query: Query, commons: Commons): { readonly known: Commons; readonly own: Subquery[] } {
  const known = new Map(commons);
  const own = query.with.map(({ name, query: common }) => {
    const record: Subquery = query.recursive
      ? { query: common, commons: known, ...EVERYTHING, names: undefined }
      : { query: common, commons: new Map(known), demand: NAMED, leftOut: undefined, names: namesOf(common, known) };
    known.set(name.name.toLowerCase(), record);
    return record;
  });
  return { known, own };
}

function namesOf(query: Query, commons: Commons): OutputNames {
  return query.recursive ? undefined : bodyNames(query.body, withQueries(query, commons).known);
}

function bodyNames(body: QueryBody, commons: Commons): OutputNames {
  if (body.kind === "nested") return namesOf(body.query, commons);
  if (body.kind === "set")
    return body.byName === undefined && body.arms[0] ? bodyNames(body.arms[0], commons) : undefined;
  // A value that is a row has columns of its own.
  if (body.as === "VALUE") return undefined;
  const names = body.items.map((item) => (item.kind === "expr" ? [nameOf(item)] : starNames(item, body.from, commons)));
  return names.some((list) => list === undefined) ? undefined : names.flatMap((list) => list ?? []);
}

/** What a star over a WITH query or a subquery of FROM stands for. */
function starNames(
  { of, except, replace, rename }: Extract<SelectItem, { kind: "star" }>,
  from: FromItem | undefined,
  commons: Commons,
): OutputNames {
  if (from === undefined || except.length > 0 || replace.length > 0 || rename !== undefined) return undefined;
  if (of === undefined) return from.kind === "join" ? undefined : itemNames(from, commons);
  const name = of.kind === "path" && of.parts.length === 1 ? of.parts[0]?.name.toLowerCase() : undefined;
  const items = joined(from).filter((item) => name !== undefined && aliasOf(item) === name);
  return items.length === 1 && items[0] ? itemNames(items[0], commons) : undefined;
}

function itemNames(item: FromItem, commons: Commons): OutputNames {
  if (item.kind === "derived") return item.passesAliases ? undefined : namesOf(item.query, commons);
  if (item.kind !== "table" || item.path.length !== 1 || item.offset !== undefined) return undefined;
  return commons.get((item.path[0]?.name ?? "").toLowerCase())?.names;
}

function joined(item: FromItem): FromItem[] {
  return item.kind === "join" ? [...joined(item.left), ...joined(item.right)] : [item];
}

function aliasOf(item: FromItem): string | undefined {
  const alias =
    item.kind === "join" ? undefined : (item.alias ?? (item.kind === "table" ? item.path.at(-1) : undefined));
  return alias?.name.toLowerCase();
}
