import { typeName } from "../../sql-types.js";
import type { CallExpr, Expr } from "../ast.js";
import { analysisError, unsupported } from "../errors.js";
import { quoteString } from "../print/sql.js";
import { coerce, coercionCost } from "../types/coercion.js";
import { derive, type Typed } from "../types/typed.js";
import { argumentsOf, spanOf, type Temporal, temporalValue } from "./date-arithmetic.js";
import { type CallContext, type Family, special } from "./definition.js";
import { formatTemporal, parsePattern } from "./format-elements.js";

/** FORMAT, FORMAT_DATE and its like, PARSE_DATE and its like: the format must be a literal, compiled here. */
export const FORMAT_FUNCTIONS: Family = {
  FORMAT: special("string_functions#format_string", format),
  FORMAT_DATE: special("date_functions#format_date", (call, context) => formatDate(call, context, "DATE")),
  FORMAT_DATETIME: special("datetime_functions#format_datetime", (call, context) =>
    formatDate(call, context, "DATETIME"),
  ),
  FORMAT_TIMESTAMP: special("timestamp_functions#format_timestamp", (call, context) =>
    formatDate(call, context, "TIMESTAMP"),
  ),
  PARSE_DATE: special("date_functions#parse_date", (call, context) => parseDate(call, context, "DATE")),
  PARSE_DATETIME: special("datetime_functions#parse_datetime", (call, context) => parseDate(call, context, "DATETIME")),
  PARSE_TIMESTAMP: special("timestamp_functions#parse_timestamp", (call, context) =>
    parseDate(call, context, "TIMESTAMP"),
  ),
};

function literalFormat(expr: Expr, call: CallExpr): string {
  if (expr.kind !== "string") throw unsupported(`${call.name} with a format that is not a literal`, expr);
  return expr.value;
}

function formatDate(call: CallExpr, context: CallContext, type: Temporal): Typed {
  const [formatArg, valueArg, zoneArg] = argumentsOf(call, 2, type === "TIMESTAMP" ? 3 : 2) as [
    Expr,
    Expr,
    Expr | undefined,
  ];
  const pattern = literalFormat(formatArg, call);
  const value = temporalValue(valueArg, type, call, context);
  const zone = zoneArg === undefined ? undefined : context.resolveAs(zoneArg, "STRING");
  const actual = value.type as Temporal;
  const local =
    actual === "TIMESTAMP"
      ? `bq.datetime_from_timestamp(${value.sql}${zone === undefined ? "" : `, ${zone.sql}`})`
      : value.sql;
  const utc = actual === "TIMESTAMP" && zone === undefined;
  const sql = formatTemporal(pattern, { local, utc, isDate: actual === "DATE" }, formatArg);
  return derive(sql, "STRING", spanOf(call), zone === undefined ? [value] : [value, zone]);
}

function parseDate(call: CallExpr, context: CallContext, type: Temporal): Typed {
  const [formatArg, textArg, zoneArg] = argumentsOf(call, 2, type === "TIMESTAMP" ? 3 : 2) as [
    Expr,
    Expr,
    Expr | undefined,
  ];
  const text = context.resolveAs(textArg, "STRING");
  const zone = zoneArg === undefined ? undefined : context.resolveAs(zoneArg, "STRING");
  const patterns = parsePattern(literalFormat(formatArg, call), formatArg);
  const formats = patterns.map(quoteString);
  const parsed = `strptime(${text.sql}, ${formats.length === 1 ? formats[0] : `[${formats.join(", ")}]`})`;
  const sql =
    type === "DATE"
      ? `CAST(${parsed} AS DATE)`
      : type === "DATETIME"
        ? parsed
        : `bq.timestamp_from_datetime(${parsed}${zone === undefined ? "" : `, ${zone.sql}`})`;
  return derive(sql, type, spanOf(call), zone === undefined ? [text] : [text, zone]);
}

