import type { CallExpr, Expr } from "../../googlesql/ast.js";
import { analysisError } from "../../googlesql/errors.js";
import { type SqlType, typeName } from "../../port/sql-types.js";
import { coerce, coercionCost } from "../types/coercion.js";
import { zoned } from "../types/default-zone.js";
import { derive, isNullLiteral, type Typed } from "../types/typed.js";
import { CALENDAR_PARTS, type DatePart, datePart, invalidPart, partMacro, TIME_PARTS } from "./date-parts.js";
import { type CallContext, type FunctionDefinition, special } from "./definition.js";

export type Temporal = "DATE" | "DATETIME" | "TIMESTAMP" | "TIME";

const ADD_PARTS: Readonly<Record<Temporal, readonly string[]>> = {
  DATE: ["DAY", "WEEK", "MONTH", "QUARTER", "YEAR"],
  DATETIME: [...TIME_PARTS, "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"],
  TIMESTAMP: [...TIME_PARTS, "DAY"],
  TIME: TIME_PARTS,
};
const DIFF_PARTS: Readonly<Record<Temporal, readonly string[]>> = {
  DATE: CALENDAR_PARTS,
  DATETIME: [...TIME_PARTS, ...CALENDAR_PARTS],
  TIMESTAMP: [...TIME_PARTS, "DAY"],
  TIME: TIME_PARTS,
};
const TRUNC_PARTS: Readonly<Record<Temporal, readonly string[]>> = {
  DATE: CALENDAR_PARTS,
  DATETIME: [...TIME_PARTS, ...CALENDAR_PARTS],
  TIMESTAMP: [...TIME_PARTS, ...CALENDAR_PARTS],
  TIME: TIME_PARTS,
};

/**
 * What functions of a prefix take besides its own type, each then doing what the function of that type does: TIMESTAMP_ADD of a
 * DATETIME gives a DATETIME.
 */
const ALSO: Readonly<Record<Temporal, readonly Temporal[]>> = {
  DATE: ["DATETIME", "TIMESTAMP"],
  DATETIME: ["TIMESTAMP"],
  TIMESTAMP: ["DATETIME"],
  TIME: [],
};

/** `x_ADD(value, INTERVAL n PART)` and `x_SUB`. */
export function addFunction(doc: string, prefix: Temporal, sign: 1 | -1): FunctionDefinition {
  return special(doc, (call, context) => {
    const [valueArg, intervalArg] = argumentsOf(call, 2, 2) as [Expr, Expr];
    const value = temporalValue(valueArg, prefix, call, context);
    const type = value.type as Temporal;
    if (intervalArg.kind !== "interval" || intervalArg.toPart !== undefined) {
      throw analysisError(`Expected an INTERVAL expression as argument 2 of ${call.name}`, intervalArg);
    }
    const amount = intervalAmount(intervalArg.value, context);
    const part: DatePart = { name: intervalArg.part, weekday: undefined };
    if (!ADD_PARTS[type].includes(part.name)) throw invalidPart(part.name, call.name, intervalArg);
    const count = sign === 1 ? amount.sql : `-(${amount.sql})`;
    const sql = partMacro(`${type.toLowerCase()}_add`, part, [value.sql, count]);
    return derive(sql, type, spanOf(call), [value, amount]);
  });
}

/** `INTERVAL '5' DAY` takes its number from the text. */
function intervalAmount(expr: Expr, context: CallContext): Typed {
  if (expr.kind === "string" && /^[+-]?\d+$/.test(expr.value.trim())) {
    return context.resolve({
      kind: "integer",
      value: expr.value.trim().replace("+", ""),
      start: expr.start,
      end: expr.end,
    });
  }
  return context.resolveAs(expr, "INT64");
}

/** `x_DIFF(a, b, PART)`. */
export function diffFunction(doc: string, prefix: Temporal): FunctionDefinition {
  return special(doc, (call, context) => {
    const [first, second, partArg] = argumentsOf(call, 3, 3) as [Expr, Expr, Expr];
    const raw = [context.resolve(first), context.resolve(second)] as const;
    const type = commonTemporal(raw, prefix, call);
    const [a, b] = raw.map((value) => coerce(value, type)) as [Typed, Typed];
    const part = datePart(partArg, DIFF_PARTS[type], call.name);
    const sql =
      part.weekday !== undefined && type === "DATETIME"
        ? `bq.date_diff_week(bq.date_from_datetime(${a.sql}), bq.date_from_datetime(${b.sql}), ${part.weekday})`
        : partMacro(`${type.toLowerCase()}_diff`, part, [a.sql, b.sql]);
    return derive(sql, "INT64", spanOf(call), [a, b]);
  });
}

