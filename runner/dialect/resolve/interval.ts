import type { Expr } from "../../googlesql/ast.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { quoteString } from "../print/sql.js";
import { parseIntervalLiteral } from "../runtime/js/interval-functions.js";
import { INTERVAL_PARTS } from "../types/interval-parts.js";
import { derive, type Typed } from "../types/typed.js";
import { resolveAs } from "./expression.js";
import type { ExprContext } from "./scope.js";

/**
 * `INTERVAL n PART`, `INTERVAL 'text' PART TO PART`.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#interval_type
 */
export function resolveInterval(expr: Extract<Expr, { kind: "interval" }>, ctx: ExprContext): Typed {
  const span = { start: expr.start, end: expr.end };
  const unit = INTERVAL_PARTS[expr.part];
  if (unit === undefined) throw analysisError(`Invalid interval datetime field: ${expr.part}`, expr);
  if (expr.value.kind === "string") return intervalOfText(expr, expr.value.value);
  if (expr.toPart !== undefined) throw analysisError("INTERVAL with a range of parts needs a string", expr.value);
  const amount = resolveAs(expr.value, "INT64", ctx, "INTERVAL value");
  const parts = unit.map((one) => (one === 0n ? "0" : one === 1n ? amount.sql : `${amount.sql} * ${one}`));
  return derive(`bq.interval_of(${parts.join(", ")})`, "INTERVAL", span, [amount]);
}

function intervalOfText(expr: Extract<Expr, { kind: "interval" }>, text: string): Typed {
  const span = { start: expr.start, end: expr.end };
  const unit = INTERVAL_PARTS[expr.part] as readonly [bigint, bigint, bigint];
  const whole = expr.toPart === undefined && /^[+-]?\d+$/.test(text.trim());
  const parts = whole
    ? unit.map((one) => one * BigInt(text.trim().replace("+", "")))
    : parseIntervalLiteral(text, expr.part, expr.toPart ?? expr.part);
  if (parts === undefined) throw analysisError(`Invalid INTERVAL value '${text}'`, expr.value);
  if (/\.\d{6}\d*[1-9]/.test(text)) throw unsupported("An INTERVAL with nanoseconds", expr.value);
  const [months, days, micros] = parts as [bigint, bigint, bigint];
  const absolute = (value: bigint): bigint => (value < 0n ? -value : value);
  if (absolute(months) > 120_000n || absolute(days) > 3_660_000n || absolute(micros) > 316_224_000_000_000_000n)
    throw analysisError(`Interval field ${expr.part} '${text}' is out of range`, expr.value);
  const sql = `CAST(${quoteString(`${months} months ${days} days ${micros} microseconds`)} AS INTERVAL)`;
  return { ...derive(sql, "INTERVAL", span, []), nullable: false };
}
