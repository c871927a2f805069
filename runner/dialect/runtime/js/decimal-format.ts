import { exponentText } from "../float-text.js";

/**
 * A decimal number as `%f`, `%e` or `%g` write it, from its digits: no double lies between. Rounded half away from zero.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/format-elements#format_string
 * @param text digits with or without a point, no sign
 */
export function decimalText(text: string, conversion: "f" | "e" | "g", precision: number, alternate: boolean): string {
  if (conversion === "f") return roundDecimal(text, precision, false);
  const { digits, exponent } = significant(text);
  if (conversion === "e") return scientific(digits, exponent, precision);
  const places = Math.max(1, precision);
  // What rounding makes of it decides how it is written: 9.99 with one place is 1e+01.
  const rounded = roundDecimal(`${digits[0]}.${digits.slice(1)}`, places - 1, false);
  const shown = rounded.startsWith("10") ? exponent + 1 : exponent;
  const long = shown < -4 || shown >= places;
  const full = long ? scientific(digits, exponent, places - 1) : roundDecimal(text, places - 1 - shown, false);
  if (alternate) return full;
  const [mantissa = "", power] = full.split("e");
  const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  return power === undefined ? short : `${short}e${power}`;
}

/** The digits from the first that is not zero, and its power of ten. */
function significant(text: string): { readonly digits: string; readonly exponent: number } {
  const [whole = "", fraction = ""] = text.split(".");
  const all = whole + fraction;
  const first = all.search(/[1-9]/);
  return first === -1 ? { digits: "0", exponent: 0 } : { digits: all.slice(first), exponent: whole.length - 1 - first };
}

function scientific(digits: string, exponent: number, precision: number): string {
  const mantissa = roundDecimal(`${digits[0]}.${digits.slice(1)}`, precision, false);
  if (!mantissa.startsWith("10")) return `${mantissa}${exponentText(exponent)}`;
  return `${roundDecimal("1", precision, false)}${exponentText(exponent + 1)}`;
}

/** Decimal text with `precision` digits after the point; halves go to even or away from zero. */
export function roundDecimal(text: string, precision: number, halfToEven: boolean): string {
  const [whole = "0", fraction = ""] = text.split(".");
  const kept = fraction.slice(0, precision).padEnd(precision, "0");
  const rest = fraction.slice(precision);
  let digits = BigInt(whole + kept);
  const half = /^50*$/.test(rest);
  const up = half ? !halfToEven || digits % 2n === 1n : rest !== "" && (rest[0] as string) >= "5";
  if (up) digits += 1n;
  const all = digits.toString().padStart(precision + 1, "0");
  return precision === 0 ? all : `${all.slice(0, -precision)}.${all.slice(-precision)}`;
}
