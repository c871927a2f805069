import { type JsFunction, lenient } from "./js-function.js";

/** NULL, NaN, then by value. */
function compare(a: number | null, b: number | null): number {
  const rank = (x: number | null): number => (x === null ? 0 : Number.isNaN(x) ? 1 : 2);
  return rank(a) - rank(b) || ((a ?? 0) < (b ?? 0) ? -1 : (a ?? 0) > (b ?? 0) ? 1 : 0);
}

/** PERCENTILE_CONT with NULLs counted: interpolated between neighbours, a NULL neighbour leaving the other. */
function percentile(values: readonly (number | null)[], place: number): number | null {
  const sorted = [...values].sort(compare);
  if (sorted.length === 0) return null;
  const at = (sorted.length - 1) * place;
  const [low, high] = [Math.floor(at), Math.ceil(at)];
  const [a, b] = [sorted[low] ?? null, sorted[high] ?? null];
  const weight = at - low;
  if (weight === 0 || b === null) return a;
  if (a === null) return b;
  return a === b ? a : a * (1 - weight) + b * weight;
}

export const PERCENTILE_JS_FUNCTIONS: readonly JsFunction[] = [
  lenient("bq_percentile_cont", ["FLOATS", "FLOAT64"], "FLOAT64", (values, place) =>
    values === null || place === null ? null : percentile(values, place),
  ),
];
