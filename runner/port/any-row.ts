/**
 * A query that returns a row where another one does, and nothing of that row. The other's first line is the only one on which text stands
 * elsewhere.
 */
export function anyRowOf(query: string): string {
  return `SELECT 1 FROM (${query}\n) LIMIT 1`;
}
