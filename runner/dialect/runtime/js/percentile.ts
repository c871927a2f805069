import { type JsFunction, lenient } from "./js-function.js";

const UNIT = 10n ** 9n;

/** Text of a NUMERIC in units of 10^-9. */
function units(text: string): bigint {
  const [, sign, whole = "0", fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) as RegExpExecArray;
  const value = BigInt(whole) * UNIT + BigInt(fraction.padEnd(9, "0"));
  return sign === "-" ? -value : value;
}

/**
 * PERCENTILE_CONT of NUMERIC between two neighbours, `weight` units of 10^-9 after the lower one: exact, rounded half away from zero to 9
 * digits. A NULL neighbour leaves the other.
 */
function between(low: string | null, high: string | null, weight: bigint): string | null {
  if (weight === 0n || high === null) return low;
  if (low === null) return high;
  const sum = units(low) * (UNIT - weight) + units(high) * weight;
  const half = sum < 0n ? -(UNIT / 2n) : UNIT / 2n;
  return printUnits((sum + half) / UNIT);
}

function printUnits(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(10, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

export const PERCENTILE_JS_FUNCTIONS: readonly JsFunction[] = [
  lenient("bq_percentile_numeric", ["STRING", "STRING", "INT64"], "STRING", (low, high, weight) =>
    weight === null ? null : between(low, high, weight),
  ),
];
