/**
 * ROUND(x, n) and TRUNC(x, n) of FLOAT64 exactly as GoogleSQL computes them: in 80-bit extended floats, `round(x / 10^-n) * 10^-n`, where
 * 10^-n itself comes from repeated division and is inexact. Source of the formula: RoundDecimal in GoogleSQL's math.cc.
 */

/** The positive number `mantissa * 2^exponent`. */
interface Binary {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const EXTENDED_BITS = 64;
const DOUBLE_BITS = 53;
/** Decimal exponents that the formula has powers for. */
const LOWEST = -323;
const HIGHEST = 308;

const bitLength = (n: bigint) => n.toString(2).length;

/** `numerator / denominator * 2^exponent` to the given number of bits, halves to even. */
function rounded(numerator: bigint, denominator: bigint, exponent: number, bits: number): Binary {
  let shift = bitLength(numerator) - bitLength(denominator) - bits;
  for (;;) {
    const n = shift < 0 ? numerator << BigInt(-shift) : numerator;
    const d = shift > 0 ? denominator << BigInt(shift) : denominator;
    const quotient = n / d;
    const length = bitLength(quotient);
    if (length < bits) shift--;
    else if (length > bits) shift++;
    else {
      const twice = (n % d) * 2n;
      const up = twice > d || (twice === d && (quotient & 1n) === 1n);
      return { mantissa: up ? quotient + 1n : quotient, exponent: exponent + shift };
    }
  }
}

function powersOfTen(): ReadonlyMap<number, Binary> {
  const powers = new Map<number, Binary>([[0, { mantissa: 1n, exponent: 0 }]]);
  for (let i = 1; i <= HIGHEST; i++) {
    const last = powers.get(i - 1)!;
    powers.set(i, rounded(last.mantissa * 10n, 1n, last.exponent, EXTENDED_BITS));
  }
  for (let i = -1; i >= LOWEST; i--) {
    const last = powers.get(i + 1)!;
    powers.set(i, rounded(last.mantissa, 10n, last.exponent, EXTENDED_BITS));
  }
  return powers;
}

let powers: ReadonlyMap<number, Binary> | undefined;
const view = new DataView(new ArrayBuffer(8));

function decode(x: number): Binary {
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  return exponent === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | (1n << 52n), exponent: exponent - 1075 };
}

/** The nearest double; Infinity where there is none. */
function toDouble({ mantissa, exponent }: Binary): number {
  const bits = Math.min(DOUBLE_BITS, bitLength(mantissa) + exponent + 1074);
  if (bits <= 0) return 0;
  const nearest = rounded(mantissa, 1n, exponent, bits);
  // Two steps, because 2^exponent alone may lie outside the range of a double.
  const half = Math.trunc(nearest.exponent / 2);
  return Number(nearest.mantissa) * 2 ** half * 2 ** (nearest.exponent - half);
}

function integral({ mantissa, exponent }: Binary, mode: "round" | "trunc"): bigint {
  if (exponent >= 0) return mantissa << BigInt(exponent);
  const shift = BigInt(-exponent);
  return ((mode === "round" ? 1n << (shift - 1n) : 0n) + mantissa) >> shift;
}

/** ROUND or TRUNC of `x` to `digits` decimals (negative: before the point). Throws GoogleSQL's error on overflow. */
export function extendedRound(x: number, digits: number, mode: "round" | "trunc"): number {
  if (digits < -HIGHEST) return 0;
  if (digits > -LOWEST || !Number.isFinite(x) || x === 0) return x;
  powers ??= powersOfTen();
  const power = powers.get(-digits)!;
  const { mantissa, exponent } = decode(Math.abs(x));
  const whole = integral(rounded(mantissa, power.mantissa, exponent - power.exponent, EXTENDED_BITS), mode);
  const result = whole === 0n ? 0 : toDouble(rounded(whole * power.mantissa, 1n, power.exponent, EXTENDED_BITS));
  if (!Number.isFinite(result)) throw new Error(`Floating point overflow in function: ROUND(${x}, ${digits})`);
  return x < 0 ? -result : result;
}
