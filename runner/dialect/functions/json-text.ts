import type { Span } from "../../googlesql/contract.js";
import { unsupported } from "../../googlesql/errors.js";
import { type SqlType, typeName } from "../../port/sql-types.js";
import { fieldAccess, quoteString } from "../print/sql.js";
import { isNullLiteral, type Typed } from "../types/typed.js";

const SCALAR_JSON: Readonly<Record<string, string>> = {
  INT64: "bq.int64_to_json($)",
  FLOAT64: "bq.float64_to_json($)",
  NUMERIC: "bq.numeric_to_json($)",
  BOOL: "bq.bool_to_json($)",
  STRING: "bq.json_quote($)",
  BYTES: "bq.bytes_to_json($)",
  DATE: "bq.date_to_json($)",
  DATETIME: "bq.datetime_to_json($)",
  TIME: "bq.time_to_json($)",
  TIMESTAMP: "bq.timestamp_to_json($)",
  INTERVAL: "bq.interval_to_json($)",
  BIGNUMERIC: "bq.bignumeric_to_json(bq_bignumeric_text($))",
  JSON: "coalesce(CAST($ AS VARCHAR), 'null')",
  "RANGE<DATE>": "bq.range_date_to_json($)",
  "RANGE<DATETIME>": "bq.range_datetime_to_json($)",
  "RANGE<TIMESTAMP>": "bq.range_timestamp_to_json($)",
};

/** What TO_JSON writes otherwise than TO_JSON_STRING: wide numbers are no strings. */
const JSON_VALUES: Readonly<Record<string, string>> = {
  ...SCALAR_JSON,
  FLOAT64: "bq.float64_to_json_number($)",
  INT64: "coalesce(CAST($ AS VARCHAR), 'null')",
  NUMERIC: "coalesce(bq.numeric_to_string($), 'null')",
  BIGNUMERIC: "coalesce(bq_bignumeric_text($), 'null')",
};

/** DuckDB text that writes a value as JSON text, NULL as `null`. `wide`: numbers beyond 2^53 stay numbers. */
export function jsonText(sql: string, type: SqlType, span: Span, wide = false, depth = 0): string {
  if (typeof type === "string") {
    const template = (wide ? JSON_VALUES : SCALAR_JSON)[type];
    if (template === undefined) throw unsupported(`JSON of ${typeName(type)}`, span);
    return template.replace("$", () => sql);
  }
  if (type.kind === "array") {
    const item = `e${depth}`;
    const items = `list_transform(${sql}, lambda ${item}: ${jsonText(item, type.element, span, wide, depth + 1)})`;
    return `coalesce('[' || array_to_string(${items}, ',') || ']', 'null')`;
  }
  // A struct literal is written out once; any other struct is bound, because its text occurs once for each field.
  const target = sql.length > 60 ? "bound[1]" : sql;
  const members = type.fields.flatMap((field, i) => [
    quoteString(`${i === 0 ? "{" : ","}${JSON.stringify(field.name ?? "")}:`),
    jsonText(fieldAccess(target, type, i), field.type, span, wide, depth),
  ]);
  if (members.length === 0) members.push("'{'");
  const text = `CASE WHEN ${target} IS NULL THEN 'null' ELSE concat(${members.join(", ")}, '}') END`;
  if (target === sql) return text;
  return `list_transform([row(${sql})], lambda bound: ${text})[1]`;
}

/** The same from a typed expression: a struct that is written out is taken field by field. */
export function jsonOf(value: Typed, span: Span, wide = false): string {
  if (isNullLiteral(value)) return "'null'";
  const { type, literal } = value;
  if (literal?.kind !== "struct" || typeof type === "string" || type.kind !== "struct" || type.fields.length === 0)
    return jsonText(value.sql, type, span, wide);
  const members = type.fields.flatMap((field, i) => [
    quoteString(`${i === 0 ? "{" : ","}${JSON.stringify(field.name ?? "")}:`),
    jsonOf(literal.fields[i] as Typed, span, wide),
  ]);
  return `concat(${members.join(", ")}, '}')`;
}