const DIRECTIVE = /%(?:%|([-+0' ]*)(\d*)(?:\.(\d+))?([a-zA-Z]))/g;

/** FORMAT with a literal format of %d %i %s %f %t; the flags and conversions of the rest are refused. */
function format(call: CallExpr, context: CallContext): Typed {
  const [formatArg, ...valueArgs] = call.args.map((argument) => argument.value);
  if (formatArg === undefined) throw analysisError("No matching signature for function FORMAT with no arguments", call);
  const pattern = literalFormat(formatArg, call);
  const values = valueArgs.map((arg) => context.resolve(arg));
  const pieces: string[] = [];
  let used = 0;
  let last = 0;
  const text = (upTo: number): void => {
    const plain = pattern.slice(last, upTo);
    if (plain.includes("%")) throw analysisError(`Invalid FORMAT string: "${pattern}"`, formatArg);
    if (plain !== "") pieces.push(quoteString(plain));
  };
  for (const match of pattern.matchAll(DIRECTIVE)) {
    text(match.index);
    last = match.index + match[0].length;
    if (match[0] === "%%") {
      pieces.push("'%'");
      continue;
    }
    const value = values[used];
    used += 1;
    if (value === undefined) throw analysisError(`Too few arguments to FORMAT for pattern "${pattern}"`, formatArg);
    pieces.push(directive(match, value, formatArg));
  }
  text(pattern.length);
  if (used < values.length) throw analysisError(`Too many arguments to FORMAT for pattern "${pattern}"`, formatArg);
  const sql = pieces.length === 0 ? "''" : `(${pieces.join(" || ")})`;
  return derive(sql, "STRING", spanOf(call), values, values.length > 0);
}

function directive(match: RegExpMatchArray, value: Typed, at: Expr): string {
  const [whole, flags = "", width = "", precision, conversion = ""] = match;
  const refuse = (): Error => unsupported(`FORMAT directive ${whole} for a value of type ${typeName(value.type)}`, at);
  switch (conversion) {
    case "d":
    case "i":
      if (coercionCost(value, "INT64") === undefined)
        throw analysisError(
          `Invalid type for argument to FORMAT; Expected INT64; Got ${typeName(value.type)}`,
          value.span,
        );
      if (precision !== undefined || (flags !== "" && flags !== "0") || width.length > 2) throw refuse();
      return flags === "" && width === ""
        ? `CAST(${coerce(value, "INT64").sql} AS VARCHAR)`
        : `printf('%${flags}${width}d', ${value.sql})`;
    case "s":
      if (coercionCost(value, "STRING") === undefined)
        throw analysisError(
          `Invalid type for argument to FORMAT; Expected STRING; Got ${typeName(value.type)}`,
          value.span,
        );
      if (precision !== undefined || width !== "" || flags !== "") throw refuse();
      return coerce(value, "STRING").sql;
    case "f": {
      if (width !== "" || flags !== "") throw refuse();
      const digits = precision ?? "6";
      if (value.type === "NUMERIC") return `bq.format_fixed_numeric(${value.sql}, ${digits})`;
      if (coercionCost(value, "FLOAT64") === undefined)
        throw analysisError(
          `Invalid type for argument to FORMAT; Expected FLOAT64; Got ${typeName(value.type)}`,
          value.span,
        );
      return `bq.format_fixed_float64(${coerce(value, "FLOAT64").sql}, ${digits})`;
    }
    case "t":
      if (precision !== undefined || width !== "" || flags !== "") throw refuse();
      return printable(value, refuse);
    default:
      throw refuse();
  }
}

const PRINTABLE: Readonly<Record<string, string>> = {
  STRING: "$",
  INT64: "CAST($ AS VARCHAR)",
  BOOL: "CAST($ AS VARCHAR)",
  DATE: "bq.date_to_string($)",
  TIMESTAMP: "bq.timestamp_to_string($)",
  DATETIME: "bq.datetime_to_string($)",
};

function printable(value: Typed, refuse: () => Error): string {
  const template = typeof value.type === "string" ? PRINTABLE[value.type] : undefined;
  if (template === undefined) throw refuse();
  return `coalesce(${template.replace("$", () => value.sql)}, 'NULL')`;
}
