import { signature } from "../functions/signature.js";
import { isPlain } from "../print/bind.js";
import type { Typed } from "../types/typed.js";

interface Operation {
  readonly signature: ReturnType<typeof signature>;
  readonly sql: (a: string, b: string, divisor: Typed) => string;
}

const op = (text: string, sql: Operation["sql"]): Operation => ({ signature: signature(text), sql });
const infix =
  (symbol: string): Operation["sql"] =>
  (a, b) =>
    `(${a} ${symbol} ${b})`;

const big = (symbol: string): Operation =>
  op("(BIGNUMERIC, BIGNUMERIC) -> BIGNUMERIC", (a, b) => `bq_bignumeric_op(${a}, '${symbol}', ${b})`);
const onBytes = (symbol: string): Operation =>
  op("(BYTES, BYTES) -> BYTES", (a, b) => `bq_combine_bytes(${a}, ${b}, '${symbol}')`);

function numericProduct(a: string, b: string): string {
  return isPlain(a) && isPlain(b) ? `bq.numeric_mul_plain(${a}, ${b})` : `bq.numeric_mul(${a}, ${b})`;
}

/** A division by a literal that is not less than 1 needs no check: it can neither be by zero nor leave the range. */
function isSafeDivisor({ literal }: Typed): boolean {
  if (literal?.kind === "integer") return literal.value !== 0n;
  return literal?.kind === "float" && Math.abs(Number(literal.text)) >= 1;
}

/** What each arithmetic operator does, by the types of its operands. */
export const ARITHMETIC: Readonly<Record<string, readonly Operation[]>> = {
  "+": [
    op("(INT64, INT64) -> INT64", infix("+")),
    op("(FLOAT64, FLOAT64) -> FLOAT64", infix("+")),
    op("(NUMERIC, NUMERIC) -> NUMERIC", infix("+")),
    op("(DATE, INT64) -> DATE", (a, b) => `bq.date_add_day(${a}, ${b})`),
    op("(INT64, DATE) -> DATE", (a, b) => `bq.date_add_day(${b}, ${a})`),
    op("(INTERVAL, INTERVAL) -> INTERVAL", (a, b) => `bq.interval_add(${a}, ${b})`),
    ...(["DATE", "DATETIME", "TIMESTAMP"] as const).flatMap((type) => {
      const result = type === "DATE" ? "DATETIME" : type;
      const macro = `bq.${type.toLowerCase()}_add_interval`;
      return [
        op(`(${type}, INTERVAL) -> ${result}`, (a, b) => `${macro}(${a}, ${b})`),
        op(`(INTERVAL, ${type}) -> ${result}`, (a, b) => `${macro}(${b}, ${a})`),
      ];
    }),
    big("+"),
  ],
  "-": [
    op("(INT64, INT64) -> INT64", infix("-")),
    op("(FLOAT64, FLOAT64) -> FLOAT64", infix("-")),
    op("(NUMERIC, NUMERIC) -> NUMERIC", infix("-")),
    op("(DATE, INT64) -> DATE", (a, b) => `bq.date_add_day(${a}, -(${b}))`),
    op("(INTERVAL, INTERVAL) -> INTERVAL", (a, b) => `bq.interval_subtract(${a}, ${b})`),
    ...(["DATE", "DATETIME", "TIMESTAMP"] as const).map((type) =>
      op(
        `(${type}, INTERVAL) -> ${type === "DATE" ? "DATETIME" : type}`,
        (a, b) => `bq.${type.toLowerCase()}_add_interval(${a}, bq.interval_negate(${b}))`,
      ),
    ),
    op("(DATE, DATE) -> INTERVAL", (a, b) => `bq.interval_of(0, ${a} - ${b}, 0)`),
    op("(DATETIME, DATETIME) -> INTERVAL", (a, b) => `bq.interval_of(0, 0, epoch_us(${a}) - epoch_us(${b}))`),
    op("(TIMESTAMP, TIMESTAMP) -> INTERVAL", (a, b) => `bq.interval_of(0, 0, epoch_us(${a}) - epoch_us(${b}))`),
    op("(TIME, TIME) -> INTERVAL", (a, b) => `bq.interval_of(0, 0, bq.time_micros(${a}) - bq.time_micros(${b}))`),
    big("-"),
  ],
  "*": [
    op("(INT64, INT64) -> INT64", infix("*")),
    op("(FLOAT64, FLOAT64) -> FLOAT64", infix("*")),
    op("(NUMERIC, NUMERIC) -> NUMERIC", numericProduct),
    op("(INTERVAL, INT64) -> INTERVAL", (a, b) => `bq.interval_multiply(${a}, ${b})`),
    op("(INT64, INTERVAL) -> INTERVAL", (a, b) => `bq.interval_multiply(${b}, ${a})`),
    big("*"),
  ],
  "/": [
    op("(FLOAT64, FLOAT64) -> FLOAT64", (a, b, divisor) =>
      isSafeDivisor(divisor) ? `(${a} / ${b})` : `bq.float64_divide(${a}, ${b})`,
    ),
    op("(NUMERIC, NUMERIC) -> NUMERIC", (a, b) => `bq.numeric_div(${a}, ${b})`),
    op("(INTERVAL, INT64) -> INTERVAL", (a, b) => `bq.interval_divide(${a}, ${b})`),
    big("/"),
  ],
  "&": [op("(INT64, INT64) -> INT64", infix("&")), onBytes("&")],
  "|": [op("(INT64, INT64) -> INT64", infix("|")), onBytes("|")],
  "^": [op("(INT64, INT64) -> INT64", (a, b) => `xor(${a}, ${b})`), onBytes("^")],
  "<<": [
    op("(INT64, INT64) -> INT64", (a, b) => `bq_shift_left(${a}, ${b})`),
    op("(BYTES, INT64) -> BYTES", (a, b) => `bq_shift_bytes_left(${a}, ${b})`),
  ],
  ">>": [
    op("(INT64, INT64) -> INT64", (a, b) => `bq_shift_right(${a}, ${b})`),
    op("(BYTES, INT64) -> BYTES", (a, b) => `bq_shift_bytes_right(${a}, ${b})`),
  ],
};
