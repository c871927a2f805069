import type { SqlType } from "../../port/sql-types.js";
import { duckdbType, quoteName } from "./sql.js";

/** What a column of arrays holds where nothing is written into it; undefined for other columns, which hold NULL. */
export function emptyArray(type: SqlType): string | undefined {
  return typeof type === "object" && type.kind === "array" ? `CAST([] AS ${duckdbType(type)})` : undefined;
}

/**
 * The DuckDB statements that give a table a column. Its rows have empty arrays in a column of arrays: by DEFAULT of ADD COLUMN the engine
 * would update them, and behind that a transaction can give the table no other column and take none away.
 * @param table as DuckDB text
 */
export function addedColumn(
  table: string,
  { name, type }: { readonly name: string; readonly type: SqlType },
): string[] {
  const alter = `ALTER TABLE ${table}`;
  const column = quoteName(name);
  const empty = emptyArray(type);
  const added = `${alter} ADD COLUMN ${column} ${duckdbType(type)}`;
  if (empty === undefined) return [added];
  return [
    added,
    `${alter} ALTER COLUMN ${column} SET DATA TYPE ${duckdbType(type)} USING ${empty}`,
    `${alter} ALTER COLUMN ${column} SET DEFAULT ${empty}`,
  ];
}
