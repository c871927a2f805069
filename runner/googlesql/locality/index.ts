import { parseQueryText } from "../parser/statement.js";
import { type FindTable, followQuery } from "./follow.js";
import { type Rows, type TablePlace, type TableUse, Uses } from "./rows.js";
import { Unfollowed } from "./scope.js";

export type { FindTable } from "./follow.js";
export type { KeyType, RowsColumn, TablePlace, TableUse } from "./rows.js";

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
    const index = this.#indexOf(column);
    const uses = new Uses();
    uses.ask(this.#rows, new Set(index < 0 ? [] : [index]), new Set(this.#rows.columns.keys()));
    return uses.all;
  }

  #indexOf(column: string): number {
    return this.#rows.columns.findIndex(({ name }) => name.toLowerCase() === column.toLowerCase());
  }
}

/** The places of a query that need no other rows of their table than those of the keys that are asked for, and the column of the keys. */
export function keyedPlaces(
  uses: readonly TableUse[],
): readonly { readonly place: TablePlace; readonly column: string }[] {
  const byPlace = new Map<TablePlace, Set<string | undefined>>();
  for (const { place, keyedBy } of uses) byPlace.set(place, (byPlace.get(place) ?? new Set()).add(keyedBy));
  return [...byPlace].flatMap(([place, columns]) => {
    const [column] = columns;
    return columns.size === 1 && column !== undefined ? [{ place, column }] : [];
  });
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
