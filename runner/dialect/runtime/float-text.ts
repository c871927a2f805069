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

/** The same with `.0` on whole numbers, as JSON values and FORMAT's `%t` have it. */
export function float64TextWithPoint(x: number): string {
  const text = Object.is(x, -0) ? "-0" : float64Text(x);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
