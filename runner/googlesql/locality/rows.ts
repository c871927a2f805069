import type { Span } from "../contract.js";

/** Types whose equal values have equal texts, so that a value and whatever equals it are of one slice. */
export type KeyType = "STRING" | "INT64";

export interface RowsColumn {
  readonly name: string;
  /** Undefined: a value that no key can be told by. */
  readonly type: KeyType | undefined;
}

/** A place of a query where a name stands for rows: those of a table, or of a common table expression. */
export interface Place extends Span {
  /** What its rows are called behind it where nothing else is written. */
  readonly impliedAlias: string | undefined;
}

/** A place where a table is read. */
export interface TablePlace extends Place {
  /** `dataset.name`. */
  readonly table: string;
}

/** What a query needs of a table at one place. */
export interface TableUse {
  readonly place: TablePlace;
  /** Only rows whose column has one of the keys that are asked for; undefined: all rows. */
  readonly keyedBy: string | undefined;
  readonly columns: ReadonlySet<string>;
}

export type Indexes = ReadonlySet<number>;

export const NO_COLUMNS: Indexes = new Set();

/** Pairs of columns. */
export type Equalities = readonly (readonly [number, number])[];

const NOTHING_EQUAL: Equalities = [];

const NO_ROWS: readonly Rows[] = [];

/**
 * Rows that a part of a query gives. Asked for some of their columns, and only for rows that have certain keys in all of the `filtered`
 * columns, they say what they need of the rows below: this is how a filter is pushed down. Nothing needed that is not told would be
 * missing from a result, so whoever does not know asks for everything.
 */
export interface Rows {
  readonly columns: readonly RowsColumn[];
  /** Columns that are equal in every row. */
  readonly equal: Equalities;
  /** What they are made of. */
  readonly below: readonly Rows[];
  demand(filtered: Indexes, needed: Indexes, uses: Uses): void;
}

/** Rows that a name stands for. */
export interface NamedRows extends Rows {
  readonly place: Place;
}

export function isNamed(rows: Rows): rows is NamedRows {
  return "place" in rows;
}

/** Gathers what is needed of tables. */
export class Uses {
  readonly all: TableUse[] = [];
  readonly #asked = new Map<Rows, Set<string>>();
  readonly #named = new Map<NamedRows, Set<string | undefined>>();

  /** Asks rows, once for each question: common table expressions are read at many places. */
  ask(rows: Rows, filtered: Indexes, needed: Indexes): void {
    const typed = new Set([...filtered].filter((index) => rows.columns[index]?.type !== undefined));
    const question = `${[...typed].sort()} ${[...needed].sort()}`;
    const asked = this.#asked.get(rows) ?? new Set();
    if (asked.has(question)) return;
    this.#asked.set(rows, asked.add(question));
    rows.demand(typed, needed, this);
  }

  /** Notes which rows are needed where a name stands for them. @returns the column that their keys are in; undefined: all are needed */
  name(rows: NamedRows, filtered: Indexes): string | undefined {
    const [key] = [...filtered].sort((a, b) => a - b);
    const column = key === undefined ? undefined : rows.columns[key]?.name;
    this.#named.set(rows, (this.#named.get(rows) ?? new Set()).add(column));
    return column;
  }

  /** Names of which every reader needs but the rows that have the keys in one and the same column. */
  get keyed(): ReadonlyMap<NamedRows, string> {
    return new Map(
      [...this.#named].flatMap(([rows, [column, ...others]]) =>
        column === undefined || others.length > 0 ? [] : [[rows, column] as const],
      ),
    );
  }
}

export function allOf(rows: Rows): Indexes {
  return new Set(rows.columns.keys());
}

export class TableRows implements NamedRows {
  readonly equal = NOTHING_EQUAL;
  readonly below = NO_ROWS;

  constructor(
    readonly place: TablePlace,
    readonly columns: readonly RowsColumn[],
  ) {}

