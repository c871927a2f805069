import { type Column, rangeElement, type SqlType } from "../../port/sql-types.js";

/**
 * Columns as `google.cloud.bigquery.storage.v1.TableSchema` has them.
 * @param required fields that must have a value, with those that they are in
 */
export function storageSchema(columns: readonly Column[], required: ReadonlySet<string>): object {
  return { fields: columns.map(({ name, type }) => fieldOf(name, type, name, required)) };
}

function fieldOf(name: string, type: SqlType, path: string, required: ReadonlySet<string>): object {
  if (typeof type === "object" && type.kind === "array")
    return { ...fieldOf(name, type.element, path, required), mode: "REPEATED" };
  const mode = required.has(path) ? "REQUIRED" : "NULLABLE";
  if (typeof type === "object") {
    const fields = type.fields.map(({ name: inner, type: own }, index) => {
      const known = inner ?? `_field_${index + 1}`;
      return fieldOf(known, own, `${path}.${known}`, required);
    });
    return { name, type: "STRUCT", mode, fields };
  }
  const ranged = rangeElement(type);
  if (ranged !== undefined) return { name, type: "RANGE", mode, rangeElementType: { type: ranged } };
  return { name, type: type === "FLOAT64" ? "DOUBLE" : type, mode };
}
