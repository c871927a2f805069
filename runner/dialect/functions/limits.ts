import type { SqlType } from "../../port/sql-types.js";
import { duckdbType, fieldAccess, structLiteral } from "../print/sql.js";
import type { LimitTree, TypeLimit } from "../types/type-limits.js";

/** A value within the limits of a type with parameters: rounded, or failing where it does not fit. */
export function limitedTree(sql: string, type: SqlType, limits: LimitTree): string {
  if (limits.kind === "scalar") return limited(sql, type, limits.limit);
  if (typeof type === "string") return sql;
  if (type.kind === "array" && limits.kind === "array")
    return `list_transform(${sql}, lambda item: ${limitedTree("item", type.element, limits.element)})`;
  if (type.kind !== "struct" || limits.kind !== "struct") return sql;
  const fields = type.fields.map((field, i) => {
    const own = fieldAccess(sql, type, i);
    const inner = limits.fields[i];
    return inner === undefined ? own : limitedTree(own, field.type, inner);
  });
  return `CASE WHEN ${sql} IS NULL THEN NULL ELSE ${structLiteral(type, fields)} END`;
}

/**
 * `NUMERIC(p, s)`: rounded half away from zero to s digits, then an error outside the range. `STRING(n)`, `BYTES(n)`: an error
 * when longer. https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#parameterized_data_types
 */
function limited(sql: string, type: SqlType, limit: TypeLimit): string {
  if (type === "NUMERIC") {
    return `CAST(CAST(${sql} AS DECIMAL(${limit.precision},${limit.scale})) AS ${duckdbType("NUMERIC")})`;
  }
  if (type === "BIGNUMERIC") return `bq.bignumeric_limited(${sql}, ${limit.precision}, ${limit.scale})`;
  const length = type === "STRING" ? "length" : "octet_length";
  const message = `'maximum length is ${limit.precision} but value has length ' || ${length}(${sql})`;
  return `CASE WHEN ${length}(${sql}) > ${limit.precision} THEN CAST(CAST(CAST(${message} AS BIGINT) AS VARCHAR) AS ${duckdbType(type)}) ELSE ${sql} END`;
}
