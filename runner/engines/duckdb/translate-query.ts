import { translateQuery } from "../../dialect/index.js";
import type { Column } from "../../port/sql-types.js";

/**
 * A GoogleSQL query as DuckDB SQL over tables that are described and need not be there.
 * @throws EngineError `sql` with the line and column of what is wrong or not supported
 */
export function translateOnEmbedded(
  query: string,
  tables: readonly { readonly dataset: string; readonly name: string; readonly columns: readonly Column[] }[],
): { readonly sql: string; readonly columns: readonly Column[] } {
  const known = new Map(
    tables.map(({ dataset, name, columns }) => [`${dataset}.${name}`, { path: [dataset, name] as const, columns }]),
  );
  const { sql, columns } = translateQuery(query, {
    find: (path) => known.get(path.join(".")) ?? known.get(path.slice(-2).join(".")),
    names: () => [...known.keys()],
  });
  return { sql, columns };
}
