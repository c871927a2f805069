import type { SqlType } from "../../sql-types.js";
import { fieldAccess } from "./sql.js";

/**
 * `a = b` with GoogleSQL's three values. Structs are equal field by field, so a NULL field gives NULL; DuckDB's own comparison of structs
 * takes two NULL fields for equal.
 */
export function equalText(a: string, b: string, type: SqlType): string {
  if (typeof type === "string" || type.kind === "array") return `(${a} = ${b})`;
  const fields = type.fields.map((field, i) => equalText(fieldAccess(a, type, i), fieldAccess(b, type, i), field.type));
  return `CASE WHEN ${a} IS NULL OR ${b} IS NULL THEN NULL ELSE (${fields.join(" AND ")}) END`;
}
