/** What stands before a query of which only that counts whether it returns a row. */
export const BEFORE_ANY_ROW = "SELECT 1 FROM (";

/** A query that returns a row where another one does, and nothing of that row. */
export function anyRowOf(query: string): string {
  return `${BEFORE_ANY_ROW}${query}\n) LIMIT 1`;
}
