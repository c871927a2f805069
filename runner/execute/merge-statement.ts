import { quoteIdentifier, quoteKey } from "../googlesql/quote.js";
import type { RunnableAction } from "../graph/action.js";
import { relationKey } from "../port/port.js";
import type { Column } from "../port/sql-types.js";
import { type ComposedQuery, composeAround } from "./compose.js";

/**
 * The MERGE with which stock Dataform brings the rows of an incremental query into a table, in its words:
 * https://github.com/dataform-co/dataform, cli/api/dbadapters/execution_sql.ts
 * @param columns those of the table as it stands
 */
export function mergeStatement(
  { target, uniqueKey, strategy }: RunnableAction,
  query: ComposedQuery,
  columns: readonly Column[],
): ComposedQuery {
  const names = columns.map(({ name }) => quoteIdentifier(name));
  const conditions = [
    ...uniqueKey.map(quoteIdentifier).map((name) => `DATAFORM_DEST.${name} = DATAFORM_SOURCE.${name}`),
    ...strategy.updateFilters.map((filter) => `DATAFORM_DEST.${filter}`),
  ];
  const assignments = names.map((name) => `${name} = DATAFORM_SOURCE.${name}`).join(", ");
  const list = names.join(", ");
  return composeAround(
    `MERGE ${quoteKey(relationKey(target))} AS DATAFORM_DEST USING (\n`,
    query,
    `\n) AS DATAFORM_SOURCE ON ${conditions.join(" AND ")}\n` +
      `WHEN MATCHED THEN UPDATE SET ${assignments}\n` +
      `WHEN NOT MATCHED THEN INSERT (${list}) VALUES (${list})`,
  );
}
