import { parseQueryText } from "../parser/statement.js";
import { type FindTable, followQuery } from "./follow.js";
import { isNamed, type Place, type Rows, type TableUse, Uses } from "./rows.js";
import { Unfollowed } from "./scope.js";

export type { FindTable } from "./follow.js";
export type { KeyType, Place, RowsColumn, TablePlace, TableUse } from "./rows.js";

/**
 * What rows of one key depend on. The rows of a query that have certain values in one of its columns are the same whatever rows a table
 * has that is used with `keyedBy` and has other values there: a filter on the column could be pushed down to the table.
 */
export class FollowedQuery {
  readonly #rows: Rows;

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  /** Whether rows can be told apart by an output column. */
  hasKey(column: string): boolean {
    return this.#rows.columns[this.#indexOf(column)]?.type !== undefined;
  }

  /** What rows with certain values in a column need of each table, place by place. */
  usesOf(column: string): readonly TableUse[] {
    return this.#asked(column).all;
  }

  /**
   * Where a name stands for rows of which rows with certain values in a column need but those with the same values in one column, so
   * that the others may be left out there. A name of which nothing else is made than of such rows is left as it is. Ascending.
   */
  keyedPlaces(column: string): readonly KeyedPlace[] {
    const { keyed } = this.#asked(column);
    const isKeyed = (rows: Rows): boolean => (isNamed(rows) ? keyed.has(rows) : rows.below.every(isKeyed));
    return [...keyed]
      .filter(([rows]) => rows.below.length === 0 || !rows.below.every(isKeyed))
      .map(([{ place }, by]) => ({ place, column: by }))
      .sort((a, b) => a.place.start - b.place.start);
  }

  #asked(column: string): Uses {
    const index = this.#indexOf(column);
    const uses = new Uses();
    uses.ask(this.#rows, new Set(index < 0 ? [] : [index]), new Set(this.#rows.columns.keys()));
    return uses;
  }

  #indexOf(column: string): number {
    return this.#rows.columns.findIndex(({ name }) => name.toLowerCase() === column.toLowerCase());
  }
}

/** A place where only rows of certain keys are needed, and the column of the keys. */
export interface KeyedPlace {
  readonly place: Place;
  readonly column: string;
}

/** Follows the columns of a query down to the tables; undefined: something in it is not followed. */
export function followedQuery(sql: string, find: FindTable): FollowedQuery | undefined {
  try {
    return new FollowedQuery(followQuery(parseQueryText(sql), find));
  } catch (cause) {
    if (cause instanceof Unfollowed) return undefined;
    throw cause;
  }
}
