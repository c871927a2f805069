import type { CallExpr } from "../../googlesql/ast.js";
import type { Span } from "../../googlesql/contract.js";
import { analysisError } from "../../googlesql/errors.js";
import { typeName } from "../../port/sql-types.js";
import { quoteString } from "../print/sql.js";
import { type Directive, expectedKind, parseFormat } from "../runtime/js/format-string.js";
import { coerce, coercionCost } from "../types/coercion.js";
import { derive, isNullLiteral, type Typed } from "../types/typed.js";
import { spanOf } from "./arguments.js";
import { type CallContext, type Family, special } from "./definition.js";
import { jsonText } from "./json-text.js";
import { literalText, printableText } from "./printable.js";
import { formatCall, parseCall } from "./temporal-text.js";

/** FORMAT, FORMAT_DATE and its like, PARSE_DATE and its like. */
export const FORMAT_FUNCTIONS: Family = {
  FORMAT: special("string_functions#format_string", format),
  FORMAT_DATE: special("date_functions#format_date", formatCall("DATE")),
  FORMAT_DATETIME: special("datetime_functions#format_datetime", formatCall("DATETIME")),
  FORMAT_TIMESTAMP: special("timestamp_functions#format_timestamp", formatCall("TIMESTAMP")),
  FORMAT_TIME: special("time_functions#format_time", formatCall("TIME")),
  PARSE_DATE: special("date_functions#parse_date", parseCall("DATE")),
  PARSE_DATETIME: special("datetime_functions#parse_datetime", parseCall("DATETIME")),
  PARSE_TIMESTAMP: special("timestamp_functions#parse_timestamp", parseCall("TIMESTAMP")),
  PARSE_TIME: special("time_functions#parse_time", parseCall("TIME")),
};

const NULL_TEXT = "CAST(NULL AS VARCHAR)";

/** FORMAT: a literal format is checked against its arguments here, and simple directives are written as plain DuckDB. */
function format(call: CallExpr, context: CallContext): Typed {
  const [formatArg, ...valueArgs] = call.args.map((argument) => argument.value);
  if (formatArg === undefined) throw analysisError("No matching signature for function FORMAT with no arguments", call);
  const template = context.resolveAs(formatArg, "STRING");
  const values = valueArgs.map((arg) => context.resolve(arg));
  const pattern = formatArg.kind === "string" ? formatArg.value : undefined;
  if (isNullLiteral(context.resolve(formatArg))) return derive(NULL_TEXT, "STRING", spanOf(call), [], true);
  if (pattern === undefined) return computedFormat(call, template, values);
  const pieces = piecesOf(pattern, call);
  checkValues(pattern, pieces, values, call);
  const simple = simpleFormat(pieces, values);
  const span = spanOf(call);
  if (simple !== undefined) return derive(simple, "STRING", span, values, values.length > 0);
  const texts: string[] = [];
  for (const piece of pieces) {
    if (typeof piece === "string") continue;
    if (piece.width === "*") texts.push(raw(values[texts.length] as Typed));
    if (piece.precision === "*") texts.push(raw(values[texts.length] as Typed));
    texts.push(directiveValue(piece, values[texts.length] as Typed));
  }
  return derive(`bq_format(${template.sql}, [${texts.join(", ")}])`, "STRING", span, [template, ...values], true);
}

function piecesOf(pattern: string, at: Span): (string | Directive)[] {
  try {
    return parseFormat(pattern);
  } catch (error) {
    throw analysisError((error as Error).message, at);
  }
}

function checkValues(
  pattern: string,
  pieces: readonly (string | Directive)[],
  values: readonly Typed[],
  at: Span,
): void {
  let used = 0;
  const take = (kind: ReturnType<typeof expectedKind>): void => {
    const value = values[used++];
    if (value !== undefined && !fits(value, kind)) {
      throw analysisError(
        `Invalid type for argument ${used + 1} to FORMAT; Expected ${kind}; Got ${typeName(value.type)}`,
        at,
      );
    }
  };
  for (const piece of pieces) {
    if (typeof piece === "string") continue;
    if (piece.width === "*") take("integer");
    if (piece.precision === "*") take("integer");
    take(expectedKind(piece.conversion));
  }
  const count = `for pattern "${pattern}"; Expected ${used + 1}; Got ${values.length + 1}`;
  if (used > values.length) throw analysisError(`Too few arguments to FORMAT ${count}`, at);
  if (used < values.length) throw analysisError(`Too many arguments to FORMAT ${count}`, at);
}

