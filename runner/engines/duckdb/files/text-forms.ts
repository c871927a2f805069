import { geographyCall } from "../../../dialect/runtime/js/geography-functions.js";
import type { ScalarType, SqlType } from "../../../port/sql-types.js";
import { quoteText } from "../quote.js";
import { duckdbType } from "../types.js";

/** How the text of each type is written, in the forms that BigQuery loads; a leading zero makes a code, not a number. */
const TEXT_FORMS: Partial<Record<ScalarType, string>> = {
  BOOL: "(?i)(true|false)",
  INT64: "[+-]?\\d{1,19}",
  FLOAT64: "(?i)[+-]?(\\d+\\.?\\d*|\\.\\d+)(e[+-]?\\d+)?|[+-]?(nan|inf|infinity)",
  NUMERIC: "(?i)[+-]?(\\d+\\.?\\d*|\\.\\d+)(e[+-]?\\d+)?",
  BIGNUMERIC: "(?i)[+-]?(\\d+\\.?\\d*|\\.\\d+)(e[+-]?\\d+)?",
  DATE: "\\d{4}-\\d{1,2}-\\d{1,2}",
  DATETIME: "\\d{4}-\\d{1,2}-\\d{1,2}([T ]\\d{1,2}:\\d{1,2}:\\d{1,2}(\\.\\d{1,6})?)?",
  TIME: "\\d{1,2}:\\d{1,2}:\\d{1,2}(\\.\\d{1,6})?",
  TIMESTAMP:
    "\\d{4}-\\d{1,2}-\\d{1,2}([Tt ]\\d{1,2}:\\d{1,2}(:\\d{1,2}(\\.\\d{1,6})?)?)? ?(Z|z|UTC|[+-]\\d{1,2}(:?\\d{2})?)?",
};

/** SQL for the value of a type that a text stands for; NULL where it stands for none. */
export function fromText(text: string, type: SqlType): string {
  if (type === "STRING") return text;
  if (type === "BYTES") return `TRY(from_base64(${text}))`;
  if (type === "GEOGRAPHY") return geographyCall("ST_GEOGFROM", [text], true);
  if (type === "JSON") return jsonText(text);
  if (typeof type !== "string") return `CAST(NULL AS ${duckdbType(type)})`;
  const form = TEXT_FORMS[type];
  const cast = bounded(`TRY_CAST(${text} AS ${duckdbType(type)})`, type);
  return form === undefined ? cast : `CASE WHEN regexp_full_match(${text}, ${quoteText(form)}) THEN ${cast} END`;
}

/** JSON as statements store it, members in order and numbers in one form. */
export function jsonText(text: string): string {
  return `TRY_CAST(bq_try_parse_json(${text}, 'round') AS JSON)`;
}

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#date_type */
const LAST_MOMENT = "9999-12-31 23:59:59.999999";
const BOUNDS: Partial<Record<ScalarType, readonly [string, string]>> = {
  DATE: ["DATE '0001-01-01'", "DATE '9999-12-31'"],
  DATETIME: ["TIMESTAMP '0001-01-01 00:00:00'", `TIMESTAMP '${LAST_MOMENT}'`],
  TIMESTAMP: ["TIMESTAMPTZ '0001-01-01 00:00:00+00'", `TIMESTAMPTZ '${LAST_MOMENT}+00'`],
};

/** SQL for a value; NULL for a moment that GoogleSQL does not have. */
export function bounded(value: string, type: SqlType): string {
  const bounds = typeof type === "string" ? BOUNDS[type] : undefined;
  return bounds === undefined ? value : `CASE WHEN ${value} BETWEEN ${bounds[0]} AND ${bounds[1]} THEN ${value} END`;
}
