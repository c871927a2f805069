import type { Span } from "../../googlesql/contract.js";
import { analysisError, SqlProblem } from "../../googlesql/errors.js";
import { type SqlType, type StructType, typeName } from "../../port/sql-types.js";
import { isPlain } from "../print/bind.js";
import { duckdbType, fieldAccess, structLiteral } from "../print/sql.js";
import { coerce, coercionCost } from "../types/coercion.js";
import { defaultZone, filled } from "../types/default-zone.js";
import { sameType } from "../types/equality.js";
import { plainTemporal } from "../types/literals.js";
import type { LimitTree } from "../types/type-limits.js";
import { boundOf, derive, isNullLiteral, type Typed, withBound } from "../types/typed.js";
import { limitedTree } from "./limits.js";
import { SafeScope } from "./safe.js";

export interface CastOptions {
  readonly safe: boolean;
  readonly limits: LimitTree | undefined;
  readonly span: Span;
}

/**
 * Explicit casts between scalars, `$` standing for the value; of a column `?` is another macro.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/conversion_functions#cast
 */
const SCALAR_CASTS: Readonly<Record<string, string>> = {
  "INT64>FLOAT64": "CAST($ AS DOUBLE)",
  "INT64>NUMERIC": "CAST($ AS DECIMAL(38,9))",
  "INT64>BOOL": "bq.int64_to_bool($)",
  "INT64>STRING": "CAST($ AS VARCHAR)",
  "FLOAT64>INT64": "bq.float64_to_int64($)",
  "FLOAT64>NUMERIC": "bq.float64_to_numeric($)",
  "FLOAT64>STRING": "bq.float64_to_string($)",
  "NUMERIC>INT64": "bq.numeric_to_int64($)",
  "NUMERIC>FLOAT64": "bq.numeric_to_float64($)",
  "NUMERIC>STRING": "bq.numeric_to_string($)",
  "BOOL>INT64": "CAST($ AS BIGINT)",
  "BOOL>STRING": "CAST($ AS VARCHAR)",
  "STRING>INT64": "bq.string_to_int64?($)",
  "STRING>FLOAT64": "bq.string_to_float64($)",
  "STRING>NUMERIC": "bq.string_to_numeric($)",
  "STRING>BOOL": "bq.string_to_bool($)",
  "STRING>BYTES": "bq.string_to_bytes($)",
  "STRING>DATE": "bq.string_to_date($)",
  "STRING>DATETIME": "bq.string_to_datetime?($)",
  "STRING>TIME": "bq.string_to_time?($)",
  "STRING>TIMESTAMP": "bq.string_to_timestamp?($@)",
  "BYTES>STRING": "bq_bytes_to_string($)",
  "DATE>STRING": "bq.date_to_string($)",
  "DATE>DATETIME": "bq.datetime_from_date($)",
  "DATE>TIMESTAMP": "bq.timestamp_from_date($@)",
  "DATETIME>STRING": "bq.datetime_to_string($)",
  "DATETIME>DATE": "bq.date_from_datetime($)",
  "DATETIME>TIME": "bq.time_from_datetime($)",
  "DATETIME>TIMESTAMP": "bq.timestamp_from_datetime($@)",
  "TIME>STRING": "bq.time_to_string($)",
  "TIMESTAMP>STRING": "bq.timestamp_to_string($@)",
  "TIMESTAMP>DATE": "bq.date_from_timestamp($@)",
  "TIMESTAMP>DATETIME": "bq.datetime_from_timestamp($@)",
  "TIMESTAMP>TIME": "bq.time_from_timestamp($@)",
  "INT64>BIGNUMERIC": "bq_bignumeric(CAST($ AS VARCHAR))",
  "NUMERIC>BIGNUMERIC": "bq_bignumeric(CAST($ AS VARCHAR))",
  "FLOAT64>BIGNUMERIC": "bq_bignumeric_of_double($)",
  "STRING>BIGNUMERIC": "bq_bignumeric($)",
  "BIGNUMERIC>STRING": "bq_bignumeric_text($)",
  "BIGNUMERIC>INT64": "bq_bignumeric_to_int64($)",
  "BIGNUMERIC>FLOAT64": "bq_bignumeric_to_double($)",
  "BIGNUMERIC>NUMERIC": "CAST(bq_bignumeric_decimal($, 9, false) AS DECIMAL(38,9))",
  "INTERVAL>STRING": "bq.interval_to_string($)",
  "STRING>INTERVAL": "bq.interval_from_text(bq_interval_parse($))",
  "STRING>RANGE<DATE>": "bq.string_to_range_date($)",
  "STRING>RANGE<DATETIME>": "bq.string_to_range_datetime($)",
  "STRING>RANGE<TIMESTAMP>": "bq.string_to_range_timestamp($)",
  "RANGE<DATE>>STRING": "bq.range_date_to_string($)",
  "RANGE<DATETIME>>STRING": "bq.range_datetime_to_string($)",
  "RANGE<TIMESTAMP>>STRING": "bq.range_timestamp_to_string($)",
};

