import { type Data, makeData } from "apache-arrow";
import type { SqlValue } from "../../port/port.js";
import { rangeElement, type SqlType } from "../../port/sql-types.js";
import { clockMicros, daysOf, epochMicros, intervalParts, unscaled } from "../values/scalars.js";
import { arrowType } from "./arrow-types.js";

type Values = readonly SqlValue[];

/** The values of one column. A NULL array is an empty one, as in BigQuery. */
export function arrowColumn(values: Values, type: SqlType): Data {
  const ranged = rangeElement(type);
  if (ranged !== undefined) return rangeColumn(values, type, ranged);
  if (typeof type === "object") return type.kind === "array" ? listColumn(values, type) : structColumn(values, type);
  const head = { type: arrowType(type), length: values.length, ...validity(values) };
  switch (type) {
    case "INT64":
      return built({ ...head, data: BigInt64Array.from(values, (value) => BigInt((value ?? 0) as bigint)) });
    case "FLOAT64":
      return built({ ...head, data: Float64Array.from(values, (value) => Number(value ?? 0)) });
    case "BOOL":
      return built({ ...head, data: bits(values.map((value) => value === true)) });
    case "DATE":
      return built({ ...head, data: Int32Array.from(values, (value) => (value === null ? 0 : daysOf(String(value)))) });
    case "DATETIME":
    case "TIMESTAMP":
      return built({ ...head, data: micros(values, epochMicros) });
    case "TIME":
      return built({ ...head, data: micros(values, clockMicros) });
    case "NUMERIC":
      return built({
        ...head,
        data: words(
          values.map((value) => unscaled(String(value ?? 0), 9)),
          4,
        ),
      });
    case "BIGNUMERIC":
      return built({
        ...head,
        data: words(
          values.map((value) => unscaled(String(value ?? 0), 38)),
          8,
        ),
      });
    case "INTERVAL":
      return built({ ...head, data: intervals(values) });
    case "BYTES":
      return textColumn(values, head, (value) => Buffer.from(String(value), "base64"));
    default:
      return textColumn(values, head, (value) => Buffer.from(String(value), "utf8"));
  }
}

/** What the library builds of parts whose type is known only here. */
function built(parts: object): Data {
  return makeData(parts as never);
}

/** A bit for each value that is there. */
function validity(values: Values): { readonly nullCount: number; readonly nullBitmap: Uint8Array } {
  const present = values.map((value) => value !== null);
  return { nullCount: present.filter((there) => !there).length, nullBitmap: bits(present) };
}

function bits(flags: readonly boolean[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(flags.length / 8));
  for (const [i, flag] of flags.entries()) if (flag) bytes[i >> 3] = (bytes[i >> 3] as number) | (1 << (i & 7));
  return bytes;
}

function micros(values: Values, of: (text: string) => bigint): BigInt64Array {
  return BigInt64Array.from(values, (value) => (value === null ? 0n : of(String(value))));
}

/** Integers of `width` words of 32 bits, the lowest first, in two's complement. */
function words(values: readonly bigint[], width: number): Uint32Array {
  const out = new Uint32Array(values.length * width);
  for (const [i, value] of values.entries()) {
    let rest = BigInt.asUintN(width * 32, value);
    for (let word = 0; word < width; word += 1, rest >>= 32n) out[i * width + word] = Number(rest & 0xffffffffn);
  }
  return out;
}

function intervals(values: Values): Int32Array {
  const out = new Int32Array(values.length * 4);
  const view = new DataView(out.buffer);
  for (const [i, value] of values.entries()) {
    if (value === null) continue;
    const { months, days, nanos } = intervalParts(String(value));
    view.setInt32(i * 16, months, true);
    view.setInt32(i * 16 + 4, days, true);
    view.setBigInt64(i * 16 + 8, nanos, true);
  }
  return out;
}

function textColumn(values: Values, head: object, bytesOf: (value: SqlValue) => Uint8Array): Data {
  const parts = values.map((value) => (value === null ? new Uint8Array() : bytesOf(value)));
  const data = Buffer.concat(parts);
  return built({ ...head, valueOffsets: offsets(parts), data });
}

function offsets(parts: readonly { readonly length: number }[]): Int32Array {
  const out = new Int32Array(parts.length + 1);
  for (const [i, { length }] of parts.entries()) out[i + 1] = (out[i] as number) + length;
  return out;
}

function listColumn(values: Values, type: Extract<SqlType, { kind: "array" }>): Data {
  const lists = values.map((value) => (value ?? []) as Values);
  const child = arrowColumn(lists.flat(), type.element);
  const head = { type: arrowType(type), length: values.length, nullCount: 0 };
  return built({ ...head, valueOffsets: offsets(lists), child });
}

function structColumn(values: Values, type: Extract<SqlType, { kind: "struct" }>): Data {
  const structs = values.map((value) =>
    value === null ? undefined : Object.values(value as Record<string, SqlValue>),
  );
  const children = type.fields.map((field, i) =>
    arrowColumn(
      structs.map((fields) => fields?.[i] ?? null),
      field.type,
    ),
  );
  return built({ type: arrowType(type), length: values.length, ...validity(values), children });
}

/** A range as its two ends; one without bound is NULL. */
function rangeColumn(values: Values, type: SqlType, element: SqlType): Data {
  const ends = values.map((value) => (value === null ? undefined : String(value).slice(1, -1).split(", ")));
  const children = [0, 1].map((i) =>
    arrowColumn(
      ends.map((both) => (both === undefined || both[i] === "UNBOUNDED" ? null : (both[i] ?? null))),
      element,
    ),
  );
  return built({ type: arrowType(type), length: values.length, ...validity(values), children });
}
