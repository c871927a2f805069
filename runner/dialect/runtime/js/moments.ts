import { type JsFunction, strict } from "./js-function.js";

/** A number of twice the digits of a double: the sum of both, the second of which is too small to change the first. */
type Wide = readonly [number, number];

function sumOf(a: number, b: number): Wide {
  const sum = a + b;
  const from = sum - a;
  return [sum, a - (sum - from) + (b - from)];
}

function productOf(a: number, b: number): Wide {
  const [ah, al] = halves(a);
  const [bh, bl] = halves(b);
  const product = a * b;
  return [product, ah * bh - product + ah * bl + al * bh + al * bl];
}

function halves(value: number): Wide {
  const high = value * 134217729 - (value * 134217729 - value);
  return [high, value - high];
}

function plus([a, low]: Wide, [b, lower]: Wide): Wide {
  const [sum, rest] = sumOf(a, b);
  return sumOf(sum, rest + low + lower);
}

const minus = (a: Wide, [high, low]: Wide): Wide => plus(a, [-high, -low]);

function times(a: Wide, b: Wide): Wide {
  const [product, rest] = productOf(a[0], b[0]);
  return sumOf(product, rest + a[0] * b[1] + a[1] * b[0]);
}

function dividedBy(a: Wide, count: number): Wide {
  const quotient = a[0] / count;
  const rest = minus(a, productOf(quotient, count));
  return sumOf(quotient, rest[0] / count);
}

const UNIT = 2 ** -62;

/** Doubles of a sum: of its wholes two, of 2^62 times its fraction two, and 2^124 times what is left; of products, what rounding took. */
const [VALUES, PRODUCTS] = [5, 6];

function total([whole = 0, more = 0, units = 0, moreUnits = 0, rest = 0, lost = 0]: readonly number[]): Wide {
  const parts = [more, units * UNIT, moreUnits * UNIT, rest * UNIT * UNIT, lost];
  return parts.reduce<Wide>((sum, part) => plus(sum, [part, 0]), [whole, 0]);
}

/** Of `n` values or pairs, whose sums stand before those of products: of both, and for a correlation of each with itself. */
export function momentsOf(name: string, n: number, doubles: readonly number[]): number | null {
  const isPaired = name === "corr" || name.startsWith("covar");
  const divisor = name.endsWith("pop") ? n : n - 1;
  if (divisor <= 0) return null;
  const valueAt = (at: number) => total(doubles.slice(at * VALUES, (at + 1) * VALUES));
  const [x, y] = isPaired ? [valueAt(0), valueAt(1)] : [valueAt(0), valueAt(0)];
  const first = VALUES * (isPaired ? 2 : 1);
  /** The sum of products of what values differ by from their mean. */
  const spread = (at: number, a: Wide, b: Wide): number => {
    const product = total(doubles.slice(first + at * PRODUCTS, first + (at + 1) * PRODUCTS));
    return minus(product, dividedBy(times(a, b), n))[0];
  };
  const both = spread(0, x, y);
  if (name === "corr") {
    const of = both / Math.sqrt(positive(spread(1, x, x)) * positive(spread(2, y, y)));
    return Math.max(-1, Math.min(1, of));
  }
  if (isPaired) return both / divisor;
  const variance = positive(both) / divisor;
  return name.startsWith("stddev") ? Math.sqrt(variance) : variance;
}

const positive = (value: number): number => Math.max(0, value);

/** Of so many sums of values and of products. A list of the doubles would take several times as long to read. */
const moments = (name: string, values: number, products: number): JsFunction =>
  strict(
    name,
    ["STRING", "INT64", ...Array.from({ length: values * VALUES + products * PRODUCTS }, () => "FLOAT64" as const)],
    "FLOAT64",
    (which, n, ...doubles) => momentsOf(which, Number(n), doubles),
  );

/** Name and count; doubles of sums of the values and of sums of products. */
export const MOMENT_JS_FUNCTIONS: readonly JsFunction[] = [
  moments("bq_deviation", 1, 1),
  moments("bq_covariance", 2, 1),
  moments("bq_correlation", 2, 3),
];
