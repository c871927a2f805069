import { type Data, DataType, type Decimal, type Dictionary, type TimeUnit, tableFromIPC } from "apache-arrow";
import { ApiError } from "../protocol/errors.js";
import { clockText, dateText, dateTimeText } from "../values/scalars.js";

type Row = Readonly<Record<string, unknown>>;
type ReadValue = (index: number) => unknown;

const MS_PER_DAY = 86_400_000;

/**
 * Rows that a writer sends in Arrow, as rows of JSON: the same rules decide whether they fit.
 * @param schema the message of the writer's schema
 * @param batch the message of the rows
 * @throws ApiError for bytes that are none, and for types that no column has
 */
export function rowsOfArrow(schema: Uint8Array, batch: Uint8Array): readonly Row[] {
  const rows: Row[] = [];
  for (const { data, schema: told, numRows } of batchesOf(schema, batch)) {
    const columns = told.fields.map(({ name }, i) => ({ name, read: readerOf(data.children[i] as Data) }));
    for (let index = 0; index < numRows; index += 1)
      rows.push(Object.fromEntries(columns.map(({ name, read }) => [name, read(index)])));
  }
  return rows;
}

function batchesOf(schema: Uint8Array, batch: Uint8Array) {
  try {
    return tableFromIPC(Buffer.concat([schema, batch])).batches;
  } catch (cause) {
    throw new ApiError("invalid", `arrow_rows cannot be read: ${(cause as Error).message}`);
  }
}

/** Reads values of a column, NULL where there is none. */
function readerOf(data: Data): ReadValue {
  const read = plainReader(data);
  return (index) => (data.getValid(index) ? read(index) : null);
}

function plainReader(data: Data): ReadValue {
  const { type, values, valueOffsets: offsets, children } = data;
  const at = (index: number): number => Number(offsets[index]);
  if (DataType.isNull(type)) return () => null;
  if (DataType.isInt(type)) return (index) => String(values[index]);
  if (DataType.isFloat(type) && type.precision > 0) return (index) => floatOf(Number(values[index]));
  if (DataType.isBool(type)) return (index) => ((values[index >> 3] >> (index & 7)) & 1) === 1;
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type))
    return (index) => Buffer.from(values.subarray(at(index), at(index + 1))).toString("utf8");
  if (DataType.isBinary(type) || DataType.isLargeBinary(type))
    return (index) => Buffer.from(values.subarray(at(index), at(index + 1))).toString("base64");
  if (DataType.isFixedSizeBinary(type)) {
    const width = type.byteWidth;
    return (index) => Buffer.from(values.subarray(index * width, (index + 1) * width)).toString("base64");
  }
  if (DataType.isDecimal(type)) return (index) => decimalOf(values, index, type);
  if (DataType.isDate(type)) return (index) => dateText(type.unit === 0 ? values[index] : daysOf(values, index));
  if (DataType.isTime(type)) return (index) => clockText(microsOf(BigInt(values[index]), type.unit));
  if (DataType.isTimestamp(type)) {
    const zone = type.timezone ? "+00" : "";
    return (index) => `${dateTimeText(microsOf(BigInt(values[index]), type.unit))}${zone}`;
  }
  if (DataType.isStruct(type)) {
    const fields = type.children.map(({ name }, i) => ({ name, read: readerOf(children[i] as Data) }));
    return (index) => Object.fromEntries(fields.map(({ name, read }) => [name, read(index)]));
  }
  if (DataType.isList(type) || DataType.isMap(type)) {
    const read = readerOf(children[0] as Data);
    return (index) => Array.from({ length: at(index + 1) - at(index) }, (_, i) => read(at(index) + i));
  }
  if (DataType.isDictionary(type)) return dictionaryReader(data as Data<Dictionary>);
  throw new ApiError("invalid", `arrow_rows of type ${String(type)} have no counterpart`);
}

function dictionaryReader({ values, dictionary }: Data<Dictionary>): ReadValue {
  const read = readerOf(dictionary?.data[0] as Data);
  return (index) => read(Number(values[index]));
}

/** JSON has no NaN and infinities: texts do. */
const floatOf = (value: number): unknown => (Number.isFinite(value) ? value : String(value));

/** Milliseconds stand in two parts, the lower one first, or in one number. */
function daysOf(values: ArrayLike<number | bigint>, index: number): number {
  const isWhole = typeof values[index] === "bigint";
  const [low, high] = [Number(values[index * 2] ?? 0) >>> 0, Number(values[index * 2 + 1] ?? 0)];
  return Math.floor((isWhole ? Number(values[index]) : high * 2 ** 32 + low) / MS_PER_DAY);
}

/** Nanoseconds that are no microsecond are left out. */
function microsOf(value: bigint, unit: TimeUnit): bigint {
  const perUnit = [1_000_000n, 1000n, 1n][unit];
  if (perUnit !== undefined) return value * perUnit;
  return (value - (((value % 1000n) + 1000n) % 1000n)) / 1000n;
}

/** Words of 32 bits, the lowest first, in two's complement. */
function decimalOf(words: Uint32Array, index: number, { bitWidth, scale }: Decimal): string {
  const count = bitWidth / 32;
  let unsigned = 0n;
  for (let i = count - 1; i >= 0; i -= 1) unsigned = (unsigned << 32n) | BigInt(words[index * count + i] as number);
  const value = BigInt.asIntN(bitWidth, unsigned);
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
  const point = digits.length - scale;
  return `${value < 0n ? "-" : ""}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ""}`;
}
