import { type Column, rangeElement, type SqlType } from "../../port/sql-types.js";

/** Columns as `google.cloud.bigquery.storage.v1.TableSchema` has them. */
export function storageSchema(columns: readonly Column[], required: ReadonlySet<string>): object {
  return { fields: columns.map(({ name, type }) => fieldOf(name, type, required.has(name) ? "REQUIRED" : "NULLABLE")) };
}

function fieldOf(name: string, type: SqlType, mode: string): object {
  if (typeof type === "object" && type.kind === "array") return fieldOf(name, type.element, "REPEATED");
  if (typeof type === "object") {
    const fields = type.fields.map((field, i) => fieldOf(field.name ?? `_field_${i + 1}`, field.type, "NULLABLE"));
    return { name, type: "STRUCT", mode, fields };
  }
  const ranged = rangeElement(type);
  if (ranged !== undefined) return { name, type: "RANGE", mode, rangeElementType: { type: ranged } };
  return { name, type: type === "FLOAT64" ? "DOUBLE" : type, mode };
}