/** Casts that no value fails: SAFE_CAST needs no TRY. */
const NEVER_FAILS = new Set([
  "INT64>FLOAT64",
  "INT64>NUMERIC",
  "INT64>BOOL",
  "INT64>STRING",
  "FLOAT64>STRING",
  "NUMERIC>FLOAT64",
  "NUMERIC>STRING",
  "BOOL>INT64",
  "BOOL>STRING",
  "STRING>BYTES",
  "DATE>STRING",
  "DATE>DATETIME",
  "DATE>TIMESTAMP",
  "DATETIME>STRING",
  "DATETIME>DATE",
  "DATETIME>TIME",
  "TIME>STRING",
  "TIMESTAMP>STRING",
  "TIMESTAMP>DATE",
  "TIMESTAMP>DATETIME",
  "TIMESTAMP>TIME",
]);

/** Casts that give NULL where they fail, without TRY: one failure in a vector would make it slow. Of a column `?` is another macro. */
const SAFE_CASTS: Readonly<Record<string, string>> = {
  "FLOAT64>INT64": "bq.try_float64_to_int64($)",
  "NUMERIC>INT64": "bq.try_numeric_to_int64($)",
  "STRING>INT64": "bq.try_string_to_int64?($)",
  "STRING>FLOAT64": "bq.try_string_to_float64?($)",
  "STRING>NUMERIC": "bq.try_string_to_numeric($)",
  "STRING>BOOL": "bq.try_string_to_bool($)",
  "STRING>DATE": "bq.try_string_to_date($)",
  "STRING>DATETIME": "bq.try_string_to_datetime?($)",
  "STRING>TIME": "bq.try_string_to_time?($)",
  "STRING>TIMESTAMP": "bq.try_string_to_timestamp?($)",
};

/** The macro of a template whose `?` stands for another form of columns and literals, which need no binding. */
function ofColumn(template: string, sql: string): string {
  return template.replace("?", isPlain(sql) ? "_plain" : "");
}

/** CAST or SAFE_CAST of a value, with the limit of a parametrised type. */
export function castTo(value: Typed, target: SqlType, options: CastOptions): Typed {
  const span = { start: options.span.start, end: options.span.end };
  if (isNullLiteral(value)) return { ...coerce(value, target), literal: undefined, span };
  const instant = value.literal?.kind === "string" ? plainTemporal(value.literal.text, target) : undefined;
  if (instant !== undefined && options.limits === undefined) return derive(instant, target, span, [value]);
  const isQuick =
    options.safe && options.limits === undefined && (target !== "TIMESTAMP" || defaultZone() === undefined);
  const quick = isQuick ? SAFE_CASTS[`${value.type}>${target}`] : undefined;
  if (quick !== undefined)
    return derive(
      ofColumn(quick, value.sql).replace("$", () => value.sql),
      target,
      span,
      [value],
      true,
    );
  const scope = new SafeScope();
  const operand = options.safe ? scope.bind(value) : value;
  const cast = castValue(operand, target);
  const sql = options.limits === undefined ? cast.sql : limitedTree(cast.sql, target, options.limits);
  const failing = cast.mayFail || options.limits !== undefined;
  const known = (typed: Typed): Typed => withBound(typed, boundOf(value));
  if (!options.safe) return known(derive(sql, target, span, [value]));
  if (failing) return known(derive(scope.wrap(sql), target, span, [value], true));
  return known(derive(castValue(value, target).sql, target, span, [value]));
}

