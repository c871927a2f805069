import type { CallExpr, Expr } from "../../googlesql/ast.js";
import { analysisError } from "../../googlesql/errors.js";
import { INTERVAL_PARTS } from "../types/interval-parts.js";
import { derive, type Typed } from "../types/typed.js";
import { spanOf, splitArguments } from "./arguments.js";
import { type CallContext, type Family, type FunctionDefinition, on, scalar, special } from "./definition.js";

const DOC = "interval_functions";
const FIELDS = ["YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"];

/** `MAKE_INTERVAL(year, month, day, hour, minute, second)`, each optional and by name. */
function makeInterval(call: CallExpr, context: CallContext): Typed {
  const { positional, named } = splitArguments(call, 0, FIELDS.length, FIELDS);
  const fields = FIELDS.map((field, i) => {
    const expr = positional[i] ?? named.get(field);
    return expr === undefined ? undefined : context.resolveAs(expr, "INT64");
  });
  const sum = (names: readonly (readonly [index: number, factor: string])[]): string => {
    const terms = names.flatMap(([i, factor]) => (fields[i] === undefined ? [] : [`${fields[i].sql} * ${factor}`]));
    return terms.length === 0 ? "0" : terms.join(" + ");
  };
  const months = sum([
    [0, "12"],
    [1, "1"],
  ]);
  const micros = sum([
    [3, "3600000000"],
    [4, "60000000"],
    [5, "1000000"],
  ]);
  const parts = fields.filter((field) => field !== undefined);
  return derive(`bq.interval_of(${months}, ${sum([[2, "1"]])}, ${micros})`, "INTERVAL", spanOf(call), parts);
}

type Bucketed = "DATE" | "DATETIME" | "TIMESTAMP";

/**
 * `x_BUCKET(value, INTERVAL n PART[, origin])`: the start of the bucket; buckets are counted from the origin, 1950-01-01.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/time-series-functions
 */
function bucket(type: Bucketed): FunctionDefinition {
  return special(`time-series-functions#${type.toLowerCase()}_bucket`, (call, context) => {
    const { positional } = splitArguments(call, 2, 3);
    const [valueArg, widthArg, originArg] = positional as [Expr, Expr, Expr | undefined];
    const value = context.resolveAs(valueArg, type);
    const width = context.resolveAs(widthArg, "INTERVAL");
    const unit = widthArg.kind === "interval" ? INTERVAL_PARTS[widthArg.part] : undefined;
    if (unit !== undefined && type === "TIMESTAMP" && unit[0] !== 0n)
      throw analysisError("TIMESTAMP_BUCKET does not support bucket width INTERVAL with MONTH or YEAR parts", widthArg);
    const origin = originArg === undefined ? undefined : context.resolveAs(originArg, type);
    const parts = origin === undefined ? [value, width] : [value, width, origin];
    const name = `bq.${type.toLowerCase()}_bucket`;
    return derive(`${name}(${parts.map((part) => part.sql).join(", ")})`, type, spanOf(call), parts);
  });
}

/** https://cloud.google.com/bigquery/docs/reference/standard-sql/interval_functions */
export const INTERVAL_FUNCTIONS: Family = {
  MAKE_INTERVAL: special(`${DOC}#make_interval`, makeInterval),
  JUSTIFY_DAYS: scalar(`${DOC}#justify_days`, on("(INTERVAL) -> INTERVAL", "bq.interval_justify_days($1)")),
  JUSTIFY_HOURS: scalar(`${DOC}#justify_hours`, on("(INTERVAL) -> INTERVAL", "bq.interval_justify_hours($1)")),
  JUSTIFY_INTERVAL: scalar(`${DOC}#justify_interval`, on("(INTERVAL) -> INTERVAL", "bq.interval_justify($1)")),
  DATE_BUCKET: bucket("DATE"),
  DATETIME_BUCKET: bucket("DATETIME"),
  TIMESTAMP_BUCKET: bucket("TIMESTAMP"),
};