/** `x_TRUNC(value, PART[, zone])`. */
export function truncFunction(doc: string, prefix: Temporal): FunctionDefinition {
  return special(doc, (call, context) => {
    const [valueArg, partArg, zoneArg] = argumentsOf(call, 2, 3) as [Expr, Expr, Expr | undefined];
    const value = temporalValue(valueArg, prefix, call, context);
    const type = value.type as Temporal;
    if (zoneArg !== undefined && type !== "TIMESTAMP")
      throw analysisError(`${call.name} does not support a time zone for ${type}`, zoneArg);
    const part = datePart(partArg, TRUNC_PARTS[type], call.name);
    const zone = zoneArg === undefined ? undefined : context.resolveAs(zoneArg, "STRING");
    const texts = zone === undefined ? [value.sql] : [value.sql, zone.sql];
    const args = type === "TIMESTAMP" ? zoned(texts) : texts;
    const parts = zone === undefined ? [value] : [value, zone];
    return derive(truncSql(type, part, args), type, spanOf(call), parts);
  });
}

function truncSql(type: Temporal, part: DatePart, args: readonly string[]): string {
  if (part.name === "WEEK" && type !== "DATE") {
    // A week goes through the local date.
    const key = type.toLowerCase();
    const [, zone] = args;
    const date = `bq.date_trunc_week(bq.date_from_${key}(${args.join(", ")}), ${part.weekday ?? 0})`;
    return `bq.${key}_from_date(${zone === undefined ? date : `${date}, ${zone}`})`;
  }
  return partMacro(`${type.toLowerCase()}_trunc`, part, args);
}

/** `LAST_DAY(date[, PART])`. */
export function lastDay(call: CallExpr, context: CallContext): Typed {
  const [valueArg, partArg] = argumentsOf(call, 1, 2) as [Expr, Expr | undefined];
  const value = temporalValue(valueArg, "DATE", call, context);
  if (value.type === "TIMESTAMP")
    throw analysisError("No matching signature for function LAST_DAY for argument types: TIMESTAMP", call);
  const date = value.type === "DATE" ? value.sql : `bq.date_from_datetime(${value.sql})`;
  const part =
    partArg === undefined
      ? { name: "MONTH", weekday: undefined }
      : datePart(partArg, CALENDAR_PARTS.slice(1), "LAST_DAY");
  return derive(partMacro("date_last_day", part, [date]), "DATE", spanOf(call), [value]);
}

export function argumentsOf(call: CallExpr, least: number, most: number): (Expr | undefined)[] {
  const named = call.args.find((argument) => argument.name !== undefined);
  if (named !== undefined || call.args.length < least || call.args.length > most) {
    throw analysisError(
      `No matching signature for function ${call.name}: it takes ${least === most ? least : `${least} to ${most}`} arguments`,
      call,
    );
  }
  return call.args.map((argument) => argument.value);
}

/** The value of a date function: of the function's own type or of another one that it takes. */
export function temporalValue(
  expr: Expr,
  prefix: Temporal,
  call: CallExpr,
  context: CallContext,
  also: readonly SqlType[] = [],
): Typed {
  const value = context.resolve(expr);
  if (also.includes(value.type)) return value;
  if (isNullLiteral(value)) return coerce(value, prefix);
  const others: readonly SqlType[] = ALSO[prefix];
  if (others.includes(value.type)) return value;
  const type = [prefix, ...ALSO[prefix]].find((candidate) => coercionCost(value, candidate) !== undefined);
  if (type === undefined) throw wrongType(call, [value]);
  return coerce(value, type);
}

function commonTemporal(values: readonly [Typed, Typed], prefix: Temporal, call: CallExpr): Temporal {
  const type = [prefix, ...ALSO[prefix]].find((candidate) =>
    values.every((value) => coercionCost(value, candidate as SqlType) !== undefined),
  );
  if (type === undefined) throw wrongType(call, values);
  return type;
}

function wrongType(call: CallExpr, values: readonly Typed[]): Error {
  const types = values.map((value) => typeName(value.type)).join(", ");
  return analysisError(`No matching signature for function ${call.name} for argument types: ${types}`, call);
}

export function spanOf(call: CallExpr): { start: number; end: number } {
  return { start: call.start, end: call.end };
}
