import { roundUnits, unitsText } from "./decimal.js";
import { type JsFunction, lenient, strict } from "./js-function.js";
import { spreadOf } from "./spread.js";

/**
 * BIGNUMERIC as 32 bytes that compare as the values do: two's complement of the value times 10^38, big-endian, the sign bit turned over.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#decimal_types
 */
const SCALE = 38;
const UNIT = 10n ** 38n;
const LIMIT = 2n ** 255n;

function encode(units: bigint, overflow: string): Uint8Array {
  if (units >= LIMIT || units < -LIMIT) throw new Error(overflow);
  return Buffer.from((units + LIMIT).toString(16).padStart(64, "0"), "hex");
}

const decode = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex")}`) - LIMIT;

/** Rounded half away from zero. */
function quotient(a: bigint, b: bigint): bigint {
  const whole = a / b;
  const twice = (a % b) * 2n;
  const up = (twice < 0n ? -twice : twice) >= (b < 0n ? -b : b);
  return up ? whole + (a < 0n === b < 0n ? 1n : -1n) : whole;
}

/** Decimal text with an exponent in units of 10^-38; undefined: it is no number. */
export function bignumericUnits(text: string): bigint | undefined {
  const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?\s*$/.exec(text);
  const [, sign, whole = "", fraction = "", exponent = "0"] = match ?? [];
  if (match === null || whole + fraction === "") return undefined;
  const shift = SCALE + Number(exponent) - fraction.length;
  if (shift > 400) return /^0*$/.test(whole + fraction) ? 0n : LIMIT * 2n;
  const digits = BigInt(whole + fraction);
  const units = shift >= 0 ? digits * 10n ** BigInt(shift) : quotient(digits, 10n ** BigInt(Math.min(-shift, 5000)));
  return sign === "-" ? -units : units;
}

/** The hexadecimal bytes of a literal; undefined: it is no BIGNUMERIC. */
export function bignumericHex(text: string): string | undefined {
  const units = bignumericUnits(text);
  if (units === undefined || units >= LIMIT || units < -LIMIT) return undefined;
  return Buffer.from(encode(units, "")).toString("hex");
}

const plain = (units: bigint): string => unitsText(units, SCALE).replace(/\.?0+$/, "");

function fromText(text: string, message: string): Uint8Array {
  const units = bignumericUnits(text);
  if (units === undefined) throw new Error(message);
  return encode(units, message);
}

const OPERATIONS: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => quotient(a * b, UNIT),
  "/": (a, b) => quotient(a * UNIT, b),
  DIV: (a, b) => (a / b) * UNIT,
  MOD: (a, b) => a % b,
};

function operate(a: Uint8Array, operator: string, b: Uint8Array): Uint8Array {
  const [x, y] = [decode(a), decode(b)];
  if (y === 0n && ["/", "DIV", "MOD"].includes(operator))
    throw new Error(`division by zero: ${plain(x)} ${operator} ${plain(y)}`);
  const call = OPERATIONS[operator] as (a: bigint, b: bigint) => bigint;
  return encode(call(x, y), `BIGNUMERIC overflow: ${plain(x)} ${operator} ${plain(y)}`);
}

function change(bytes: Uint8Array, how: string): Uint8Array {
  const x = decode(bytes);
  const whole = (x / UNIT) * UNIT;
  const results: Readonly<Record<string, () => bigint>> = {
    "-": () => -x,
    ABS: () => (x < 0n ? -x : x),
    SIGN: () => (x > 0n ? UNIT : x < 0n ? -UNIT : 0n),
    CEIL: () => (x > whole ? whole + UNIT : whole),
    FLOOR: () => (x < whole ? whole - UNIT : whole),
  };
  return encode((results[how] as () => bigint)(), `BIGNUMERIC overflow: ${how}(${plain(x)})`);
}

function aggregated(items: readonly (Uint8Array | null)[], average: boolean): Uint8Array | null {
  const values = items.flatMap((item) => (item === null ? [] : [decode(item)]));
  if (values.length === 0) return null;
  const sum = values.reduce((total, value) => total + value, 0n);
  const overflow = `BIGNUMERIC overflow: ${average ? "AVG" : "SUM"}`;
  return encode(average ? quotient(sum, BigInt(values.length)) : sum, overflow);
}

/** Between the two values, of those in order, around the position; a NULL leaves the other. */
function percentile(items: readonly (Uint8Array | null)[], place: bigint): Uint8Array | null {
  const at = place * BigInt(items.length - 1);
  const weight = at % UNIT;
  const [low, high] = [items[Number(at / UNIT)] ?? null, items[Number((at + UNIT - 1n) / UNIT)] ?? null];
  if (low === null || high === null) return low ?? high;
  return encode(quotient(decode(low) * (UNIT - weight) + decode(high) * weight, UNIT), "BIGNUMERIC overflow");
}

