import { decimalUnits, roundUnits, unitsText } from "./decimal.js";
import { type JsFunction, lenient } from "./js-function.js";

const UNIT = 10n ** 9n;

/**
 * PERCENTILE_CONT of NUMERIC between two neighbours, `weight` units of 10^-9 after the lower one: exact, rounded half away from zero to 9
 * digits. A NULL neighbour leaves the other.
 */
function between(low: string | null, high: string | null, weight: bigint): string | null {
  if (weight === 0n || high === null) return low;
  if (low === null) return high;
  const sum = decimalUnits(low, 9) * (UNIT - weight) + decimalUnits(high, 9) * weight;
  return unitsText(roundUnits(sum, 18, 9, "ROUND_HALF_AWAY_FROM_ZERO") / UNIT, 9);
}

export const PERCENTILE_JS_FUNCTIONS: readonly JsFunction[] = [
  lenient("bq_percentile_numeric", ["STRING", "STRING", "INT64"], "STRING", (low, high, weight) =>
    weight === null ? null : between(low, high, weight),
  ),
];
