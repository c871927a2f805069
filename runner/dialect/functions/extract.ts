import type { Expr } from "../../googlesql/ast.js";
import type { Span } from "../../googlesql/contract.js";
import { analysisError } from "../../googlesql/errors.js";
import { type SqlType, typeName } from "../../port/sql-types.js";
import { coerce } from "../types/coercion.js";
import { zoned } from "../types/default-zone.js";
import { derive, isNullLiteral, type Typed } from "../types/typed.js";
import { CALENDAR_PARTS, datePart, partMacro, TIME_PARTS } from "./date-parts.js";

const EXTRACTABLE = ["DAYOFWEEK", "DAYOFYEAR", ...CALENDAR_PARTS];
const PARTS: Readonly<Record<string, readonly string[]>> = {
  DATE: EXTRACTABLE,
  DATETIME: [...EXTRACTABLE, ...TIME_PARTS, "DATE", "TIME"],
  TIMESTAMP: [...EXTRACTABLE, ...TIME_PARTS, "DATE", "TIME", "DATETIME"],
  TIME: TIME_PARTS,
  INTERVAL: ["YEAR", "MONTH", "DAY", ...TIME_PARTS],
};

/**
 * `EXTRACT(part FROM value [AT TIME ZONE zone])`.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/timestamp_functions#extract
 */
export function extractPart(partExpr: Expr, source: Typed, zone: Typed | undefined, at: Span): Typed {
  const span = { start: at.start, end: at.end };
  const value = isNullLiteral(source) ? coerce(source, "TIMESTAMP") : source;
  const type = typeof value.type === "string" ? value.type : "";
  const allowed = PARTS[type];
  if (allowed === undefined)
    throw analysisError(`EXTRACT is not supported for values of type ${typeName(value.type)}`, at);
  if (zone !== undefined && type !== "TIMESTAMP") {
    throw analysisError(`EXTRACT from ${type} does not support AT TIME ZONE`, zone.span);
  }
  const part = datePart(partExpr, allowed, `EXTRACT from ${type}`);
  const parts = zone === undefined ? [value] : [value, zone];
  const texts = parts.map((item) => item.sql);
  const args = type === "TIMESTAMP" ? zoned(texts) : texts;
  const result = (sql: string, resultType: SqlType): Typed => derive(sql, resultType, span, parts);
  const typeKey = type.toLowerCase();
  switch (part.name) {
    case "DATE":
    case "TIME":
    case "DATETIME":
      return result(`bq.${part.name.toLowerCase()}_from_${typeKey}(${args.join(", ")})`, part.name);
    default:
      if (part.name === "WEEK" && type === "TIMESTAMP") {
        return result(
          `bq.date_extract_week(bq.date_from_timestamp(${args.join(", ")}), ${part.weekday ?? 0})`,
          "INT64",
        );
      }
      if (part.weekday !== undefined && type === "DATETIME") {
        return result(`bq.date_extract_week(bq.date_from_datetime(${args.join(", ")}), ${part.weekday})`, "INT64");
      }
      return result(partMacro(`${typeKey}_extract`, part, args), "INT64");
  }
}
