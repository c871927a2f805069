import { unsupported } from "../../googlesql/errors.js";
import { type SqlType, typeName } from "../../port/sql-types.js";
import { fieldAccess } from "../print/sql.js";
import { filled } from "../types/default-zone.js";
import { isNullLiteral, type Typed } from "../types/typed.js";

const RANGES: Readonly<Record<string, string>> = {
  "RANGE<DATE>": "bq.range_date_to_string($)",
  "RANGE<DATETIME>": "bq.range_datetime_to_string($)",
  "RANGE<TIMESTAMP>": "bq.range_timestamp_to_string($)",
};

/** FORMAT's `%t`: a value as CAST to STRING shows it, `.0` on whole FLOAT64. */
const PRINTABLE: Readonly<Record<string, string>> = {
  STRING: "$",
  INT64: "CAST($ AS VARCHAR)",
  BOOL: "CAST($ AS VARCHAR)",
  FLOAT64: "bq.float64_to_printable($)",
  NUMERIC: "bq.numeric_to_string($)",
  BIGNUMERIC: "bq_bignumeric_text($)",
  DATE: "bq.date_to_string($)",
  TIMESTAMP: "bq.timestamp_to_string($@)",
  DATETIME: "bq.datetime_to_string($)",
  TIME: "bq.time_to_string($)",
  INTERVAL: "bq.interval_to_string($)",
  JSON: "CAST($ AS VARCHAR)",
  BYTES: "bq_bytes_text($)",
  ...RANGES,
};

/** FORMAT's `%T`: a value as a GoogleSQL literal. */
const LITERAL: Readonly<Record<string, string>> = {
  ...PRINTABLE,
  STRING: "bq_string_literal($)",
  BYTES: "bq_bytes_literal($)",
  FLOAT64: "bq.float64_to_literal($)",
  NUMERIC: "('NUMERIC \"' || bq.numeric_to_string($) || '\"')",
  BIGNUMERIC: "('BIGNUMERIC \"' || bq_bignumeric_text($) || '\"')",
  DATE: "('DATE \"' || bq.date_to_string($) || '\"')",
  TIMESTAMP: "('TIMESTAMP \"' || bq.timestamp_to_string($@) || '\"')",
  DATETIME: "('DATETIME \"' || bq.datetime_to_string($) || '\"')",
  TIME: "('TIME \"' || bq.time_to_string($) || '\"')",
  INTERVAL: "('INTERVAL \"' || bq.interval_to_string($) || '\" YEAR TO SECOND')",
  JSON: "('JSON ' || bq_json_literal(CAST($ AS VARCHAR)))",
  ...Object.fromEntries(Object.entries(RANGES).map(([type, shown]) => [type, `('${type} "' || ${shown} || '"')`])),
};

export const printableText = (value: Typed): string =>
  isNullLiteral(value) ? "'NULL'" : text(value.sql, value.type, PRINTABLE, value, 0);

export const literalText = (value: Typed): string =>
  isNullLiteral(value) ? "'NULL'" : text(value.sql, value.type, LITERAL, value, 0);

function text(
  sql: string,
  type: SqlType,
  templates: Readonly<Record<string, string>>,
  value: Typed,
  depth: number,
): string {
  if (typeof type === "string") {
    const template = templates[type];
    if (template === undefined) throw unsupported(`FORMAT of ${typeName(type)}`, value.span);
    return `coalesce(${filled(template, sql)}, 'NULL')`;
  }
  if (type.kind === "array") {
    const item = `p${depth}`;
    const items = `list_transform(${sql}, lambda ${item}: ${text(item, type.element, templates, value, depth + 1)})`;
    return `coalesce('[' || array_to_string(${items}, ', ') || ']', 'NULL')`;
  }
  const target = sql.length > 60 ? `s${depth}[1]` : sql;
  const fields = type.fields.map((field, i) =>
    text(fieldAccess(target, type, i), field.type, templates, value, depth + 1),
  );
  const open = templates === LITERAL && fields.length < 2 ? "STRUCT(" : "(";
  const joined = `CASE WHEN ${target} IS NULL THEN 'NULL' ELSE concat('${open}', ${fields.length === 0 ? "''" : fields.join(", ', ', ")}, ')') END`;
  return target === sql ? joined : `list_transform([row(${sql})], lambda s${depth}: ${joined})[1]`;
}
