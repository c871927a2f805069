import type { CallExpr, Expr } from "../../googlesql/ast.js";
import { analysisError, unsupported } from "../../googlesql/errors.js";
import { zoned } from "../types/default-zone.js";
import { INTERVAL_PARTS } from "../types/interval-parts.js";
import { plainTemporal } from "../types/literals.js";
import { derive, type Typed } from "../types/typed.js";
import { addFunction, argumentsOf, diffFunction, lastDay, spanOf, truncFunction } from "./date-arithmetic.js";
import { type CallContext, type Family, on, scalar, special } from "./definition.js";

const DOC = "date_functions";

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/date_functions */
export const DATE_FUNCTIONS: Family = {
  DATE: scalar(
    `${DOC}#date`,
    on("(INT64, INT64, INT64) -> DATE", "bq.date_from_parts($1, $2, $3)"),
    on("(TIMESTAMP, [STRING]) -> DATE", (args) => `bq.date_from_timestamp(${zoned(args).join(", ")})`),
    on("(DATETIME) -> DATE", "bq.date_from_datetime($1)"),
    on("(DATE) -> DATE", "$1"),
    on("(STRING) -> DATE", dateOfText),
  ),
  DATE_ADD: addFunction(`${DOC}#date_add`, "DATE", 1),
  DATE_SUB: addFunction(`${DOC}#date_sub`, "DATE", -1),
  DATE_DIFF: diffFunction(`${DOC}#date_diff`, "DATE"),
  DATE_TRUNC: truncFunction(`${DOC}#date_trunc`, "DATE"),
  LAST_DAY: special(`${DOC}#last_day`, lastDay),
  UNIX_DATE: scalar(`${DOC}#unix_date`, on("(DATE) -> INT64", "bq.unix_date($1)")),
  DATE_FROM_UNIX_DATE: scalar(`${DOC}#date_from_unix_date`, on("(INT64) -> DATE", "bq.date_from_unix_date($1)")),
  GENERATE_DATE_ARRAY: special("array_functions#generate_date_array", generateDateArray),
};

const inZone = (name: string, text: string): string => `${name}(${zoned([text]).join(", ")})`;

/** Not documented, and used all the same: the date of a TIMESTAMP, whose text may name a zone. */
function dateOfText([text = ""]: readonly string[], [value]: readonly Typed[]): string {
  const plain = value?.literal?.kind === "string" ? plainTemporal(value.literal.text, "DATE") : undefined;
  return plain ?? inZone("bq.date_from_timestamp", inZone("bq.string_to_timestamp", text));
}

const MONTHS: Readonly<Record<string, number>> = { MONTH: 1, QUARTER: 3, YEAR: 12 };

/** `GENERATE_DATE_ARRAY(first, last[, INTERVAL n PART])`: each step counts from the date before it. */
function generateDateArray(call: CallExpr, context: CallContext): Typed {
  const [firstArg, lastArg, step] = argumentsOf(call, 2, 3) as [Expr, Expr, Expr | undefined];
  const first = context.resolveAs(firstArg, "DATE");
  const last = context.resolveAs(lastArg, "DATE");
  if (step?.kind === "interval" && step.value.kind !== "integer" && step.value.kind !== "unary") {
    const months = MONTHS[step.part];
    if (months === undefined && step.part !== "DAY" && step.part !== "WEEK")
      throw analysisError(`GENERATE_DATE_ARRAY does not support the ${step.part} date part`, step);
    const amount = context.resolveAs(step.value, "INT64");
    const macro = months === undefined ? "generate_date_array" : "generate_month_array";
    const sql = `bq.${macro}(${first.sql}, ${last.sql}, ${amount.sql} * ${months ?? (step.part === "WEEK" ? 7 : 1)})`;
    return derive(sql, { kind: "array", element: "DATE" }, spanOf(call), [first, last, amount]);
  }
  const { count, part } = dateStep(step);
  const months = MONTHS[part];
  const interval =
    months === undefined ? `to_days(${part === "WEEK" ? 7 * count : count})` : `to_months(${months * count})`;
  const [from, to] = [first, last].map((date) => `CAST(${date.sql} AS TIMESTAMP)`);
  const sql = `CAST(generate_series(${from}, ${to}, ${interval}) AS DATE[])`;
  return derive(sql, { kind: "array", element: "DATE" }, spanOf(call), [first, last]);
}

/** `GENERATE_TIMESTAMP_ARRAY(first, last, INTERVAL n PART)`. */
export function generateTimestampArray(call: CallExpr, context: CallContext): Typed {
  const [firstArg, lastArg, step] = argumentsOf(call, 3, 3) as [Expr, Expr, Expr];
  const first = context.resolveAs(firstArg, "TIMESTAMP");
  const last = context.resolveAs(lastArg, "TIMESTAMP");
  const unit = step.kind === "interval" && step.toPart === undefined ? INTERVAL_PARTS[step.part] : undefined;
  if (step.kind !== "interval" || unit === undefined)
    throw analysisError("Expected an INTERVAL expression as argument 3 of GENERATE_TIMESTAMP_ARRAY", step);
  if (unit[0] !== 0n || step.part === "WEEK")
    throw analysisError(`GENERATE_TIMESTAMP_ARRAY does not support the ${step.part} date part`, step);
  const amount = context.resolveAs(step.value, "INT64");
  const micros = `${amount.sql} * ${unit[1] * 86_400_000_000n + unit[2]}`;
  const sql = `bq.generate_timestamp_array(${first.sql}, ${last.sql}, ${micros})`;
  return derive(sql, { kind: "array", element: "TIMESTAMP" }, spanOf(call), [first, last, amount]);
}

function dateStep(step: Expr | undefined): { count: number; part: string } {
  if (step === undefined) return { count: 1, part: "DAY" };
  if (step.kind !== "interval")
    throw analysisError("Expected an INTERVAL expression as argument 3 of GENERATE_DATE_ARRAY", step);
  const amount = step.value.kind === "unary" && step.value.op === "-" ? step.value.operand : step.value;
  if (amount.kind !== "integer") throw unsupported("GENERATE_DATE_ARRAY with a computed step", step);
  const count = step.value.kind === "unary" ? -Number(amount.value) : Number(amount.value);
  if (count === 0) throw analysisError("Sequence step cannot be 0.", step);
  if (!["DAY", "WEEK", "MONTH", "QUARTER", "YEAR"].includes(step.part)) {
    throw analysisError(`GENERATE_DATE_ARRAY does not support the ${step.part} date part`, step);
  }
  return { count, part: step.part };
}
