import { ApiError } from "../protocol/errors.js";
import { declaredText, type FieldSchema, typeOfField } from "../protocol/schema.js";

/** The type of a field that is no record, or of the elements of one that is repeated, with its parameters: `STRING(3)`. */
export function parameterText({ name, type, maxLength, precision, scale, rangeElementType }: FieldSchema): string {
  return declaredText({ name, type, maxLength, precision, scale, rangeElementType });
}

/**
 * Whether a field with other parameters holds all that it has held.
 * @throws ApiError for parameters that its type cannot have
 */
export function isWiderField(before: FieldSchema, after: FieldSchema): boolean {
  const limit = digitsOf(after);
  if (limit === undefined) return true;
  const had = digitsOf(before);
  return had !== undefined && limit.whole >= had.whole && limit.fraction >= had.fraction;
}

interface Digits {
  /** Digits before the point, or characters. */
  readonly whole: number;
  readonly fraction: number;
}

/** Most digits before and behind the point. https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#parameterized_decimal_type */
const DECIMALS: Readonly<Record<string, Digits>> = {
  NUMERIC: { whole: 29, fraction: 9 },
  BIGNUMERIC: { whole: 38, fraction: 38 },
};

/** What the parameters of a field leave room for; undefined: it has none. */
function digitsOf(field: FieldSchema): Digits | undefined {
  const { name, maxLength, precision, scale = "0" } = field;
  const type = String(typeOfField({ ...field, mode: "NULLABLE" }));
  const most = DECIMALS[type];
  const isText = type === "STRING" || type === "BYTES";
  const isWrong = (isText ? precision : maxLength) !== undefined || (!isText && !most && precision !== undefined);
  const digits = isText ? { whole: Number(maxLength), fraction: 0 } : decimalDigits(Number(precision), Number(scale));
  if (maxLength === undefined && precision === undefined) return undefined;
  const isTooMuch = most !== undefined && (digits.whole > most.whole || digits.fraction > most.fraction);
  if (isWrong || isTooMuch || digits.whole < 0 || digits.whole + digits.fraction < 1)
    throw new ApiError("invalid", `Invalid type parameters of field ${name}: ${parameterText(field)}`);
  return digits;
}

const decimalDigits = (precision: number, scale: number): Digits => ({ whole: precision - scale, fraction: scale });
