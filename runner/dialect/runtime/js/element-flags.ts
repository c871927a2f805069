/**
 * The text of a date element under flags as strftime has them: `-` no padding, `_` blanks, `0` zeros, `^` capitals, `#` the other case.
 */
export function flagged(text: string, flags: string, element: string): string {
  let result = text;
  for (const flag of flags) {
    if (flag === "-") result = result.replace(/^[0 ]+(?=.)/, "");
    if (flag === "_") result = result.replace(/^0+(?=.)/, (zeros) => " ".repeat(zeros.length));
    if (flag === "0") result = result.replace(/^ +/, (blanks) => "0".repeat(blanks.length));
    if (flag === "^") result = result.toUpperCase();
    if (flag === "#") result = element === "Z" || element === "p" ? result.toLowerCase() : result.toUpperCase();
  }
  return result;
}
