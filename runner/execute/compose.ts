import type { Span } from "../googlesql/contract.js";
import { quoteIdentifier } from "../googlesql/quote.js";
import { isSystemTable } from "../googlesql/system-tables.js";
import { unreadLists } from "../googlesql/unread-lists.js";
import type { RunnableAction, SqlRead } from "../graph/action.js";
import { reachOfSet } from "../plan/read-window.js";
import { type PartitionSet, partitionTest } from "../port/partition-set.js";
import { type Relation, relationNamed } from "../port/port.js";

export interface ComposeContext {
  /** Views are replaced by their own query, so that the read window reaches the tables behind them. */
  readonly views: ReadonlyMap<string, RunnableAction>;
  readonly relations: ReadonlyMap<string, Relation>;
}

/** A place in an action's own compiled SQL. */
export interface Origin {
  readonly action: RunnableAction;
  readonly offset: number;
}

/** A piece of composed SQL, with the place it was copied from; the runner's own text has none. */
interface Piece {
  readonly text: string;
  readonly origin: Origin | undefined;
}

/** What is composed of an action: its full query, or what it runs once its table is there. */
type Texts = Pick<RunnableAction, "query" | "reads">;

/** GoogleSQL put together from the project's SQL, which remembers where each character came from. */
export class ComposedQuery {
  constructor(readonly pieces: readonly Piece[]) {}

  get text(): string {
    return this.pieces.map(({ text }) => text).join("");
  }

  /** The query with some stretches of its text put between the runner's own. Ascending, apart from each other. */
  wrapped(stretches: readonly (Span & { readonly before: string; readonly behind: string })[]): ComposedQuery {
    return this.#changed(stretches, ({ start, end, before, behind }) => [
      own(before),
      ...this.#cut(start, end),
      own(behind),
    ]);
  }

  /** The query with other text in the place of some stretches. Ascending, apart from each other. */
  replaced(stretches: readonly Span[], text: string): ComposedQuery {
    return this.#changed(stretches, () => [own(text)]);
  }

  #changed<S extends Span>(stretches: readonly S[], change: (stretch: S) => readonly Piece[]): ComposedQuery {
    const pieces: Piece[] = [];
    let at = 0;
    for (const stretch of stretches) {
      pieces.push(...this.#cut(at, stretch.start), ...change(stretch));
      at = stretch.end;
    }
    return new ComposedQuery([...pieces, ...this.#cut(at, Number.POSITIVE_INFINITY)]);
  }

  #cut(from: number, to: number): Piece[] {
    let start = 0;
    return this.pieces.flatMap(({ text, origin }) => {
      const [first, last] = [Math.max(from - start, 0), Math.min(to - start, text.length)];
      start += text.length;
      if (first >= last) return [];
      return [{ text: text.slice(first, last), origin: origin && { ...origin, offset: origin.offset + first } }];
    });
  }

  /** Where the character at `offset` was written; undefined: by the runner. */
  origin(offset: number): Origin | undefined {
    let start = 0;
    for (const { text, origin } of this.pieces) {
      if (offset < start + text.length)
        return origin && { action: origin.action, offset: origin.offset + offset - start };
      start += text.length;
    }
    return this.pieces.findLast(({ origin }) => origin !== undefined)?.origin;
  }
}

/**
 * The GoogleSQL that builds some partitions: the action's own query, with every dated upstream restricted to the partitions
 * that its read window allows, and the output restricted to the partitions asked for.
 * @param texts the full query of the action, or its incremental one
 * @param set undefined: the action is built whole, from whole upstreams
 */
export function composeBuild(
  action: RunnableAction,
  texts: Texts,
  set: PartitionSet | undefined,
  context: ComposeContext,
): ComposedQuery {
  const body = splice({ ...action, ...texts }, (key) => source(key, action, set, context));
  return onlyPartitions(action, set, body);
}

/**
 * The GoogleSQL that stock Dataform would run, upstreams unrestricted, with only the output cut to some partitions: what a restricted
 * build must be equal to. Views are replaced by their own query, whatever stands under their name.
 * @param isMixed of which tables the rows are read in another order each time
 */
export function composeUnrestricted(
  action: RunnableAction,
  set: PartitionSet | undefined,
  views: ComposeContext["views"],
  isMixed: (key: string) => boolean = () => false,
): ComposedQuery {
  const inside = (key: string): readonly Piece[] | undefined => {
    const view = views.get(key);
    if (view !== undefined) return standIn(view, inside);
    return isMixed(key) ? [own(`(SELECT * FROM ${quoteIdentifier(key)} ORDER BY RAND())`)] : undefined;
  };
  return onlyPartitions(action, set, splice(action, inside));
}

/** A query that returns no row, of the columns that the action would build. */
export function composeShape(action: RunnableAction, context: ComposeContext): ComposedQuery {
  const body = composeBuild(action, action, undefined, context).pieces;
  return new ComposedQuery([own("SELECT * FROM (\n"), ...body, own("\n) WHERE FALSE")]);
}

/**
 * The query of a view as it was compiled. A disabled view that it reads stands as somebody once made it, or not at all, and an assertion
 * not at all: their query takes their place, as it does in every model.
 */
export function composeView(view: RunnableAction, views: ComposeContext["views"]): ComposedQuery {
  const inside = (key: string): readonly Piece[] | undefined => {
    const read = views.get(key);
    return read?.node.disabled || read?.type === "assertion" ? standIn(read, inside) : undefined;
  };
  return new ComposedQuery(splice(view, inside));
}

