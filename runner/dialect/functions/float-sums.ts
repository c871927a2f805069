import type { AggregateCall } from "./definition.js";

/** A FLOAT64 has 53 bits, so that two or three numbers of this many hold each of its bits between 2^63 and 2^-124. */
const BITS = 62;
const UNIT = `${2 ** BITS}e0`;
/** Values from here on have no bits below 2^-62. */
const COARSE = `${2 ** -9}`;
/** Keeps the sum of all magnitudes within FLOAT64. */
const SCALE = `${2 ** -64}`;
/** Below this mean magnitude, 2^-71 times `SCALE`, bits would be lost that a FLOAT64 has. */
const LEAST_MEAN = `${2 ** -135}`;

/**
 * SUM of FLOAT64 that is the same in whatever order the rows come, which differs from run to run: each value is taken apart into whole
 * numbers, whose sums are exact. Of values beyond 2^63 or of less than 10^-21 DuckDB's own sum stays, and of infinities and NaN.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/aggregate_functions#sum
 * @param isOpaque whether the value holds a subquery, which DuckDB joins once for each time that it is named, or a volatile call
 */
export function float64Sum(value: string, call: AggregateCall, isOpaque: boolean): string {
  if (isOpaque && call.divisible) return ofList("sum", value, call);
  const sum = call.distinct ? ofList("sum", value, call) : call.of("sum", [value]);
  const unless = (infinite: string) =>
    `WHEN isinf(${sum}) AND NOT ${infinite} THEN CAST('double overflow' AS DOUBLE) ELSE ${sum} END`;
  if (isOpaque || !call.additive) return `CASE ${unless(call.of("bool_or", [`isinf(${value})`]))}`;
  const { condition, whole, fraction, magnitude } = parts(value, call);
  return `CASE WHEN ${condition} THEN ${whole} + ${fraction} ${unless(`isinf(${magnitude})`)}`;
}

/** AVG of FLOAT64, in the same way. The whole part is divided apart, so that a mean is not rounded twice. */
export function float64Mean(value: string, call: AggregateCall, isOpaque: boolean): string {
  if (call.distinct || (isOpaque && call.divisible)) return ofList("avg", value, call);
  const mean = call.of("avg", [value]);
  if (isOpaque || !call.additive) return mean;
  const { condition, whole, fraction, count } = parts(value, call);
  const rest = `fmod(${whole}, ${count})`;
  return `CASE WHEN ${condition} THEN (${whole} - ${rest}) / ${count} + (${rest} + ${fraction}) / ${count} ELSE ${mean} END`;
}

function parts(value: string, call: AggregateCall) {
  const asInteger = (text: string) => `TRY_CAST(${text} AS BIGINT)`;
  const sum = (text: string) => `CAST(${call.of("sum", [text])} AS DOUBLE)`;
  const integer = asInteger(value);
  const units = `${value} * ${UNIT}`;
  const fine = `CASE WHEN abs(${value}) < ${COARSE} THEN ${asInteger(`(${units} - ${asInteger(units)}) * ${UNIT}`)} END`;
  const count = call.of("count", [value]);
  const magnitude = call.of("sum", [`abs(${value}) * ${SCALE}`]);
  return {
    whole: sum(integer),
    fraction: `(${sum(asInteger(`(${value} - ${integer}) * ${UNIT}`))} + coalesce(${sum(fine)}, 0) / ${UNIT}) / ${UNIT}`,
    condition: `${call.of("count", [integer])} = ${count} AND ${magnitude} >= ${count} * ${LEAST_MEAN}`,
    count,
    magnitude,
  };
}

/** Of the values in their order: distinct ones come out of a hash table in any. */
function ofList(name: string, value: string, call: AggregateCall): string {
  return `list_aggregate(list_sort(${call.of("list", [value])}), '${name}')`;
}
