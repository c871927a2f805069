import { type JsFunction, strict } from "./js-function.js";

/** A decimal text as an integer of units of 10^-scale. */
export function decimalUnits(text: string, scale: number): bigint {
  const [, sign, whole = "0", fraction = ""] = /^(-?)(\d*)(?:\.(\d+))?$/.exec(text) as RegExpExecArray;
  const value = BigInt(`${whole}${fraction.padEnd(scale, "0").slice(0, scale)}`);
  return sign === "-" ? -value : value;
}

export function unitsText(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  return `${units < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Rounded to digits after the point (negative: before it): half away from zero, half to even, or cut off. */
export function roundUnits(units: bigint, scale: number, digits: number, mode: string): bigint {
  if (digits >= scale) return units;
  const step = 10n ** BigInt(Math.min(scale - digits, 200));
  const rest = units % step;
  const down = units - rest;
  if (mode === "TRUNC") return down;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  const even = (down / step) % 2n === 0n;
  const up = twice > step || (twice === step && (mode !== "ROUND_HALF_EVEN" || !even));
  return up ? down + (units < 0n ? -step : step) : down;
}

export const DECIMAL_JS_FUNCTIONS: readonly JsFunction[] = [
  strict("bq_round_decimal", ["STRING", "INT64", "STRING", "INT64"], "STRING", (text, digits, mode, scale) => {
    const name = mode.toUpperCase();
    if (name !== "TRUNC" && name !== "ROUND_HALF_EVEN" && name !== "ROUND_HALF_AWAY_FROM_ZERO")
      throw new Error(`Invalid rounding mode: ${mode}`);
    return unitsText(roundUnits(decimalUnits(text, Number(scale)), Number(scale), Number(digits), name), Number(scale));
  }),
];