function fits(value: Typed, kind: ReturnType<typeof expectedKind>): boolean {
  if (kind === "any") return true;
  if (kind === "integer") return value.type === "INT64";
  if (kind === "floating") return value.type === "FLOAT64" || value.type === "NUMERIC" || value.type === "BIGNUMERIC";
  return value.type === kind;
}

/** Directives without flags that DuckDB writes itself; undefined where one is not. */
function simpleFormat(pieces: readonly (string | Directive)[], values: readonly Typed[]): string | undefined {
  const texts: string[] = [];
  let used = 0;
  for (const piece of pieces) {
    if (typeof piece === "string") {
      texts.push(quoteString(piece));
      continue;
    }
    const text = simpleDirective(piece, values[used++] as Typed);
    if (text === undefined) return undefined;
    texts.push(text);
  }
  return texts.length === 0 ? "''" : `(${texts.join(" || ")})`;
}

function simpleDirective({ flags, width, precision, conversion }: Directive, value: Typed): string | undefined {
  if (isNullLiteral(value) || width === "*" || precision === "*") return undefined;
  const bare = flags === "" && width === "";
  if (conversion === "d" || conversion === "i") {
    if (precision !== undefined || (flags !== "" && flags !== "0") || width.length > 2) return undefined;
    return bare ? `CAST(${value.sql} AS VARCHAR)` : `printf('%${flags}${width}d', ${value.sql})`;
  }
  if (!bare) return undefined;
  if (conversion === "s") return precision === undefined ? value.sql : undefined;
  if (conversion === "t") return precision === undefined ? printableText(value) : undefined;
  if (conversion === "T") return precision === undefined ? literalText(value) : undefined;
  const digits = precision ?? "6";
  if (conversion !== "f" || Number(digits) > 30) return undefined;
  if (value.type === "FLOAT64") return `bq.format_fixed_float64(${value.sql}, ${digits})`;
  return value.type === "NUMERIC" ? `bq.format_fixed_numeric(${value.sql}, ${digits})` : undefined;
}

/** The text that the JavaScript formatter takes for a value. */
function raw(value: Typed): string {
  if (isNullLiteral(value)) return NULL_TEXT;
  switch (value.type) {
    case "NUMERIC":
    case "BIGNUMERIC":
    case "FLOAT64":
      return numberText(value);
    case "JSON":
      return `CAST(${value.sql} AS VARCHAR)`;
    case "INT64":
      return `CAST(${value.sql} AS VARCHAR)`;
    default:
      return value.sql;
  }
}

/** The text that JavaScript takes for a number: one that is exact is marked by a final `n`. */
export function numberText(value: Typed): string {
  switch (value.type) {
    case "NUMERIC":
      return `(bq.numeric_to_string(${value.sql}) || 'n')`;
    case "BIGNUMERIC":
      return `(bq_bignumeric_text(${value.sql}) || 'n')`;
    case "INT64":
      return `(CAST(${value.sql} AS VARCHAR) || 'n')`;
    default:
      return `bq.float64_to_string(${value.sql})`;
  }
}

function directiveValue({ conversion }: Directive, value: Typed): string {
  if (conversion === "t") return printableText(value);
  if (conversion === "T") return literalText(value);
  if (conversion === "p" || conversion === "P") return jsonText(coerce(value, "JSON").sql, "JSON", value.span);
  return raw(value);
}

/** A format that is known only when the query runs. Its directives must be of one kind for each value. */
function computedFormat(call: CallExpr, template: Typed, values: readonly Typed[]): Typed {
  const texts = values.map((value) => {
    if (["INT64", "FLOAT64", "NUMERIC", "BIGNUMERIC", "STRING"].includes(typeName(value.type))) return raw(value);
    return printableText(value);
  });
  const bad = values.find((value) => coercionCost(value, value.type) === undefined);
  if (bad !== undefined) throw analysisError("FORMAT takes no such value", bad.span);
  const list = texts.length === 0 ? "CAST([] AS VARCHAR[])" : `[${texts.join(", ")}]`;
  const types = values.map((value) => typeName(value.type)).join(",");
  const sql = `bq_format_checked(${template.sql}, ${list}, ${quoteString(types)})`;
  return derive(sql, "STRING", spanOf(call), [template, ...values], true);
}
