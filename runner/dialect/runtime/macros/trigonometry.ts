import { failure, type Macro, macro } from "./macro.js";

const NAN = "CAST('nan' AS DOUBLE)";

const fails = (name: string, what = "error"): string =>
  failure("DOUBLE", `concat('Floating point ${what} in function: ${name}(', printf('%g', x), ')')`);

/** NaN of an infinite angle, where DuckDB fails. */
const ofAngle = (name: string): Macro =>
  macro(`float64_${name}(x)`, `CASE WHEN isinf(x) THEN ${NAN} ELSE ${name}(x) END`);

/** Fails outside of -1 to 1. */
const inverse = (name: string, isDefined: string): Macro =>
  macro(
    `float64_${name}(x)`,
    `CASE WHEN ${isDefined} THEN ${name}(x) WHEN NOT isfinite(x) THEN ${NAN} WHEN x IS NOT NULL THEN ${fails(name.toUpperCase())} END`,
  );

/** Fails where a finite number gives none. */
const finite = (name: string, result: string, what?: string): Macro =>
  macro(
    `float64_${name}(x)`,
    `CASE WHEN isfinite(${result}) OR NOT isfinite(x) THEN ${result} WHEN x IS NOT NULL THEN ${fails(name.toUpperCase(), what)} END`,
  );

/** Trigonometric and hyperbolic functions that fail where GoogleSQL's do, and only there. Source: GoogleSQL's math.h. */
export const TRIGONOMETRY_MACROS: readonly Macro[] = [
  ...["sin", "cos", "tan"].map(ofAngle),
  inverse("asin", "abs(x) <= 1"),
  inverse("acos", "abs(x) <= 1"),
  inverse("atanh", "abs(x) < 1"),
  // The engine's root of a whole number may be the neighbour of a whole one, 3.0000000000000004 of 27.
  macro(
    "float64_cbrt(x)",
    "CASE WHEN round(cbrt(x)) * round(cbrt(x)) * round(cbrt(x)) = x THEN round(cbrt(x)) ELSE cbrt(x) END",
  ),
  finite("acosh", "acosh(x)"),
  finite("sinh", "sinh(x)", "overflow"),
  finite("cosh", "cosh(x)", "overflow"),
  finite("csc", "1 / bq.float64_sin(x)"),
  finite("cot", "1 / bq.float64_tan(x)"),
  finite("csch", "1 / sinh(x)"),
  finite("coth", "1 / tanh(x)"),
];
