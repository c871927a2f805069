import type { ArrayType, SqlType } from "../../port/sql-types.js";
import { bindOnce } from "./bind.js";
import { duckdbType, fieldAccess, quoteString, structLiteral } from "./sql.js";

/**
 * A value as BigQuery writes it: a NULL array becomes an empty one, and a NULL in an array fails.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#array_nulls
 *
 * @param name of the column, for the message
 */
export function storedArrays(sql: string, type: SqlType, name: string): string {
  if (!holdsArray(type)) return sql;
  if (type.kind === "array") {
    const list = holdsArray(type.element)
      ? `list_transform(${sql}, lambda item: ${storedArrays("item", type.element, name)})`
      : sql;
    return bindOnce([list], ([items]) => checked(items as string, type, name));
  }
  const fields = type.fields.map((field, i) =>
    storedArrays(fieldAccess(sql, type, i), field.type, field.name ?? `_field_${i + 1}`),
  );
  return `CASE WHEN ${sql} IS NOT NULL THEN ${structLiteral(type, fields)} END`;
}

/** The failing cast names the list, so that DuckDB does not evaluate it while it plans. */
function checked(list: string, type: ArrayType, name: string): string {
  const message = quoteString(`Array cannot have a null element; error in writing field ${name}`);
  const fails = `CAST(concat(${message}, left(CAST(len(${list}) AS VARCHAR), 0)) AS BOOLEAN)`;
  return `CASE WHEN ${list} IS NULL THEN CAST([] AS ${duckdbType(type)}) WHEN list_count(${list}) = len(${list}) OR ${fails} THEN ${list} END`;
}

/** True for an array, and for a STRUCT that holds one. */
export function holdsArray(type: SqlType): type is Exclude<SqlType, string> {
  if (typeof type === "string") return false;
  return type.kind === "array" || type.fields.some((field) => holdsArray(field.type));
}