  demand(filtered: Indexes, needed: Indexes, uses: Uses): void {
    const columns = new Set([...needed].map((index) => this.columns[index]?.name ?? ""));
    uses.all.push({ place: this.place, keyedBy: uses.name(this, filtered), columns });
  }
}

/** One of the places where a common table expression is read. */
export class CommonRows implements NamedRows {
  readonly below: readonly Rows[];

  constructor(
    readonly place: Place,
    readonly rows: Rows,
  ) {
    this.below = [rows];
  }

  get columns(): readonly RowsColumn[] {
    return this.rows.columns;
  }

  get equal(): Equalities {
    return this.rows.equal;
  }

  demand(filtered: Indexes, needed: Indexes, uses: Uses): void {
    uses.name(this, filtered);
    uses.ask(this.rows, filtered, needed);
  }
}

/** Elements of an array: whoever joins them needs the array. */
export class ValueRows implements Rows {
  readonly equal = NOTHING_EQUAL;
  readonly below = NO_ROWS;

  constructor(readonly columns: readonly RowsColumn[]) {}

  demand(): void {}
}

function closure(columns: Indexes, equal: Equalities): Set<number> {
  const closed = new Set(columns);
  for (let size = -1; size !== closed.size; ) {
    size = closed.size;
    for (const [a, b] of equal) {
      if (closed.has(a)) closed.add(b);
      if (closed.has(b)) closed.add(a);
    }
  }
  return closed;
}

function intersection(a: Indexes, b: Indexes): Set<number> {
  return new Set([...a].filter((index) => b.has(index)));
}

/** Columns of the left side, then those of the right one. */
export class JoinRows implements Rows {
  readonly columns: readonly RowsColumn[];
  readonly equal: Equalities;
  readonly below: readonly Rows[];

  /**
   * @param joined what the condition says that is equal
   * @param condition columns that the condition reads
   */
  constructor(
    readonly type: "INNER" | "LEFT" | "RIGHT" | "FULL",
    readonly left: Rows,
    readonly right: Rows,
    readonly joined: Equalities,
    readonly condition: Indexes,
  ) {
    const width = left.columns.length;
    this.columns = [...left.columns, ...right.columns];
    this.below = [left, right];
    this.equal = [
      ...(type === "INNER" || type === "LEFT" ? left.equal : []),
      ...(type === "INNER" || type === "RIGHT" ? right.equal.map(([a, b]) => [a + width, b + width] as const) : []),
      ...(type === "INNER" ? joined : []),
    ];
  }

  demand(filtered: Indexes, needed: Indexes, uses: Uses): void {
    const width = this.left.columns.length;
    const reached = this.#reached(filtered, width);
    const read = [...needed, ...this.condition];
    const leftOf = (indexes: Iterable<number>) => new Set([...indexes].filter((index) => index < width));
    const rightOf = (indexes: Iterable<number>) =>
      new Set([...indexes].filter((index) => index >= width).map((index) => index - width));
    uses.ask(this.left, leftOf(reached), leftOf(read));
    uses.ask(this.right, rightOf(reached), rightOf(read));
  }

  /** A row of the side that is kept has partners of its own key alone; what has none gets NULL on the other side, whatever its key. */
  #reached(filtered: Indexes, width: number): Indexes {
    const closed = closure(filtered, this.equal);
    if (this.type === "INNER") return closed;
    if (this.type === "FULL") return NO_COLUMNS;
    const isKept = (index: number) => (this.type === "LEFT" ? index < width : index >= width);
    const kept = new Set([...closed].filter(isKept));
    const partners = this.joined.flatMap(([a, b]) => {
      if (isKept(a) === isKept(b)) return [];
      const [own, other] = isKept(a) ? [a, b] : [b, a];
      return kept.has(own) ? [other] : [];
    });
    return new Set([...kept, ...partners]);
  }
}

/** A value of a SELECT list. */
export interface SelectedColumn extends RowsColumn {
  /** The column that it is; undefined: an expression. */
  readonly source: number | undefined;
  readonly reads: Indexes;
  /** Of each window function in it, the columns that tell its partitions apart. */
  readonly windows: readonly Indexes[];
}