/** var_samp, var_pop, stddev_samp or stddev_pop. */
function spread(items: readonly (Uint8Array | null)[], name: string): number | null {
  const values = items.flatMap((item) => (item === null ? [] : [decode(item)]));
  const sum = values.reduce((total, value) => total + value, 0n);
  const squares = values.reduce((total, value) => total + value * value, 0n);
  return spreadOf(name, BigInt(values.length), sum, squares, UNIT);
}

/** How many steps lead from the first value to the last one that is not beyond the end; -1: not even the first is within. */
function stepsBetween(from: bigint, to: bigint, step: bigint, limit: bigint): bigint {
  if (step === 0n) throw new Error("Sequence step cannot be 0.");
  if (from < to !== step > 0n && from !== to) return -1n;
  const steps = (to - from) / step;
  if (steps >= limit) throw new Error("GENERATE_ARRAY produced too many elements");
  return steps;
}

/** The exact value of a double in units, rounded half away from zero. */
function doubleUnits(x: number): bigint {
  if (!Number.isFinite(x))
    throw new Error(`Illegal conversion of non-finite floating point number to BIGNUMERIC: ${x}`);
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(x));
  const bits = view.getBigUint64(0);
  const power = Number((bits >> 52n) & 0x7ffn);
  const mantissa = (bits & 0xfffffffffffffn) | (power === 0 ? 0n : 1n << 52n);
  const exponent = (power === 0 ? 1 : power) - 1075;
  const units =
    exponent >= 0 ? (mantissa << BigInt(exponent)) * UNIT : quotient(mantissa * UNIT, 1n << BigInt(-exponent));
  return x < 0 ? -units : units;
}

export const BIGNUMERIC_JS_FUNCTIONS: readonly JsFunction[] = [
  strict("bq_bignumeric", ["STRING"], "BYTES", (text) => fromText(text, `Invalid BIGNUMERIC value: ${text}`)),
  strict("bq_bignumeric_text", ["BYTES"], "STRING", (bytes) => plain(decode(bytes))),
  strict("bq_bignumeric_of_double", ["FLOAT64"], "BYTES", (x) =>
    encode(doubleUnits(x), `BIGNUMERIC out of range: ${x}`),
  ),
  strict("bq_bignumeric_to_double", ["BYTES"], "FLOAT64", (bytes) => Number(plain(decode(bytes)))),
  strict("bq_bignumeric_to_int64", ["BYTES"], "INT64", (bytes) => {
    const value = quotient(decode(bytes), UNIT);
    if (value >= 2n ** 63n || value < -(2n ** 63n)) throw new Error(`int64 out of range: ${plain(decode(bytes))}`);
    return value;
  }),
  // Text with as many digits after the point as the scale; an error where it does not fit DECIMAL(38, scale).
  strict("bq_bignumeric_decimal", ["BYTES", "INT64", "BOOL"], "STRING", (bytes, scale, exact) => {
    const units = decode(bytes);
    const rounded = roundUnits(units, SCALE, Number(scale), "ROUND_HALF_AWAY_FROM_ZERO");
    const limit = 10n ** BigInt(76 - Number(scale));
    if ((exact && rounded !== units) || rounded >= limit || rounded <= -limit)
      throw new Error(
        exact
          ? `BIGNUMERIC ${plain(units)} has more digits than the embedded engine stores`
          : `numeric out of range: ${plain(units)}`,
      );
    return unitsText(rounded, SCALE).slice(0, Number(scale) - SCALE);
  }),
  strict("bq_bignumeric_op", ["BYTES", "STRING", "BYTES"], "BYTES", operate),
  strict("bq_bignumeric_change", ["BYTES", "STRING"], "BYTES", change),
  strict("bq_bignumeric_round", ["BYTES", "INT64", "STRING"], "BYTES", (bytes, digits, mode) => {
    const units = decode(bytes);
    return encode(
      roundUnits(units, SCALE, Number(digits), mode.toUpperCase()),
      `BIGNUMERIC overflow: ROUND(${plain(units)}, ${digits})`,
    );
  }),
  strict("bq_bignumeric_steps", ["BYTES", "BYTES", "BYTES", "INT64"], "INT64", (from, to, step, limit) =>
    stepsBetween(decode(from), decode(to), decode(step), limit),
  ),
  strict("bq_bignumeric_step", ["BYTES", "BYTES", "INT64"], "BYTES", (from, step, count) =>
    encode(decode(from) + decode(step) * count, "BIGNUMERIC overflow: GENERATE_ARRAY"),
  ),
  lenient("bq_bignumeric_sum", ["BLOBS"], "BYTES", (items) => (items === null ? null : aggregated(items, false))),
  lenient("bq_bignumeric_avg", ["BLOBS"], "BYTES", (items) => (items === null ? null : aggregated(items, true))),
  lenient("bq_percentile_bignumeric", ["BLOBS", "BYTES"], "BYTES", (items, place) =>
    items === null || items.length === 0 || place === null ? null : percentile(items, decode(place)),
  ),
  lenient("bq_bignumeric_spread", ["BLOBS", "STRING"], "FLOAT64", (items, name) =>
    items === null || name === null ? null : spread(items, name),
  ),
];
