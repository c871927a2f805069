import type { Span } from "../../googlesql/contract.js";
import { analysisError } from "../../googlesql/errors.js";
import { type SqlType, typeName } from "../../port/sql-types.js";
import { coerce } from "../types/coercion.js";
import { defaultZone } from "../types/default-zone.js";
import { derive, isNullLiteral, type Typed } from "../types/typed.js";
import { numberText } from "./format.js";
import { SafeScope } from "./safe.js";

interface Options {
  readonly safe: boolean;
  readonly span: Span;
}

const TEMPORAL = ["DATE", "DATETIME", "TIME", "TIMESTAMP"];

/**
 * `CAST(value AS type FORMAT format [AT TIME ZONE zone])`.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/format-elements#formatting_syntax
 */
export function castByFormat(
  value: Typed,
  target: SqlType,
  format: Typed,
  zone: Typed | undefined,
  options: Options,
): Typed {
  const span = { start: options.span.start, end: options.span.end };
  const parts = [value, format, ...(zone === undefined ? [] : [zone])];
  const source = isNullLiteral(value) ? coerce(value, target === "STRING" ? "DATE" : "STRING") : value;
  const scope = new SafeScope();
  const bind = (part: Typed): Typed => (options.safe ? scope.bind(part) : part);
  const sql = formattedCast(bind(source), target, bind(format), zone === undefined ? undefined : bind(zone), span);
  return derive(options.safe ? scope.wrap(sql) : sql, target, span, parts, options.safe || undefined);
}

function formattedCast(value: Typed, target: SqlType, format: Typed, zone: Typed | undefined, span: Span): string {
  const from = typeName(value.type);
  if (target === "STRING" && TEMPORAL.includes(from)) {
    const shown = zone?.sql ?? (from === "TIMESTAMP" ? defaultZone() : undefined);
    const args = [format.sql, value.sql, ...(shown === undefined ? [] : [shown])];
    return `bq.cast_${from.toLowerCase()}_to_string(${args.join(", ")})`;
  }
  if (target === "STRING" && from === "BYTES") return `bq_cast_bytes_to_string(${value.sql}, ${format.sql})`;
  if (target === "BYTES" && from === "STRING") return `bq_cast_string_to_bytes(${value.sql}, ${format.sql})`;
  if (from === "STRING" && typeof target === "string" && TEMPORAL.includes(target)) {
    const args = [format.sql, value.sql, ...(target === "TIMESTAMP" ? [zone?.sql ?? defaultZone() ?? "'UTC'"] : [])];
    return `bq.cast_string_to_${target.toLowerCase()}(${args.join(", ")})`;
  }
  if (target === "STRING" && ["INT64", "FLOAT64", "NUMERIC", "BIGNUMERIC"].includes(from))
    return `bq_cast_number_to_string(${numberText(value)}, ${format.sql})`;
  throw analysisError(`FORMAT is not allowed for cast from ${from} to ${typeName(target)}`, span);
}

/** `CAST(.. AT TIME ZONE ..)` without a format: between TIMESTAMP and what depends on the zone. */
export function castInZone(value: Typed, target: SqlType, zone: Typed, options: Options): Typed {
  const span = { start: options.span.start, end: options.span.end };
  const from = typeName(value.type).toLowerCase();
  const to = typeName(target).toLowerCase();
  const macros: Readonly<Record<string, string>> = {
    "timestamp>string": "bq.timestamp_to_string",
    "timestamp>date": "bq.date_from_timestamp",
    "timestamp>datetime": "bq.datetime_from_timestamp",
    "timestamp>time": "bq.time_from_timestamp",
    "string>timestamp": "bq.string_to_timestamp",
    "date>timestamp": "bq.timestamp_from_date",
    "datetime>timestamp": "bq.timestamp_from_datetime",
  };
  const macro = macros[`${from}>${to}`];
  if (macro === undefined)
    throw analysisError(
      `AT TIME ZONE is not allowed for cast from ${typeName(value.type)} to ${typeName(target)}`,
      span,
    );
  const scope = new SafeScope();
  const [a, b] = options.safe ? [scope.bind(value), scope.bind(zone)] : [value, zone];
  const sql = `${macro}(${a.sql}, ${b.sql})`;
  return derive(options.safe ? scope.wrap(sql) : sql, target, span, [value, zone], options.safe || undefined);
}
