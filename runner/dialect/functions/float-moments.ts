import type { AggregateCall } from "./definition.js";
import { doublesOf, exactSum } from "./float-sums.js";

/** Values are made smaller by this, so that products of billions stay within what their sums hold; those of small ones do still. */
const SHRINKING = 2 ** 10;

/** What rounding takes from a product of values below 1e6 is a whole number of this many parts, but for bits that nobody sees. */
const PARTS = `${2 ** 96}`;
/** Of larger values there are fewer bits behind the point; billions of such wholes fit in the sum. */
const LARGER_PARTS = `${2 ** 86}`;

/**
 * A variance, deviation or covariance, or a correlation, of FLOAT64 that is the same in whatever order the rows come: from exact sums of
 * the values and of their products. `otherwise` stands where those do not have all of each.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/statistical_aggregate_functions
 * @param values one or two, as in `exactSum`
 */
export function float64Moments(
  name: string,
  values: readonly string[],
  call: AggregateCall,
  otherwise: string,
): string {
  const [a = "", b] = values;
  // A pair counts where neither is NULL.
  const paired = b === undefined ? [a] : [`(${a} + 0e0 * ${b})`, `(${b} + 0e0 * ${a})`];
  const counted = paired.map((value) => `(${value} * ${1 / SHRINKING}e0)`);
  const [x = "", y = x] = counted;
  const both = productOf(x, y, call);
  const products = name === "corr" ? [both, productOf(x, x, call), productOf(y, y, call)] : [both];
  const sums = counted.map((value) => doublesOf(exactSum(value, call)));
  const doubles = [...sums, ...products.map((product) => product.doubles)].join(", ");
  const fn = b === undefined ? "bq_deviation" : name === "corr" ? "bq_correlation" : "bq_covariance";
  const condition = [...counted.map((value) => isSpread(value, call)), ...products.map(({ isAll }) => isAll)].join(
    " AND ",
  );
  const found = `${fn}('${name}', ${call.of("count", [x])}, ${doubles})`;
  return `CASE WHEN ${condition} THEN ${found} * ${enlargement(name)} ELSE ${otherwise} END`;
}

/** What makes up for smaller values. */
function enlargement(name: string): number {
  if (name === "corr") return 1;
  return name.startsWith("stddev") ? SHRINKING : SHRINKING ** 2;
}

/** Products of larger values, and the values themselves, might leave what their sums hold. */
const MOST = `${2 ** 31}`;

/**
 * Whether values are within range and differ by enough: of those that hardly do, products have too few digits, also as two doubles, and
 * DuckDB, which goes by the differences, is close; of equal ones it finds nothing, to the last digit.
 */
function isSpread(value: string, call: AggregateCall): string {
  const [least, most] = ["min", "max"].map((name) => call.of(name, [value]));
  const size = `greatest(abs(${least}), abs(${most}))`;
  const enough = `greatest(least(${1e-4 / SHRINKING}, 1e-3 * ${size}), 4e-14 * ${size})`;
  return `${most} - ${least} > ${enough} AND ${least} > -${MOST} AND ${most} < ${MOST}`;
}

/** Squares of larger numbers might add up to more than a HUGEINT holds. */
const LARGEST = `${2 ** 52}`;

/** A variance or deviation of INT64, whose sums are exact as they are: whole numbers of which no part is a billionth. */
export function int64Moments(name: string, value: string, call: AggregateCall, otherwise: string): string {
  const square = `CASE WHEN ${value} BETWEEN -${LARGEST} AND ${LARGEST} THEN CAST(${value} AS HUGEINT) * ${value} END`;
  const count = call.of("count", [value]);
  const [sum, squares] = [value, square].map((text) => `CAST(${call.of("sum", [text])} AS VARCHAR)`);
  const exact = `bq_numeric_spread('${name}', ${count}, ${sum}, '0', ${squares}, '0', '0')`;
  return `CASE WHEN ${count} > 0 AND ${call.of("count", [square])} = ${count} THEN ${exact} ELSE ${otherwise} END`;
}

/**
 * The exact sum of products: of the rounded ones, and of what rounding took from each. A FLOAT32 has half of the bits, so that products of
 * upper and lower halves are not rounded.
 */
function productOf(x: string, y: string, call: AggregateCall) {
  const product = `(${x} * ${y})`;
  const upper = (value: string) => `CAST(TRY_CAST(${value} AS FLOAT) AS DOUBLE)`;
  const lower = (value: string) => `(${value} - ${upper(value)})`;
  const [h, l, u, v] = [upper(x), lower(x), upper(y), lower(y)];
  const mixed = x === y ? `2e0 * ${h} * ${l}` : `${h} * ${v} + ${l} * ${u}`;
  const lost = `(${h} * ${u} - ${product} + ${mixed} + ${l} * ${v})`;
  const parts = `TRY_CAST(${lost} * ${PARTS} AS BIGINT)`;
  const sum = exactSum(product, call);
  // Few rows are as large, and the wide cast is for them alone.
  const larger = `CASE WHEN ${parts} IS NULL THEN TRY_CAST(${lost} * ${LARGER_PARTS} AS HUGEINT) END`;
  const [most, rest] = [parts, larger].map((wholes) => `coalesce(${call.of("sum", [wholes])}, 0)`);
  const all = `(${most} / ${PARTS} + ${rest} / ${LARGER_PARTS})`;
  return { isAll: sum.isAll, doubles: `${doublesOf(sum)}, ${all}` };
}