interface Cast {
  readonly sql: string;
  readonly mayFail: boolean;
}

function castValue(value: Typed, target: SqlType): Cast {
  if (sameType(value.type, target)) return { sql: value.sql, mayFail: false };
  if (value.literal?.kind === "struct" && typeof target === "object" && target.kind === "struct") {
    const { fields } = value.literal;
    if (fields.length === target.fields.length) return castLiteralStruct(fields, target);
  }
  if (value.literal !== undefined && value.literal.kind !== "string" && coercionCost(value, target) !== undefined) {
    try {
      return { sql: coerce(value, target).sql, mayFail: false };
    } catch (error) {
      // A literal out of range: the cast fails when it runs, or gives NULL under SAFE_CAST.
      if (!(error instanceof SqlProblem)) throw error;
    }
  }
  return castSql(value.sql, value.type, target, value.span);
}

/** A struct that is written out, field by field; a FLOAT64 in it is taken by its value, not by its digits. */
function castLiteralStruct(fields: readonly Typed[], target: StructType): Cast {
  const casts = fields.map((field, i) => {
    const type = (target.fields[i] as { type: SqlType }).type;
    if (isNullLiteral(field)) return { sql: coerce(field, type).sql, mayFail: false };
    return castValue(field.literal?.kind === "float" ? { ...field, literal: undefined } : field, type);
  });
  const sql = structLiteral(
    target,
    casts.map((cast) => cast.sql),
  );
  return { sql, mayFail: casts.some((cast) => cast.mayFail) };
}

function castSql(sql: string, from: SqlType, to: SqlType, span: Span): Cast {
  if (sameType(from, to)) return { sql, mayFail: false };
  const invalid = analysisError(`Invalid cast from ${typeName(from)} to ${typeName(to)}`, span);
  if (typeof from === "string" && typeof to === "string") {
    const key = `${from}>${to}`;
    if (PLAIN_NUMBERS[key]?.test(sql)) return { sql: `CAST(${sql} AS ${duckdbType(to)})`, mayFail: false };
    const template = SCALAR_CASTS[key];
    if (template === undefined) throw invalid;
    return { sql: filled(ofColumn(template, sql), sql), mayFail: !NEVER_FAILS.has(key) };
  }
  if (typeof from === "string" || typeof to === "string") throw invalid;
  if (from.kind === "array" && to.kind === "array") {
    const element = castSql("e", from.element, to.element, span);
    return { sql: `list_transform(${sql}, lambda e: ${element.sql})`, mayFail: element.mayFail };
  }
  if (from.kind !== "struct" || to.kind !== "struct" || from.fields.length !== to.fields.length) throw invalid;
  return castStruct(sql, from, to, span);
}

/** Text literals of numbers that surely fit, by cast: DuckDB would fold its way through all that a text may be. */
const PLAIN_NUMBERS: Readonly<Record<string, RegExp>> = {
  "STRING>INT64": /^'-?[0-9]{1,18}'$/,
  "STRING>FLOAT64": /^'(-?[0-9]{1,300}([.][0-9]{1,300})?|nan|-?inf)'$/i,
};

/** DuckDB text of a cast between scalar types. */
export function castText(sql: string, from: SqlType, to: SqlType, span: Span): string {
  return castSql(sql, from, to, span).sql;
}

function castStruct(sql: string, from: StructType, to: StructType, span: Span): Cast {
  const fields = to.fields.map((field, i) =>
    castSql(fieldAccess(sql, from, i), (from.fields[i] as { type: SqlType }).type, field.type, span),
  );
  const literal = structLiteral(
    to,
    fields.map((field) => field.sql),
  );
  return {
    sql: `CASE WHEN ${sql} IS NULL THEN NULL ELSE ${literal} END`,
    mayFail: fields.some((field) => field.mayFail),
  };
}
