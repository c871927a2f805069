import type { ScalarType, SqlType } from "../../../port/sql-types.js";
import { quoteName } from "../quote.js";
import { googleType } from "../types.js";

/** How a value stands in a staged file. */
export type StagedShape =
  /** A text; one that is marked may be a number. */
  | { readonly kind: "text"; readonly isMarked: boolean }
  /** JSON, in which a number is a text that begins with `NUMBER_MARK`. */
  | { readonly kind: "json" }
  /** DuckDB's own type; undefined: GoogleSQL has none like it. */
  | { readonly kind: "own"; readonly type: ScalarType | undefined; readonly stored: string }
  | { readonly kind: "list"; readonly element: StagedShape }
  | { readonly kind: "struct"; readonly fields: readonly StagedField[] };

export interface StagedField {
  readonly name: string;
  readonly shape: StagedShape;
}

/** A column of a staged file. */
export interface StagedColumn {
  readonly name: string;
  /** Its name in the staging table. */
  readonly key: string;
  readonly shape: StagedShape;
}

export const TEXT: StagedShape = { kind: "text", isMarked: false };
export const MARKED_TEXT: StagedShape = { kind: "text", isMarked: true };
export const JSON_TEXT: StagedShape = { kind: "json" };

/** Begins the text of what is a number in a file of JSON: neither DuckDB nor JavaScript keeps all digits of one. */
export const NUMBER_MARK = "\u0001";

/** A text, or JSON, as it is told to people. */
export function withoutMarks(text: string): string {
  return text.replace(/"\\u0001([^"]*)"/g, "$1").replaceAll(NUMBER_MARK, "");
}

/** The shape of a column of a file with types of its own. */
export function shapeOfStored(stored: string): StagedShape {
  const plain = stored
    .replace(/\b(UUID|ENUM\([^)]*\))/g, "VARCHAR")
    .replace(/\bTIMESTAMP_(NS|MS|S)\b/g, "TIMESTAMP")
    .replace(/\b(USMALLINT|UTINYINT|INT128)\b/g, "BIGINT");
  const type = googleType(plain);
  return type === undefined ? { kind: "own", type: undefined, stored } : shapeOfType(type, stored);
}

function shapeOfType(type: SqlType, stored: string): StagedShape {
  if (typeof type === "string") return { kind: "own", type: type === "INTERVAL" ? undefined : type, stored };
  if (type.kind === "array") return { kind: "list", element: shapeOfType(type.element, stored) };
  const fields = type.fields.map((field, index) => ({
    name: field.name ?? `_field_${index + 1}`,
    shape: shapeOfType(field.type, stored),
  }));
  return { kind: "struct", fields };
}

/** The type as which DuckDB reads a value of a file of JSON. */
export function readAs(shape: StagedShape): string {
  switch (shape.kind) {
    case "list":
      return `${readAs(shape.element)}[]`;
    case "struct":
      // DuckDB has no STRUCT without fields.
      if (shape.fields.length === 0) return "JSON";
      return `STRUCT(${shape.fields.map(({ name, shape }) => `${quoteName(name)} ${readAs(shape)}`).join(", ")})`;
    case "json":
      return "JSON";
    default:
      return "VARCHAR";
  }
}

/** A part of a value that no list or struct is, by the way that leads there, and SQL for it: one value, or a list of those of a row. */
export interface Leaf {
  readonly path: string;
  readonly shape: StagedShape;
  readonly sql: string;
  readonly isList: boolean;
}

/** The leaves of a staged value. */
export function leavesOf(shape: StagedShape, sql: string, path: string, isList = false): readonly Leaf[] {
  const within = (value: string, inner: (item: string) => string) =>
    isList ? `list_transform(${value}, lambda item: ${inner("item")})` : inner(value);
  if (shape.kind === "struct")
    return shape.fields.flatMap(({ name, shape }) => {
      const field = within(sql, (item) => `${item}.${quoteName(name)}`);
      return leavesOf(shape, field, `${path}.${name.toLowerCase()}`, isList);
    });
  if (shape.kind === "list") return leavesOf(shape.element, isList ? `flatten(${sql})` : sql, `${path}[]`, true);
  return [{ path, shape, sql, isList }];
}
