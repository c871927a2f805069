/** `%.<digits>g` of C: the shorter of plain and exponent form without trailing zeros; exponents have two digits at least. */
export function generalText(x: number, digits: number, keepZeros = false): string {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "-inf";
  const precision = Math.max(1, digits);
  const [mantissa = "", power = "0"] = x.toExponential(precision - 1).split("e");
  const exponent = Number(power);
  const strip = (text: string): string =>
    keepZeros || !text.includes(".") ? text : text.replace(/0+$/, "").replace(/\.$/, "");
  if (exponent < -4 || exponent >= precision) return `${strip(mantissa)}${exponentText(exponent)}`;
  return strip(x.toFixed(Math.max(0, precision - 1 - exponent)));
}

/** `e+05`. */
export function exponentText(exponent: number): string {
  const sign = exponent < 0 ? "-" : "+";
  return `e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/** GoogleSQL's text of a FLOAT64: 15 digits where they give the same value back, else 17; negative zero is 0. */
export function float64Text(x: number): string {
  if (x === 0) return "0";
  const short = generalText(x, 15);
  return Number(short) === x || !Number.isFinite(x) ? short : generalText(x, 17);
}

/**
 * The text of a FLOAT64 within a JSON value: the shortest digits that give it back, exponents where 15 digits leave the point out of reach,
 * `.0` on whole numbers and the sign of zero. A FLOAT64 by itself has 15 or 17 digits instead.
 */
export function float64JsonText(x: number): string {
  if (Object.is(x, -0)) return "-0.0";
  const [mantissa = "", power = "0"] = x.toExponential().split("e");
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 15) return `${mantissa}${exponentText(exponent)}`;
  const text = String(x);
  return text.includes(".") ? text : `${text}.0`;
}
