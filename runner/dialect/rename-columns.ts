import type { Statement } from "../googlesql/ast.js";
import type { CatalogTable } from "../googlesql/catalog.js";
import { analysisError } from "../googlesql/errors.js";
import type { TableChange } from "../googlesql/script-ast.js";
import { columnOf, isMissing, requireNewColumn } from "./named-columns.js";
import { quoteName, quotePath } from "./print/sql.js";

type Rename = Extract<TableChange, { kind: "renameColumn" }>;

/**
 * RENAME COLUMN, of one column or of several: each sees the names that those before it have left, so that two columns exchange theirs by
 * way of a third. Undefined: the statement renames none.
 * @throws SqlProblem for renames beside other changes
 */
export function renameColumns(
  { changes }: Pick<Extract<Statement, { kind: "changeTable" }>, "changes">,
  table: CatalogTable,
): string[] | undefined {
  const isFirst = changes[0]?.kind === "renameColumn";
  const other = changes.find(({ kind }) => (kind === "renameColumn") !== isFirst);
  if (other !== undefined)
    throw analysisError("ALTER TABLE does not support combining RENAME COLUMN with other alter actions", other);
  if (!isFirst) return undefined;
  const sql: string[] = [];
  let current = table;
  for (const change of changes as readonly Rename[]) {
    if (isMissing(change, current)) continue;
    requireNewColumn(change.to, current);
    const column = columnOf(change.name, current);
    sql.push(
      `ALTER TABLE ${quotePath(table.path)} RENAME COLUMN ${quoteName(column.name)} TO ${quoteName(change.to.name)}`,
    );
    const columns = current.columns.map((one) => (one === column ? { ...one, name: change.to.name } : one));
    current = { ...current, columns };
  }
  return sql;
}
