import { COLLATED, type SqlType } from "../../port/sql-types.js";

/** Same type, struct field names included. */
export function sameType(a: SqlType, b: SqlType): boolean {
  if (typeof a === "string" || typeof b === "string") return a === b;
  if (a.kind === "array") return b.kind === "array" && sameType(a.element, b.element);
  if (b.kind !== "struct" || a.fields.length !== b.fields.length) return false;
  return a.fields.every((field, i) => {
    const other = b.fields[i];
    return other !== undefined && field.name === other.name && sameType(field.type, other.type);
  });
}

/** Types whose values are neither compared nor ordered nor grouped; collated ones are not as they are, but by their keys. */
const INCOMPARABLE: ReadonlySet<SqlType> = new Set(["JSON", "GEOGRAPHY", COLLATED]);

/** Values of the type can be compared with `=`; arrays cannot, in BigQuery. */
export function supportsEquality(type: SqlType): boolean {
  if (typeof type === "string") return !INCOMPARABLE.has(type);
  return type.kind === "struct" && type.fields.every((field) => supportsEquality(field.type));
}

/** Values of the type, or their keys, can be grouped, where what groups knows of keys. */
export function isGroupable(type: SqlType): boolean {
  return type === COLLATED || isComparable(type);
}

/** Values of the type can be grouped, partitioned by and told apart by DISTINCT. */
export function isComparable(type: SqlType): boolean {
  if (typeof type === "string") return !INCOMPARABLE.has(type);
  return type.kind === "array" ? isComparable(type.element) : type.fields.every((field) => isComparable(field.type));
}

/** Values of the type, or their keys, have an order, where what orders knows of keys. */
export function isSortable(type: SqlType): boolean {
  return type === COLLATED || isOrderable(type);
}

/** Values of the type have an order. */
export function isOrderable(type: SqlType): boolean {
  return typeof type === "string" && !INCOMPARABLE.has(type);
}
