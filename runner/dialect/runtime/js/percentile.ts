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

const UNIT = 10n ** 9n;

/** Text of a NUMERIC in units of 10^-9. */
function units(text: string): bigint {
  const [, sign, whole = "0", fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) as RegExpExecArray;
  const value = BigInt(whole) * UNIT + BigInt(fraction.padEnd(9, "0"));
  return sign === "-" ? -value : value;
}

/** Exact interpolation, rounded half away from zero to 9 digits. */
function numericPercentile(texts: readonly (string | null)[], place: string, respectNulls: boolean): string | null {
  const nulls = respectNulls ? texts.filter((text) => text === null) : [];
  const values = texts
    .flatMap((text) => (text === null ? [] : [units(text)]))
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const sorted = [...nulls.map(() => null), ...values];
  if (sorted.length === 0) return null;
  const at = BigInt(sorted.length - 1) * units(place);
  const low = Number(at / UNIT);
  const weight = at % UNIT;
  const [a, b] = [sorted[low] ?? null, sorted[low + (weight === 0n ? 0 : 1)] ?? null];
  if (weight === 0n || b === null) return a === null ? null : printUnits(a);
  if (a === null) return printUnits(b);
  const sum = a * (UNIT - weight) + b * weight;
  const half = sum < 0n ? -(UNIT / 2n) : UNIT / 2n;
  return printUnits((sum + half) / UNIT);
}

function printUnits(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(10, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

export const PERCENTILE_JS_FUNCTIONS: readonly JsFunction[] = [
  lenient("bq_percentile_cont", ["FLOATS", "FLOAT64"], "FLOAT64", (values, place) =>
    values === null || place === null ? null : percentile(values, place),
  ),
  lenient("bq_percentile_numeric", ["STRINGS", "STRING", "BOOL"], "STRING", (texts, place, respectNulls) =>
    texts === null || place === null ? null : numericPercentile(texts, place, respectNulls === true),
  ),
];
