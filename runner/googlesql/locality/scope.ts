import type { Identifier } from "../ast.js";
import type { Indexes, Rows, SelectedColumn } from "./rows.js";

/** Something of a query whose rows nobody here follows: nothing is known of the whole query then. */
export class Unfollowed extends Error {}

/** What one item of a FROM clause is called, and where its columns are among those of the whole clause. */
export interface Range {
  readonly name: string | undefined;
  readonly columns: readonly { readonly name: string; readonly index: number }[];
  /** Elements of an array: any name may be a field of them. */
  readonly isValue: boolean;
  /** Rows of a FROM clause in a query of a pipe, whose columns may be others by now. */
  readonly isPassed?: boolean;
}

export interface FromScope {
  readonly rows: Rows;
  readonly ranges: readonly Range[];
  /** What a star stands for, and a name without a table. */
  readonly star: readonly { readonly name: string; readonly index: number }[];
}

/** What expressions read while they are looked at. */
export interface Reading {
  readonly reads: Set<number>;
  readonly windows: Indexes[];
  readonly subqueries: Rows[];
}

export function newReading(): Reading {
  return { reads: new Set(), windows: [], subqueries: [] };
}

/** Words that stand where columns could, and are none: parts of dates. */
const DATE_PARTS = new Set(
  (
    "NANOSECOND MICROSECOND MILLISECOND SECOND MINUTE HOUR DAY DAYOFWEEK DAYOFYEAR WEEK ISOWEEK MONTH QUARTER YEAR ISOYEAR DATE " +
    "TIME DATETIME SUNDAY MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY NFC NFKC NFD NFKD"
  ).split(" "),
);

/** The names of one SELECT, and of those around it. */
export class Scope {
  /** Of the SELECT list, as soon as clauses are looked at that see them. */
  readonly aliases = new Map<string, SelectedColumn>();
  #reading = newReading();

  constructor(
    readonly from: FromScope,
    readonly parent: Scope | undefined,
  ) {}

  /** Looks at something while what it reads is gathered. */
  read<T>(work: () => T): { readonly reading: Reading; readonly value: T } {
    const before = this.#reading;
    this.#reading = newReading();
    try {
      return { value: work(), reading: this.#reading };
    } finally {
      this.#reading = before;
    }
  }

  get reading(): Reading {
    return this.#reading;
  }

  /**
   * The column that a path is, if it is one and nothing but one. What it reads is noted, of this SELECT or of one around it.
   * @throws Unfollowed for a name of which nobody knows what it is
   */
  column(parts: readonly Identifier[], seesAliases: boolean): number | undefined {
    const names = parts.map(({ name }) => name.toLowerCase());
    const found = this.#find(names, seesAliases);
    if (found !== undefined) {
      for (const index of found.reads) this.#reading.reads.add(index);
      return found.source;
    }
    if (this.parent !== undefined) {
      this.parent.column(parts, true);
      return undefined;
    }
    const [first = ""] = names;
    if (first.startsWith("@@") || (names.length === 1 && DATE_PARTS.has(first.toUpperCase()))) return undefined;
    throw new Unfollowed();
  }

  #find(
    names: readonly string[],
    seesAliases: boolean,
  ): { readonly source: number | undefined; readonly reads: Iterable<number> } | undefined {
    const [first = "", second] = names;
    const alias = seesAliases && names.length === 1 ? this.aliases.get(first) : undefined;
    if (alias !== undefined) this.#reading.windows.push(...alias.windows);
    const plain = this.from.star.filter(({ name }) => name === first);
    if (plain.length > 1) throw new Unfollowed();
    const [own] = plain;
    if (own !== undefined && alias !== undefined && alias.source !== own.index)
      return { source: undefined, reads: [own.index, ...alias.reads] };
    const range = this.from.ranges.find(({ name }) => name === first);
    if (range?.isPassed === true) throw new Unfollowed();
    if (range !== undefined && own === undefined) {
      const column = range.columns.find(({ name }) => name === second);
      if (column !== undefined) return { source: names.length === 2 ? column.index : undefined, reads: [column.index] };
      // The row itself, or a field of an element.
      return { source: undefined, reads: range.columns.map(({ index }) => index) };
    }
    // A table that is called like a column: the name is the whole row of it.
    if (range !== undefined && own !== undefined)
      return { source: undefined, reads: [own.index, ...range.columns.map(({ index }) => index)] };
    if (own !== undefined) return { source: names.length === 1 ? own.index : undefined, reads: [own.index] };
    if (alias !== undefined) return { source: alias.source, reads: alias.reads };
    const isField = this.from.ranges.some(({ isValue }) => isValue);
    const isElsewhere = this.parent?.knows(first) === true;
    return isField && !isElsewhere ? { source: undefined, reads: [] } : undefined;
  }

  knows(name: string): boolean {
    const { ranges, star } = this.from;
    return (
      ranges.some((range) => range.name === name) ||
      star.some((column) => column.name === name) ||
      (this.parent?.knows(name) ?? false)
    );
  }
}