export interface SelectParts {
  readonly from: Rows;
  readonly columns: readonly SelectedColumn[];
  readonly isDistinct: boolean;
  /** Columns that decide which rows there are. */
  readonly rows: Indexes;
  /** What WHERE says that is equal. */
  readonly where: Equalities;
  /** Columns by which rows are grouped; undefined: they are not. */
  readonly groups: Indexes | undefined;
  /** As above, of what decides which rows there are. */
  readonly windows: readonly Indexes[];
  /** Queries within expressions: nobody knows which of their rows count. */
  readonly subqueries: readonly Rows[];
}

export class SelectRows implements Rows {
  readonly equal: Equalities;
  readonly below: readonly Rows[];
  readonly #inside: Equalities;

  constructor(readonly parts: SelectParts) {
    this.below = [parts.from, ...parts.subqueries];
    this.#inside = [...parts.from.equal, ...parts.where];
    this.equal = this.#equalColumns();
  }

  /** Columns of the list that are the same column, or columns that are equal. */
  #equalColumns(): Equalities {
    const { columns } = this.parts;
    const sources = [...columns.entries()].flatMap(([index, { source }]) =>
      source === undefined ? [] : [{ index, source }],
    );
    const named = new Set([...this.#inside.flat(), ...twice(sources.map(({ source }) => source))]);
    return sources.flatMap(({ index, source }, at) => {
      if (!named.has(source)) return [];
      const same = closure(new Set([source]), this.#inside);
      const next = sources.slice(at + 1).find((other) => same.has(other.source));
      return next === undefined ? [] : [[index, next.index] as const];
    });
  }

  get columns(): readonly RowsColumn[] {
    return this.parts.columns;
  }

  demand(filtered: Indexes, needed: Indexes, uses: Uses): void {
    const { from, columns, isDistinct, rows, groups, windows, subqueries } = this.parts;
    const wanted = isDistinct ? columns : columns.filter((_, index) => needed.has(index));
    const sources = [...filtered].flatMap((index) => columns[index]?.source ?? []);
    let below: Indexes = closure(new Set(sources), this.#inside);
    if (groups !== undefined) below = closure(intersection(below, groups), this.#inside);
    for (const window of [...windows, ...wanted.flatMap((column) => column.windows)])
      below = closure(intersection(below, window), this.#inside);
    const read = new Set([...rows, ...wanted.flatMap(({ reads }) => [...reads])]);
    uses.ask(from, below, read);
    for (const subquery of subqueries) uses.ask(subquery, NO_COLUMNS, allOf(subquery));
  }
}

function twice(numbers: readonly number[]): readonly number[] {
  return numbers.filter((number, index) => numbers.indexOf(number) !== index);
}

/** Rows of several queries, columns by position. */
export class SetRows implements Rows {
  readonly equal = NOTHING_EQUAL;
  readonly columns: readonly RowsColumn[];
  readonly below: readonly Rows[];

  constructor(
    readonly arms: readonly Rows[],
    readonly comparesRows: boolean,
  ) {
    this.below = arms;
    const [first] = arms;
    this.columns = (first?.columns ?? []).map(({ name, type }, index) => ({
      name,
      type: arms.every(({ columns }) => columns[index]?.type === type) ? type : undefined,
    }));
  }

  demand(filtered: Indexes, needed: Indexes, uses: Uses): void {
    for (const arm of this.arms) uses.ask(arm, filtered, this.comparesRows ? allOf(arm) : needed);
  }
}

/** Of which only the first rows count: which these are all of them decide. */
export class LimitedRows implements Rows {
  readonly equal = NOTHING_EQUAL;
  readonly below: readonly Rows[];

  constructor(readonly rows: Rows) {
    this.below = [rows];
  }

  get columns(): readonly RowsColumn[] {
    return this.rows.columns;
  }

  demand(_filtered: Indexes, _needed: Indexes, uses: Uses): void {
    uses.ask(this.rows, NO_COLUMNS, allOf(this.rows));
  }
}
