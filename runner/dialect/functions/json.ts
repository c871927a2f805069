import { type SqlType, typeName } from "../../sql-types.js";
import type { Span } from "../contract.js";
import { analysisError, unsupported } from "../errors.js";
import { fieldAccess, quoteString } from "../print/sql.js";
import { derive, isNullLiteral } from "../types/typed.js";
import { type Family, special } from "./definition.js";

const SCALAR_JSON: Readonly<Record<string, string>> = {
  INT64: "bq.int64_to_json",
  FLOAT64: "bq.float64_to_json",
  NUMERIC: "bq.numeric_to_json",
  BOOL: "bq.bool_to_json",
  STRING: "bq.json_quote",
  BYTES: "bq.bytes_to_json",
  DATE: "bq.date_to_json",
  DATETIME: "bq.datetime_to_json",
  TIME: "bq.time_to_json",
  TIMESTAMP: "bq.timestamp_to_json",
};

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/json_functions */
export const JSON_FUNCTIONS: Family = {
  TO_JSON_STRING: special("json_functions#to_json_string", (call, context) => {
    const [argument] = call.args;
    if (argument === undefined || call.args.length > 2) {
      throw analysisError(
        "No matching signature for function TO_JSON_STRING. Supported signature: TO_JSON_STRING(ANY, [BOOL])",
        call,
      );
    }
    if (call.args.length === 2) throw unsupported("TO_JSON_STRING with pretty printing", call);
    const value = context.resolve(argument.value);
    const span = { start: call.start, end: call.end };
    if (isNullLiteral(value)) return derive("'null'", "STRING", span, [value], false);
    return derive(jsonText(value.sql, value.type, span), "STRING", span, [value], false);
  }),
};

/** DuckDB text that writes a value as JSON, NULL as `null`. */
function jsonText(sql: string, type: SqlType, span: Span): string {
  if (typeof type === "string") {
    const macro = SCALAR_JSON[type];
    if (macro === undefined) throw unsupported(`TO_JSON_STRING of ${typeName(type)}`, span);
    return `${macro}(${sql})`;
  }
  if (type.kind === "array") {
    const items = `list_transform(${sql}, lambda e: ${jsonText("e", type.element, span)})`;
    return `coalesce('[' || array_to_string(${items}, ',') || ']', 'null')`;
  }
  const members = type.fields.flatMap((field, i) => [
    quoteString(`${i === 0 ? "{" : ","}${JSON.stringify(field.name ?? "")}:`),
    jsonText(fieldAccess(sql, type, i), field.type, span),
  ]);
  return `CASE WHEN ${sql} IS NULL THEN 'null' ELSE concat(${members.join(", ")}, '}') END`;
}
