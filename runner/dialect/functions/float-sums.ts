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

/** What values add up to, as sums of the whole numbers that each is taken apart into: HUGEINTs, which know no order. */
export interface ExactSum {
  readonly wholes: string;
  /** Of 2^-62. */
  readonly units: string;
  /** Of 2^-124; NULL where no value has any. */
  readonly rest: string;
  /** Whether the three have all of each value. */
  readonly isAll: string;
  readonly count: string;
  /** Infinite where a value is. */
  readonly magnitude: string;
}

/** @param value FLOAT64, named several times: it may hold no subquery, which DuckDB joins once for each, and no volatile call */
export function exactSum(value: string, call: AggregateCall): ExactSum {
  const asInteger = (text: string) => `TRY_CAST(${text} AS BIGINT)`;
  const sum = (text: string) => call.of("sum", [text]);
  const integer = asInteger(value);
  const units = `${value} * ${UNIT}`;
  const rest = `CASE WHEN abs(${value}) < ${COARSE} THEN ${asInteger(`(${units} - ${asInteger(units)}) * ${UNIT}`)} END`;
  const count = call.of("count", [value]);
  const magnitude = sum(`abs(${value}) * ${SCALE}`);
  return {
    wholes: sum(integer),
    units: sum(asInteger(`(${value} - ${integer}) * ${UNIT}`)),
    rest: sum(rest),
    isAll: `${call.of("count", [integer])} = ${count} AND ${magnitude} >= ${count} * ${LEAST_MEAN}`,
    count,
    magnitude,
  };
}

/**
 * SUM of FLOAT64 that is the same in whatever order the rows come, which differs from run to run. Of values beyond 2^63 or of less than
 * 10^-21 DuckDB's own sum stays, and of infinities and NaN.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/aggregate_functions#sum
 * @param isOpaque whether the value holds a subquery or a volatile call
 */
export function float64Sum(value: string, call: AggregateCall, isOpaque: boolean): string {
  if (isOpaque && call.divisible) return ofList("sum", value, call);
  const sum = call.distinct && !call.windowed ? ofList("sum", value, call) : call.of("sum", [value]);
  const unless = (infinite: string) =>
    `WHEN isinf(${sum}) AND NOT ${infinite} THEN CAST('double overflow' AS DOUBLE) ELSE ${sum} END`;
  const ofAny = unless(call.of("bool_or", [`isinf(${value})`]));
  if (call.distinct && call.windowed && !isOpaque) {
    const { sum: exact, isAll } = distinctOver(value, call);
    return `CASE WHEN ${isAll} THEN ${exact} ${ofAny}`;
  }
  if (isOpaque || !call.additive) return `CASE ${ofAny}`;
  const exact = exactSum(value, call);
  const total = `(${double(exact.wholes)} + ${upper(exact)}) + ${lower(exact)}`;
  return `CASE WHEN ${exact.isAll} THEN ${total} ${unless(`isinf(${exact.magnitude})`)}`;
}

/** AVG of FLOAT64, in the same way. The whole part is divided apart, so that a mean is not rounded twice. */
export function float64Mean(value: string, call: AggregateCall, isOpaque: boolean): string {
  if (call.distinct ? !call.windowed : isOpaque && call.divisible) return ofList("avg", value, call);
  const mean = call.of("avg", [value]);
  if (call.distinct && !isOpaque) {
    const { sum, count, isAll } = distinctOver(value, call);
    return `CASE WHEN ${isAll} THEN ${sum} / ${count} ELSE ${mean} END`;
  }
  if (isOpaque || !call.additive) return mean;
  const exact = exactSum(value, call);
  const { count, isAll } = exact;
  const whole = double(exact.wholes);
  const left = `fmod(${whole}, ${count})`;
  const quotient = `(${whole} - ${left}) / ${count} + ((${left} + ${upper(exact)}) + ${lower(exact)}) / ${count}`;
  return `CASE WHEN ${isAll} THEN ${quotient} ELSE ${mean} END`;
}

const double = (integer: string): string => `CAST(${integer} AS DOUBLE)`;

/** What a double is too short for. */
const remainder = (integer: string): string => double(`${integer} - CAST(${double(integer)} AS HUGEINT)`);

/** The fraction in two parts: the first may take away all of the wholes. */
const upper = ({ units }: ExactSum): string => `${double(units)} / ${UNIT}`;
const lower = ({ units, rest }: ExactSum): string =>
  `(${remainder(units)} + coalesce(${double(rest)}, 0) / ${UNIT}) / ${UNIT}`;

/** Distinct values from here on are left to DuckDB: billions of smaller ones fit in the sum of their units. */
const MOST_DISTINCT = `${2 ** 32}`;
/** Where none is as large, units lose more than additions would. */
const LEAST_DISTINCT = `${2 ** -10}`;

/**
 * The sum of the distinct values of a window: of whole numbers of 2^-62, which DISTINCT tells apart as it does the values. A list of them
 * would be made for each row.
 */
function distinctOver(value: string, call: AggregateCall): { sum: string; count: string; isAll: string } {
  const units = `TRY_CAST(CASE WHEN abs(${value}) < ${MOST_DISTINCT} THEN ${value} * ${UNIT} END AS HUGEINT)`;
  const count = call.of("count", [value]);
  const isEach = `${call.of("count", [units])} = ${count}`;
  const isLarge = `${call.of("max", [`abs(${value})`])} >= ${LEAST_DISTINCT}`;
  return { sum: `${double(call.of("sum", [units]))} / ${UNIT}`, count, isAll: `${isEach} AND ${isLarge}` };
}

/** Of the values in their order: distinct ones come out of a hash table in any. */
export function ofList(name: string, value: string, call: AggregateCall): string {
  return `list_aggregate(list_sort(${call.of("list", [value])}), '${name}')`;
}

/** The doubles that add up to a sum: the whole part of two, 2^62 times the fraction of two, 2^124 times what is left. */
export function doublesOf({ wholes, units, rest }: Pick<ExactSum, "wholes" | "units" | "rest">): string {
  const both = (integer: string) => `${double(integer)}, ${remainder(integer)}`;
  return `${both(wholes)}, ${both(units)}, coalesce(${double(rest)}, 0)`;
}
