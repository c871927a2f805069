import { decimalUnits, roundUnits, unitsText } from "./decimal.js";
import { type JsFunction, strict } from "./js-function.js";

/** Decimals of the numbers that are computed with: enough that a result rounded to 38 of them is right. */
const DIGITS = 110;
const ONE = 10n ** BigInt(DIGITS);

const multiply = (a: bigint, b: bigint): bigint => (a * b) / ONE;
const divide = (a: bigint, b: bigint): bigint => (a * ONE) / b;

/** 2 (z + z^3/3 + z^5/5 ..), which is ln((1 + z) / (1 - z)). */
function twiceAtanh(z: bigint): bigint {
  const square = multiply(z, z);
  let sum = 0n;
  let power = z;
  for (let k = 1n; power !== 0n; k += 2n) {
    sum += power / k;
    power = multiply(power, square);
  }
  return 2n * sum;
}

const LN_2 = twiceAtanh(ONE / 3n);

function ln(x: bigint): bigint {
  let mantissa = x;
  let exponent = 0n;
  while (mantissa > (ONE * 3n) / 2n) {
    mantissa /= 2n;
    exponent += 1n;
  }
  while (mantissa < (ONE * 3n) / 4n) {
    mantissa *= 2n;
    exponent -= 1n;
  }
  return exponent * LN_2 + twiceAtanh(divide(mantissa - ONE, mantissa + ONE));
}

/** e^x: with x divided by 2^16 the series is short; squaring the result sixteen times makes up for it. */
function exp(x: bigint): bigint {
  if (x > 100n * ONE) throw new Error("numeric overflow");
  if (x < -260n * ONE) return 0n;
  const small = x / 65536n;
  let sum = ONE;
  let term = ONE;
  for (let k = 1n; term !== 0n; k += 1n) {
    term = multiply(term, small) / k;
    sum += term;
  }
  for (let i = 0; i < 16; i += 1) sum = multiply(sum, sum);
  return sum;
}

function squareRoot(x: bigint): bigint {
  if (x < 0n) throw new Error("Argument to SQRT cannot be negative");
  const target = x * ONE;
  let root = target === 0n ? 0n : 1n << BigInt(Math.ceil(target.toString(2).length / 2));
  for (;;) {
    const next = root === 0n ? 0n : (root + target / root) / 2n;
    if (next >= root) return root;
    root = next;
  }
}

function power(x: bigint, y: bigint): bigint {
  if (y === 0n) return ONE;
  if (x === 0n) {
    if (y < 0n) throw new Error("division by zero: POW");
    return 0n;
  }
  const fraction = y % ONE !== 0n;
  if (fraction && x < 0n) throw new Error("Negative NUMERIC value cannot be raised to a fractional power: POW");
  const size = x < 0n ? -x : x;
  const result = fraction || y > 64n * ONE || y < -64n * ONE ? exp(multiply(y, ln(size))) : wholePower(size, y / ONE);
  return x < 0n && (y / ONE) % 2n !== 0n ? -result : result;
}

function wholePower(x: bigint, y: bigint): bigint {
  let result = ONE;
  for (let i = 0n; i < (y < 0n ? -y : y); i += 1n) {
    result = multiply(result, x);
    if (result > ONE * ONE) throw new Error("numeric overflow: POW");
  }
  if (y < 0n && result === 0n) throw new Error("numeric overflow: POW");
  return y < 0n ? divide(ONE, result) : result;
}

function positive(name: string, x: bigint): bigint {
  if (x <= 0n) throw new Error(`${name} is undefined for zero or negative value`);
  return x;
}

function logarithm(x: bigint, base: bigint): bigint {
  if (base === ONE) throw new Error("LOG is undefined with base value: 1");
  return divide(ln(positive("LOG", x)), ln(positive("LOG", base)));
}

/** Of `x` and, where there is one, `y`, as numbers with DIGITS decimals. */
const FUNCTIONS: Readonly<Record<string, (x: bigint, y: bigint) => bigint>> = {
  SQRT: (x) => squareRoot(x),
  EXP: (x) => exp(x),
  LN: (x) => ln(positive("LN", x)),
  LOG10: (x) => logarithm(x, 10n * ONE),
  LOG: logarithm,
  POW: power,
};

/** Functions of NUMERIC and BIGNUMERIC as text, exact to the last of `scale` digits, halves away from zero. Source: GoogleSQL's numeric_value.h. */
export const DECIMAL_MATH_JS_FUNCTIONS: readonly JsFunction[] = [
  strict("bq_decimal_math", ["STRING", "STRING", "STRING", "INT64"], "STRING", (name, x, y, scale) => {
    const digits = Number(scale);
    const compute = FUNCTIONS[name] as (x: bigint, y: bigint) => bigint;
    const result = compute(decimalUnits(x, DIGITS), decimalUnits(y, DIGITS));
    const rounded = roundUnits(result, DIGITS, digits, "ROUND_HALF_AWAY_FROM_ZERO") / 10n ** BigInt(DIGITS - digits);
    const limit = digits === 9 ? 10n ** 38n : 5789604461865809771178549250434395392663n * 10n ** 37n;
    if (rounded >= limit || rounded <= -limit) throw new Error(`numeric overflow: ${name}`);
    return unitsText(rounded, digits);
  }),
];
