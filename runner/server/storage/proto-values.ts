import type { Column, SqlType } from "../../port/sql-types.js";
import { clockText, dateText, dateTimeText } from "../values/scalars.js";
import type { ProtoRow, ProtoValue } from "./proto-rows.js";

/**
 * A message as the row of JSON that streams of the older API send: the same rules decide whether it fits.
 * https://cloud.google.com/bigquery/docs/supported-data-types
 */
export function jsonOfProto(row: ProtoRow, columns: readonly Column[]): Record<string, unknown> {
  return jsonFields(row, columns);
}

function jsonFields(row: ProtoRow, fields: readonly { readonly name: string | undefined; readonly type: SqlType }[]) {
  const types = new Map(fields.map(({ name, type }) => [name?.toLowerCase(), type]));
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      const type = types.get(name.toLowerCase());
      return [name, type === undefined ? null : jsonValue(value, type)];
    }),
  );
}

function jsonValue(value: ProtoValue, type: SqlType): unknown {
  if (typeof type === "object" && type.kind === "array")
    return Array.isArray(value) ? value.map((item: ProtoValue) => jsonValue(item, type.element)) : value;
  if (typeof type === "object") return isRow(value) ? jsonFields(value, type.fields) : value;
  if (value instanceof Uint8Array) return bytesValue(value, type);
  if (typeof value === "number" || typeof value === "bigint") return numberValue(value, type);
  return value;
}

function isRow(value: ProtoValue): value is ProtoRow {
  return typeof value === "object" && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function bytesValue(value: Uint8Array, type: SqlType): string {
  if (type === "NUMERIC") return decimalText(value, 9);
  if (type === "BIGNUMERIC") return decimalText(value, 38);
  return Buffer.from(value).toString("base64");
}

function numberValue(value: number | bigint, type: SqlType): unknown {
  switch (type) {
    case "DATE":
      return dateText(Number(value));
    case "TIMESTAMP":
      return `${dateTimeText(BigInt(value))}+00`;
    case "DATETIME":
      return civilText(BigInt(value));
    case "TIME":
      return clockText(civilClock(BigInt(value)));
    default:
      return typeof value === "bigint" ? String(value) : value;
  }
}

/** Units of 10^-scale in two's complement with the lowest byte first. */
function decimalText(bytes: Uint8Array, scale: number): string {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i -= 1) value = (value << 8n) | BigInt(bytes[i] as number);
  value = BigInt.asIntN(bytes.length * 8, value);
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Fields of a civil time in one number: year, month, day, hour, minute, second, microsecond, the last in the lowest 20 bits. */
function civilText(packed: bigint): string {
  const part = (shift: bigint, bits: bigint): string =>
    String((packed >> shift) & ((1n << bits) - 1n)).padStart(2, "0");
  return `${part(46n, 14n).padStart(4, "0")}-${part(42n, 4n)}-${part(37n, 5n)} ${clockText(civilClock(packed))}`;
}

function civilClock(packed: bigint): bigint {
  const part = (shift: bigint, bits: bigint): bigint => (packed >> shift) & ((1n << bits) - 1n);
  return ((part(32n, 5n) * 60n + part(26n, 6n)) * 60n + part(20n, 6n)) * 1_000_000n + part(0n, 20n);
}
