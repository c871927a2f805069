import { analysisError } from "../../googlesql/errors.js";
import { plainZero } from "../print/sql.js";
import { orderKeys } from "../types/order-keys.js";
import { isNullLiteral, mayBeNan, type Typed } from "../types/typed.js";
import {
  type AggregateCall,
  type AggregateOverload,
  aggregateOn,
  type Family,
  type FunctionDefinition,
} from "./definition.js";
import { requireOrder } from "./requirements.js";

interface Shape {
  readonly frame: boolean;
  readonly needsOrder: boolean;
  readonly allowsOrder: boolean;
  readonly nulls: boolean;
}

const NUMBERING: Shape = { frame: false, needsOrder: true, allowsOrder: true, nulls: false };
const NAVIGATION: Shape = { frame: true, needsOrder: true, allowsOrder: true, nulls: true };
const OFFSETS: Shape = { frame: false, needsOrder: true, allowsOrder: true, nulls: false };
const PERCENTILE: Shape = { frame: false, needsOrder: false, allowsOrder: false, nulls: true };

function windowFunction(doc: string, shape: Shape, ...overloads: readonly AggregateOverload[]): FunctionDefinition {
  return { kind: "window", doc, overloads, ...shape };
}

const plain = (signature: string, name: string): AggregateOverload =>
  aggregateOn(signature, (args, call) => call.of(name, args));

/** The same for a function whose argument at `index` has to be a literal of at least `least`. */
const counted = (signature: string, name: string, index: number, least: bigint): AggregateOverload =>
  aggregateOn(signature, (args, call, typed) => {
    requireLiteral(name.toUpperCase(), typed, index, least);
    return call.of(name, args);
  });

/** PERCENTILE_CONT of a decimal type, where the position has it too: `0.5` is a FLOAT64, and makes the result one. */
const exactPercentile = (
  type: "NUMERIC" | "BIGNUMERIC",
  build: (value: Typed, place: string, call: AggregateCall) => string,
): AggregateOverload => ({
  ...aggregateOn(`(${type}, ${type}) -> ${type}?`, (_, call, typed) => {
    const [value, place] = typed as [Typed, Typed];
    checkPlace(place, "PERCENTILE_CONT");
    return build(value, place.sql, call);
  }),
  takes: ([, place]) => place?.type === "NUMERIC" || place?.type === "BIGNUMERIC",
});

const NUMBER_DOC = "numbering_functions";
const NAVIGATION_DOC = "navigation_functions";

/**
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/numbering_functions and
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/navigation_functions
 */
