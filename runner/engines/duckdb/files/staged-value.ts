import { limitedTree } from "../../../dialect/functions/limits.js";
import { structLiteral } from "../../../dialect/print/sql.js";
import { limitsOf } from "../../../dialect/resolve/type-node.js";
import { geographyCall } from "../../../dialect/runtime/js/geography-functions.js";
import { parseTypeText } from "../../../googlesql/parser/type.js";
import type { Column, SqlType, StructField } from "../../../port/sql-types.js";
import { quoteName, quoteText } from "../quote.js";
import { duckdbType } from "../types.js";
import { isCalled } from "./column-names.js";
import { NUMBER_MARK, type StagedColumn, type StagedShape } from "./staged-shape.js";
import { bounded, fromText, jsonText } from "./text-forms.js";

/** The value of a staged column as a column of a table takes it; NULL where it is none of its type or outside of its limits. */
export function converted({ key, shape }: StagedColumn, { type, declared }: Column): string {
  const value = valueAs(quoteName(key), shape, type);
  const limits = declared === undefined || type === "BIGNUMERIC" ? undefined : limitsOf(parseTypeText(declared));
  return limits === undefined ? value : `TRY(${limitedTree(value, type, limits)})`;
}

/** SQL for whether a staged column holds what is no value of a column of a table, or holds such a thing within it. */
export function misfits(from: StagedColumn, column: Column): string {
  const value = quoteName(from.key);
  const inner = from.shape.kind === "list" || from.shape.kind === "struct";
  const parts = inner ? ` OR NOT ${fits(value, from.shape, column.type)}` : "";
  return `${value} IS NOT NULL AND ((${converted(from, column)}) IS NULL${parts})`;
}

/** The first field within a staged column that a type has no place for, by its path; undefined: it has one for each. */
export function unknownField(path: string, shape: StagedShape, type: SqlType): string | undefined {
  if (typeof type === "string") return undefined;
  if (shape.kind === "list" && type.kind === "array") return unknownField(path, shape.element, type.element);
  if (shape.kind !== "struct" || type.kind !== "struct") return undefined;
  for (const { name, shape: own } of shape.fields) {
    const field = fieldOf(type, name);
    const unknown = field === undefined ? `${path}.${name}` : unknownField(`${path}.${name}`, own, field.type);
    if (unknown !== undefined) return unknown;
  }
  return undefined;
}

function valueAs(value: string, shape: StagedShape, type: SqlType): string {
  const none = `CAST(NULL AS ${duckdbType(type)})`;
  switch (shape.kind) {
    case "text":
      return fromText(shape.isMarked ? unmarked(value) : value, type);
    case "json":
      return type === "JSON" ? plainJson(value) : none;
    case "own":
      return fromOwn(value, shape, type);
    case "list":
      if (typeof type !== "object" || type.kind !== "array") return none;
      return `list_transform(${value}, lambda item: ${valueAs("item", shape.element, type.element)})`;
    case "struct": {
      if (typeof type !== "object" || type.kind !== "struct") return none;
      const fields = type.fields.map((field) => {
        const from = shape.fields.find(({ name }) => fieldOf({ ...type, fields: [field] }, name) !== undefined);
        const own = from === undefined ? undefined : `${value}.${quoteName(from.name)}`;
        return own === undefined || from === undefined
          ? `CAST(NULL AS ${duckdbType(field.type)})`
          : valueAs(own, from.shape, field.type);
      });
      return `CASE WHEN ${value} IS NOT NULL THEN ${structLiteral(type, fields)} END`;
    }
  }
}

/** SQL for whether a value and all within it have their types; an array has no NULL. */
function fits(value: string, shape: StagedShape, type: SqlType): string {
  if (shape.kind === "list" && typeof type === "object" && type.kind === "array") {
    const inner = fits("item", shape.element, type.element);
    return `coalesce(list_bool_and(list_transform(${value}, lambda item: item IS NOT NULL AND ${inner})), true)`;
  }
  if (shape.kind !== "struct" || typeof type !== "object" || type.kind !== "struct")
    return `(${value} IS NULL OR (${valueAs(value, shape, type)}) IS NOT NULL)`;
  const parts = shape.fields.flatMap(({ name, shape: own }) => {
    const field = fieldOf(type, name);
    return field === undefined ? [] : [fits(`${value}.${quoteName(name)}`, own, field.type)];
  });
  return `(${value} IS NULL OR (${parts.length === 0 ? "true" : parts.join(" AND ")}))`;
}

function fieldOf({ fields }: { readonly fields: readonly StructField[] }, name: string): StructField | undefined {
  return fields.find((field) => field.name !== undefined && isCalled(field.name, name));
}

function unmarked(value: string): string {
  return `ltrim(${value}, chr(${NUMBER_MARK.charCodeAt(0)}))`;
}

const MARKED_NUMBER = `"\\\\u0001([^"]*)"`;

function plainJson(value: string): string {
  return jsonText(`regexp_replace(CAST(${value} AS VARCHAR), ${quoteText(MARKED_NUMBER)}, '\\1', 'g')`);
}

function fromOwn(value: string, { type: own }: Extract<StagedShape, { kind: "own" }>, type: SqlType): string {
  // What a file has as a geometry need not be a geography.
  if (own === "GEOGRAPHY" && type === "GEOGRAPHY")
    return geographyCall("ST_GEOGFROMWKB", [`ST_AsWKB(${value})`, "false", "false", "false"], true);
  if (own === "BYTES" && type === "STRING") return `TRY(decode(${value}))`;
  if (own !== undefined && duckdbType(own) === duckdbType(type))
    return bounded(`TRY_CAST(${value} AS ${duckdbType(type)})`, type);
  return fromText(`CAST(${value} AS VARCHAR)`, type);
}
