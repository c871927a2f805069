import { type JsFunction, strict } from "./js-function.js";

const UNIT = 10n ** 9n;

/** Variance or deviation from the sum of some integers in units of `unit` each, and the sum of their squares. */
export function spreadOf(name: string, n: bigint, sum: bigint, squares: bigint, unit: bigint): number | null {
  const divisor = name.endsWith("samp") ? n - 1n : n;
  if (divisor <= 0n) return null;
  // Many digits more than a double has.
  const scale = 10n ** 60n;
  const variance = Number(((n * squares - sum * sum) * scale) / (n * divisor * unit * unit)) / 1e60;
  return name.startsWith("stddev") ? Math.sqrt(variance) : variance;
}

export const SPREAD_JS_FUNCTIONS: readonly JsFunction[] = [
  /** Name and count; sums of the whole parts, of the units of 10^-9, and of their products. */
  strict(
    "bq_numeric_spread",
    ["STRING", "INT64", "STRING", "STRING", "STRING", "STRING", "STRING"],
    "FLOAT64",
    (name, n, ...sums) => {
      const [whole = 0n, nanos = 0n, wholes = 0n, mixed = 0n, fractions = 0n] = sums.map(BigInt);
      const squares = wholes * UNIT * UNIT + 2n * mixed * UNIT + fractions;
      return spreadOf(name, n, whole * UNIT + nanos, squares, UNIT);
    },
  ),
];
