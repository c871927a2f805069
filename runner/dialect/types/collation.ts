import type { Span } from "../../googlesql/contract.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { COLLATED, type Column, collationOf, type SqlType } from "../../port/sql-types.js";
import type { Typed } from "./typed.js";

/**
 * Collated texts are of a type of their own, COLLATED, so that nothing compares them by their bytes unawares: what does
 * not know of the type refuses it. https://cloud.google.com/bigquery/docs/reference/standard-sql/collation-concepts
 */

/** What collated values are compared, ordered and grouped by: ICU's sort key of the root locale without case. */
export function collationKey(sql: string): string {
  return `icu_sort_key(${sql}, 'und-u-ks-level2')`;
}

/** The text by which values of the type are compared, ordered and grouped. */
export function keyOf(sql: string, type: SqlType): string {
  return type === COLLATED ? collationKey(sql) : sql;
}

/** What a collated value is compared by, as a STRING; any other value is itself. */
export function compared(value: Typed): Typed {
  if (value.type !== COLLATED) return value;
  return { ...value, type: "STRING", sql: collationKey(value.sql), literal: undefined };
}

/** The type of a column as expressions read it. */
export function columnType(column: Column): SqlType {
  return collationOf(column) === undefined ? column.type : COLLATED;
}

export function holdsCollation(type: SqlType): boolean {
  if (typeof type === "string") return type === COLLATED;
  return type.kind === "array" ? holdsCollation(type.element) : type.fields.some((field) => holdsCollation(field.type));
}

/** The type without any collation. */
export function plainType(type: SqlType): SqlType {
  if (typeof type === "string") return type === COLLATED ? "STRING" : type;
  if (type.kind === "array") return { kind: "array", element: plainType(type.element) };
  return { kind: "struct", fields: type.fields.map((field) => ({ ...field, type: plainType(field.type) })) };
}

/** The same value, compared by its bytes again. */
export function plain(value: Typed): Typed {
  return holdsCollation(value.type) ? { ...value, type: plainType(value.type), literal: undefined } : value;
}

/** Texts, and arrays of them, with the collation. */
export function collatedType(type: SqlType): SqlType {
  if (type === "STRING") return COLLATED;
  if (typeof type === "object" && type.kind === "array" && type.element === "STRING")
    return { kind: "array", element: COLLATED };
  return type;
}

/** The value of any one row of a group whose members are equal but for their case: always the same one. */
export function representative(sql: string): string {
  return `min(${sql})`;
}

/** A value that cannot be collated where it stands. */
export function refuseCollation(type: SqlType, what: string, at: Span): void {
  if (holdsCollation(type)) throw unsupported(`COLLATE in ${what}`, at);
}

/** `COLLATE(x, 'und:ci')`, `COLLATE(x, '')`. */
export function withCollation(value: Typed, spec: Typed): Typed {
  const { literal } = spec;
  if (literal?.kind !== "string")
    throw analysisError("The second argument of COLLATE() must be a string literal", spec.span);
  if (literal.text === "") return plain(value);
  if (literal.text !== "und:ci")
    throw analysisError(`Collation '${literal.text}' in collate function is not supported.`, spec.span);
  return { ...value, type: COLLATED, literal: value.literal?.kind === "null" ? value.literal : undefined };
}