export const WINDOW_FUNCTIONS: Family = {
  ROW_NUMBER: windowFunction(
    `${NUMBER_DOC}#row_number`,
    { ...NUMBERING, needsOrder: false },
    plain("() -> INT64!", "row_number"),
  ),
  RANK: windowFunction(`${NUMBER_DOC}#rank`, NUMBERING, plain("() -> INT64!", "rank")),
  DENSE_RANK: windowFunction(`${NUMBER_DOC}#dense_rank`, NUMBERING, plain("() -> INT64!", "dense_rank")),
  PERCENT_RANK: windowFunction(`${NUMBER_DOC}#percent_rank`, NUMBERING, plain("() -> FLOAT64!", "percent_rank")),
  CUME_DIST: windowFunction(`${NUMBER_DOC}#cume_dist`, NUMBERING, plain("() -> FLOAT64!", "cume_dist")),
  NTILE: windowFunction(`${NUMBER_DOC}#ntile`, NUMBERING, counted("(INT64) -> INT64", "ntile", 0, 1n)),
  FIRST_VALUE: windowFunction(`${NAVIGATION_DOC}#first_value`, NAVIGATION, plain("(T) -> T?", "first_value")),
  LAST_VALUE: windowFunction(`${NAVIGATION_DOC}#last_value`, NAVIGATION, plain("(T) -> T?", "last_value")),
  NTH_VALUE: windowFunction(`${NAVIGATION_DOC}#nth_value`, NAVIGATION, counted("(T, INT64) -> T?", "nth_value", 1, 1n)),
  LAG: windowFunction(
    `${NAVIGATION_DOC}#lag`,
    OFFSETS,
    plain("(T) -> T?", "lag"),
    counted("(T, INT64) -> T?", "lag", 1, 0n),
    counted("(T, INT64, T) -> T?", "lag", 1, 0n),
  ),
  LEAD: windowFunction(
    `${NAVIGATION_DOC}#lead`,
    OFFSETS,
    plain("(T) -> T?", "lead"),
    counted("(T, INT64) -> T?", "lead", 1, 0n),
    counted("(T, INT64, T) -> T?", "lead", 1, 0n),
  ),
  PERCENTILE_CONT: windowFunction(
    `${NAVIGATION_DOC}#percentile_cont`,
    PERCENTILE,
    aggregateOn("(FLOAT64, FLOAT64) -> FLOAT64?", (args, call, typed) => {
      const [value, place] = typed as [Typed, Typed];
      checkPlace(place, "PERCENTILE_CONT");
      if (!call.respectNulls && !mayBeNan(value)) return call.of("quantile_cont", args);
      const { list, count } = sortedRows(value, call);
      const at = `(${place.sql} * (${count} - 1))`;
      const low = `CAST(floor(${at}) AS BIGINT)`;
      return `bq.percentile_between(${list}[${low} + 1], ${list}[CAST(ceil(${at}) AS BIGINT) + 1], ${at} - ${low})`;
    }),
    exactPercentile("NUMERIC", (value, place, call) => {
      const { list, count } = sortedRows(value, call);
      const at = `(bq.numeric_unscaled(${place}) * (${count} - 1))`;
      const neighbour = (rest: string): string =>
        `CAST(${list}[CAST((${at} + ${rest}) // 1000000000 AS BIGINT) + 1] AS VARCHAR)`;
      const weight = `CAST(${at} % 1000000000 AS BIGINT)`;
      return `CAST(bq_percentile_numeric(${neighbour("0")}, ${neighbour("999999999")}, ${weight}) AS DECIMAL(38,9))`;
    }),
    exactPercentile("BIGNUMERIC", (value, place, call) => {
      const { list, count } = sortedRows(value, call);
      return `bq_percentile_bignumeric(${list}[1:${count}], ${place})`;
    }),
  ),
  PERCENTILE_DISC: windowFunction(
    `${NAVIGATION_DOC}#percentile_disc`,
    PERCENTILE,
    aggregateOn("(T, FLOAT64) -> T?", (args, call, typed) => {
      const [value, place] = typed as [Typed, Typed];
      checkPlace(place, "PERCENTILE_DISC");
      requireOrder("PERCENTILE_DISC", value);
      if (!call.respectNulls && !mayBeNan(value)) return call.of("quantile_disc", args);
      const { list, count } = sortedRows(value, call);
      return `${list}[greatest(CAST(ceil(${count} * ${place.sql}) AS BIGINT), 1)]`;
    }),
  ),
};

/**
 * The values of the window in order, NULLs first where they count, then NaNs, and how many of them count. A list in order costs a row nothing
 * but a subscript; DuckDB's quantiles know neither NaN nor NULL.
 */
function sortedRows(value: Typed, call: AggregateCall): { list: string; count: string } {
  const order = orderKeys(value, { descending: false, nulls: call.respectNulls ? "FIRST" : "LAST" });
  const list = call.of("list", [`${plainZero(value.sql, value.type)} ORDER BY ${order}`]);
  return { list: `(${list})`, count: call.of("count", [call.respectNulls ? "*" : value.sql]) };
}

/** The argument at `index`, which has to be a literal that is not less than `least`. */
function requireLiteral(name: string, typed: readonly Typed[], index: number, least: bigint): void {
  const value = typed[index];
  if (value === undefined) return;
  const what = typed.length === 1 ? "The argument" : `Argument ${index + 1}`;
  if (value.uses.length > 0 || value.opaque === true)
    throw analysisError(`${what} to ${name} must be a literal or query parameter`, value.span);
  if (isNullLiteral(value) || value.sql === "CAST(NULL AS BIGINT)")
    throw analysisError(`${what} to ${name} must be non-NULL`, value.span);
  if (value.literal?.kind === "integer" && value.literal.value < least)
    throw analysisError(
      least === 1n
        ? `${what} to ${name} must be at least 1`
        : `The offset to the function ${name} must not be negative`,
      value.span,
    );
}

/** The value of a number as DuckDB text: `0.5e0`, `(-0.5e0)`, `CAST('0.5' AS DECIMAL(38,9))`. */
const LEADING_NUMBER = /^\(?(?:CAST\(')?(-?[\d.]+(?:e[+-]?\d+)?)/;

/** The position is a literal from 0 to 1. */
function checkPlace(place: Typed, name: string): void {
  if (place.sql.startsWith("CAST(NULL AS ")) throw analysisError(`Argument 2 to ${name} must be non-NULL`, place.span);
  const value = Number(LEADING_NUMBER.exec(place.sql)?.[1]);
  if (value < 0 || value > 1)
    throw analysisError(`The second argument to the function ${name} must be in the range [0, 1]`, place.span);
}