/** A query within text of the runner's own. */
export function composeAround(before: string, query: ComposedQuery, behind: string): ComposedQuery {
  return new ComposedQuery([own(before), ...query.pieces, own(behind)]);
}

/**
 * A model's query without rows of partitions that would vanish as soon as they are written, and would be missed by the next run.
 * @param engine whether partitions that are too old vanish by themselves
 */
export function onlyUnexpired(
  { partitionColumn, wanted }: RunnableAction,
  query: ComposedQuery,
  { expiresPartitions }: { readonly expiresPartitions: boolean },
): ComposedQuery {
  const days = wanted?.settings.partitionExpirationDays;
  if (!expiresPartitions || days === undefined || partitionColumn === undefined) return query;
  const column = quoteIdentifier(partitionColumn);
  const stands = `${column} IS NULL OR ${column} > DATE_SUB(CURRENT_DATE('UTC'), INTERVAL ${Math.ceil(days)} DAY)`;
  return composeAround("SELECT * FROM (\n", query, `\n) WHERE ${stands}`);
}

/**
 * A query over all that an assertion finds: `select` reads it as `found`. Views are replaced by their own query: a gate is asked before
 * the views behind its model are made.
 */
export function composeFound(
  assertion: RunnableAction,
  select: { readonly before: string; readonly behind: string },
  context: ComposeContext,
): ComposedQuery {
  return composeAround(`${select.before} FROM (\n`, found(assertion, context), `\n) AS found ${select.behind}`);
}

/** A query that returns a row where the assertion finds one, with as few columns as can be told. */
export function composeAnyFound(assertion: RunnableAction, context: ComposeContext): ComposedQuery {
  const all = found(assertion, context);
  const columnsOf = (path: string) => {
    const relation = relationNamed(context.relations, path);
    return relation && [...relation.columns.map(({ name }) => name), ...relation.foreignColumns];
  };
  return composeAround("SELECT * FROM (\n", all.replaced(unreadLists(all.text, columnsOf), " 1 "), "\n)");
}

/** All that an assertion finds. */
function found(assertion: RunnableAction, context: ComposeContext): ComposedQuery {
  return new ComposedQuery(splice(assertion, (key) => source(key, assertion, undefined, context)));
}

function onlyPartitions(action: RunnableAction, set: PartitionSet | undefined, body: readonly Piece[]): ComposedQuery {
  if (set === undefined || action.partitionColumn === undefined) return new ComposedQuery(body);
  const test = partitionTest(`\`${action.partitionColumn}\``, set);
  return new ComposedQuery([own("SELECT * FROM (\n"), ...body, own(`\n) WHERE ${test}`)]);
}

const ROWS = quoteIdentifier("_fastbreak_rows");

/** What to put in the place of a relation's name; undefined: leave it. */
function source(
  key: string,
  action: RunnableAction,
  set: PartitionSet | undefined,
  context: ComposeContext,
): readonly Piece[] | undefined {
  const view = context.views.get(key);
  if (view !== undefined) return standIn(view, (inner) => source(inner, action, set, context));
  const column = context.relations.get(key)?.partitionColumn;
  const declared = action.node.upstreams.find((upstream) => upstream.key === key)?.window;
  const window = declared ?? (key === action.node.key ? action.ownWindow : undefined);
  if (set === undefined || column === undefined || !action.node.partitioned) return undefined;
  const reach = reachOfSet(set, window);
  if (reach === undefined) return undefined;
  // A table may be called like its column, and a bare name would be the whole row.
  const test = partitionTest(`${ROWS}.${quoteIdentifier(column)}`, reach);
  // In one pair of backticks: in parts, a dataset called like a column or an alias around this place would be that one.
  return [own(`(SELECT * FROM ${quoteIdentifier(key)} AS ${ROWS} WHERE ${test})`)];
}

type Replacement = (key: string) => readonly Piece[] | undefined;

/** @param kept what stands for a name that is left; undefined: the name as it is written */
function splice(
  action: RunnableAction,
  replacement: Replacement,
  kept: (read: SqlRead) => readonly Piece[] | undefined = () => undefined,
): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const read of [...action.reads].sort((a, b) => a.start - b.start)) {
    const replaced = read.isFixed ? undefined : replacement(read.key);
    const instead = replaced === undefined ? kept(read) : [...replaced, ...alias(read)];
    if (instead === undefined) continue;
    pieces.push(copied(action, at, read.start), ...instead);
    at = read.end;
  }
  return [...pieces, copied(action, at, action.query.length)];
}

/**
 * The query of a view in the place of its name. The tables that it names stand in one pair of backticks there: in parts, a dataset called
 * like an alias or a column of the query around would be that one, of which the view itself sees nothing.
 */
function standIn(view: RunnableAction, replacement: Replacement): readonly Piece[] {
  const kept = ({ key, start, end }: SqlRead): readonly Piece[] | undefined => {
    if (isSystemTable(key)) return undefined;
    // What a table function is given is named behind a word.
    const [word = ""] = /^TABLE\s+/i.exec(view.query.slice(start, end)) ?? [];
    return [{ text: word + quoteIdentifier(key), origin: { action: view, offset: start } }];
  };
  return [own("(\n"), ...splice(view, replacement, kept), own("\n)")];
}

function alias(read: SqlRead): readonly Piece[] {
  return read.implicitAlias === undefined ? [] : [own(` AS \`${read.implicitAlias}\``)];
}

function own(text: string): Piece {
  return { text, origin: undefined };
}

function copied(action: RunnableAction, start: number, end: number): Piece {
  return { text: action.query.slice(start, end), origin: { action, offset: start } };
}
