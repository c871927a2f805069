import type { CallExpr, Expr } from "../../googlesql/ast.js";
import { quoteString } from "../print/sql.js";
import { defaultZone, zoned } from "../types/default-zone.js";
import { derive, type Typed } from "../types/typed.js";
import { spanOf } from "./arguments.js";
import { argumentsOf, type Temporal, temporalValue } from "./date-arithmetic.js";
import type { CallContext } from "./definition.js";
import { fixedPattern, formatTemporal, showsYear } from "./format-elements.js";

/** `FORMAT_x(format, value[, zone])`: a literal format is compiled to strftime where that is exact, any other goes through JavaScript. */
export function formatCall(type: Temporal) {
  return (call: CallExpr, context: CallContext): Typed => {
    const most = type === "TIMESTAMP" ? 3 : 2;
    const [formatArg, valueArg, zoneArg] = argumentsOf(call, 2, most) as [Expr, Expr, Expr | undefined];
    const pattern = context.resolveAs(formatArg, "STRING");
    const value = temporalValue(valueArg, type, call, context, type === "DATETIME" ? ["TIMESTAMP", "DATE"] : []);
    const zone = zoneArg === undefined ? undefined : context.resolveAs(zoneArg, "STRING");
    const actual = value.type as Temporal;
    const parts = zone === undefined ? [value] : [value, zone];
    const texts = parts.map((part) => part.sql);
    const args = actual === "TIMESTAMP" ? zoned(texts) : texts;
    const slow = `bq.format_${actual.toLowerCase()}(${[pattern.sql, ...args].join(", ")})`;
    if (formatArg.kind === "string" && actual !== "TIME") {
      const local = actual === "TIMESTAMP" ? `bq.datetime_from_timestamp(${args.join(", ")})` : value.sql;
      const source = { local, utc: actual === "TIMESTAMP" && args.length === 1, isDate: actual === "DATE" };
      const sql = local.length < 400 ? formatTemporal(formatArg.value, source) : undefined;
      if (sql !== undefined && !showsYear(formatArg.value)) return derive(sql, "STRING", spanOf(call), parts);
      if (sql !== undefined) {
        const early = `${local} < ${actual === "DATE" ? "DATE" : "TIMESTAMP"} '1000-01-01'`;
        return derive(`CASE WHEN ${early} THEN ${slow} ELSE ${sql} END`, "STRING", spanOf(call), parts);
      }
    }
    return derive(slow, "STRING", spanOf(call), [pattern, ...parts]);
  };
}

/** `PARSE_x(format, text[, zone])`: texts of a plain form go through strptime, any other through JavaScript. */
export function parseCall(type: Temporal) {
  return (call: CallExpr, context: CallContext): Typed => {
    const most = type === "TIMESTAMP" ? 3 : 2;
    const [formatArg, textArg, zoneArg] = argumentsOf(call, 2, most) as [Expr, Expr, Expr | undefined];
    const pattern = context.resolveAs(formatArg, "STRING");
    const text = context.resolveAs(textArg, "STRING");
    const zone = zoneArg === undefined ? undefined : context.resolveAs(zoneArg, "STRING");
    const parts = [pattern, text, ...(zone === undefined ? [] : [zone])];
    const zoneSql = zone?.sql ?? (type === "TIMESTAMP" ? defaultZone() : undefined);
    const plain =
      formatArg.kind === "string" && zoneSql === undefined && type !== "TIME"
        ? fixedPattern(formatArg.value)
        : undefined;
    const slow = (of: string): string =>
      `bq.${call.safe ? "try_parse" : "parse"}_${type.toLowerCase()}(${[pattern.sql, of, ...(zoneSql === undefined ? [] : [zoneSql])].join(", ")})`;
    // A time of day in the format of a DATE is an error.
    if (plain === undefined || (type === "DATE" && /%[HMST]/.test(plain.strptime)))
      return derive(slow(text.sql), type, spanOf(call), parts);
    const parsed = `${call.safe ? "try_strptime" : "strptime"}(p.s, ${quoteString(plain.strptime)})`;
    const fast =
      type === "DATE" ? `CAST(${parsed} AS DATE)` : type === "DATETIME" ? parsed : `timezone('UTC', ${parsed})`;
    const test = `regexp_full_match(p.s, ${quoteString(plain.pattern)}) AND left(p.s, 4) <> '0000'`;
    const sql = `list_transform([struct_pack(s := ${text.sql})], lambda p: CASE WHEN ${test} THEN ${fast} ELSE ${slow("p.s")} END)[1]`;
    return derive(sql, type, spanOf(call), parts);
  };
}
