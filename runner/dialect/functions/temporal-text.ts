import type { CallExpr, Expr } from "../../googlesql/ast.js";
import { quoteString } from "../print/sql.js";
import { defaultZone, zoned } from "../types/default-zone.js";
import { derive, type Typed } from "../types/typed.js";
import { spanOf } from "./arguments.js";
import { argumentsOf, type Temporal, temporalValue } from "./date-arithmetic.js";
import type { CallContext } from "./definition.js";
import { formatTemporal, showsYear } from "./format-elements.js";
import { type PlainParsing, plainParsing } from "./parse-elements.js";

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

/** `PARSE_x(format, text[, zone])`: texts of a plain form go through DuckDB's own readers, any other through JavaScript. */
export function parseCall(type: Temporal) {
  return (call: CallExpr, context: CallContext): Typed => {
    const most = type === "TIMESTAMP" ? 3 : 2;
    const [formatArg, textArg, zoneArg] = argumentsOf(call, 2, most) as [Expr, Expr, Expr | undefined];
    const pattern = context.resolveAs(formatArg, "STRING");
    const text = context.resolveAs(textArg, "STRING");
    const zone = zoneArg === undefined ? undefined : context.resolveAs(zoneArg, "STRING");
    const parts = [pattern, text, ...(zone === undefined ? [] : [zone])];
    const zoneSql = zone?.sql ?? (type === "TIMESTAMP" ? defaultZone() : undefined);
    const isFixedZone = zone === undefined || zone.literal?.kind === "string";
    const plain = formatArg.kind === "string" && isFixedZone ? plainParsing(formatArg.value, type) : undefined;
    const slow = (of: string): string =>
      `bq.${call.safe ? "try_parse" : "parse"}_${type.toLowerCase()}(${[pattern.sql, of, ...(zoneSql === undefined ? [] : [zoneSql])].join(", ")})`;
    if (plain === undefined) return derive(slow(text.sql), type, spanOf(call), parts);
    const local = plain.read("p$.s");
    const fast =
      type === "DATE" ? `CAST(${local} AS DATE)` : type === "DATETIME" ? local : instant(local, plain, zoneSql);
    const test = `regexp_full_match(p$.s, ${quoteString(plain.pattern)}) AND p$.s >= '0001'${plain.offset ? " AND p$.s >= '0002' AND p$.s < '9999'" : ""}`;
    // A day that there is not is NULL under SAFE, and an error of the exact way otherwise.
    const sql = call.safe
      ? `CASE WHEN ${test} THEN ${fast} WHEN regexp_matches(p$.s, ${quoteString(plain.foreign)}) THEN NULL ELSE ${slow("p$.s")} END`
      : `coalesce(CASE WHEN ${test} THEN ${fast} END, ${slow("p$.s")})`;
    return derive(`list_transform([struct_pack(s := ${text.sql})], lambda p$: ${sql})[1]`, type, spanOf(call), parts);
  };
}

/** A time that was read as TIMESTAMP: with an offset it is an instant already, else it is local. */
function instant(read: string, { offset }: PlainParsing, zone: string | undefined): string {
  if (offset) return read;
  return zone === undefined ? `make_timestamptz(epoch_us(${read}))` : `bq.timestamp_from_datetime(${read}, ${zone})`;
}
