import type { SqlValue } from "../../port/port.js";
import { type COLLATED, type Column, rangeElement, type ScalarType, type SqlType } from "../../port/sql-types.js";
import { clockMicros, daysOf, epochMicros, unscaled } from "../values/scalars.js";

type AvroSchema = string | Readonly<Record<string, unknown>> | readonly AvroSchema[];

/** https://cloud.google.com/bigquery/docs/reference/storage#avro_schema_details */
const SCALARS: Readonly<Record<Exclude<ScalarType, `RANGE<${string}>` | typeof COLLATED>, AvroSchema>> = {
  INT64: "long",
  FLOAT64: "double",
  BOOL: "boolean",
  STRING: "string",
  BYTES: "bytes",
  DATE: { type: "int", logicalType: "date" },
  DATETIME: { type: "string", sqlType: "DATETIME" },
  TIME: { type: "long", logicalType: "time-micros" },
  TIMESTAMP: { type: "long", logicalType: "timestamp-micros" },
  NUMERIC: { type: "bytes", logicalType: "decimal", precision: 38, scale: 9 },
  BIGNUMERIC: { type: "bytes", logicalType: "decimal", precision: 77, scale: 38 },
  INTERVAL: { type: "string", sqlType: "INTERVAL" },
  JSON: { type: "string", sqlType: "JSON" },
  GEOGRAPHY: { type: "string", sqlType: "GEOGRAPHY" },
};

/** Rows as the Storage API sends them in Avro: a schema, and rows one behind the other. */
export class AvroEncoder {
  readonly #columns: readonly Column[];
  /** The schema as JSON. */
  readonly schema: string;

  constructor(columns: readonly Column[]) {
    this.#columns = columns;
    this.schema = JSON.stringify(recordOf("__root__", columns, new Names()));
  }

  rows(rows: readonly (readonly SqlValue[])[]): Uint8Array {
    const out = new AvroWriter();
    for (const row of rows) for (const [i, { type }] of this.#columns.entries()) writeField(out, row[i] ?? null, type);
    return out.bytes();
  }
}

/** Names of records, each used once. */
class Names {
  #next = 0;

  next(): string {
    this.#next += 1;
    return `__s_${this.#next - 1}`;
  }
}

function recordOf(
  name: string,
  fields: readonly { readonly name: string | undefined; readonly type: SqlType }[],
  names: Names,
): AvroSchema {
  return {
    type: "record",
    name,
    fields: fields.map((field, i) => ({ name: field.name ?? `_field_${i + 1}`, type: schemaOf(field.type, names) })),
  };
}

function schemaOf(type: SqlType, names: Names): AvroSchema {
  if (typeof type === "object" && type.kind === "array")
    return { type: "array", items: plainSchema(type.element, names) };
  return ["null", plainSchema(type, names)];
}

function plainSchema(type: SqlType, names: Names): AvroSchema {
  const ranged = rangeElement(type);
  if (ranged !== undefined)
    return recordOf(
      names.next(),
      [
        { name: "start", type: ranged },
        { name: "end", type: ranged },
      ],
      names,
    );
  if (typeof type === "string") return SCALARS[type as keyof typeof SCALARS];
  if (type.kind === "array") return { type: "array", items: plainSchema(type.element, names) };
  return recordOf(names.next(), type.fields, names);
}

/** A field: an array, which is never NULL, or one of NULL and a value. */
function writeField(out: AvroWriter, value: SqlValue, type: SqlType): void {
  if (typeof type === "object" && type.kind === "array") {
    writeArray(out, (value ?? []) as readonly SqlValue[], type.element);
    return;
  }
  out.long(value === null ? 0n : 1n);
  if (value !== null) writeValue(out, value, type);
}

function writeArray(out: AvroWriter, items: readonly SqlValue[], element: SqlType): void {
  if (items.length > 0) out.long(BigInt(items.length));
  for (const item of items) writeValue(out, item, element);
  out.long(0n);
}

function writeValue(out: AvroWriter, value: SqlValue, type: SqlType): void {
  const ranged = rangeElement(type);
  if (ranged !== undefined) {
    const ends = String(value).slice(1, -1).split(", ");
    for (const end of ends) writeField(out, end === "UNBOUNDED" ? null : end, ranged);
    return;
  }
  if (typeof type === "object") {
    if (type.kind === "array") throw new Error("arrays of arrays do not occur");
    const values = Object.values((value ?? {}) as Record<string, SqlValue>);
    for (const [i, field] of type.fields.entries()) writeField(out, values[i] ?? null, field.type);
    return;
  }
  SCALAR_WRITERS[type as keyof typeof SCALARS](out, value);
}

type ScalarWriter = (out: AvroWriter, value: SqlValue) => void;

const asText: ScalarWriter = (out, value) => out.block(Buffer.from(String(value), "utf8"));

const SCALAR_WRITERS: Readonly<Record<keyof typeof SCALARS, ScalarWriter>> = {
  INT64: (out, value) => out.long(BigInt(value as bigint)),
  FLOAT64: (out, value) => out.double(Number(value)),
  BOOL: (out, value) => out.bool(value === true),
  BYTES: (out, value) => out.block(Buffer.from(String(value), "base64")),
  DATE: (out, value) => out.long(BigInt(daysOf(String(value)))),
  TIME: (out, value) => out.long(clockMicros(String(value))),
  TIMESTAMP: (out, value) => out.long(epochMicros(String(value))),
  NUMERIC: (out, value) => out.block(bigEndian(unscaled(String(value), 9))),
  BIGNUMERIC: (out, value) => out.block(bigEndian(unscaled(String(value), 38))),
  STRING: asText,
  DATETIME: asText,
  INTERVAL: asText,
  JSON: asText,
  GEOGRAPHY: asText,
};

/** The shortest two's complement with the highest byte first. */
function bigEndian(value: bigint): Buffer {
  let size = 1;
  while (BigInt.asIntN(size * 8, value) !== value) size += 1;
  return Buffer.from(
    BigInt.asUintN(size * 8, value)
      .toString(16)
      .padStart(size * 2, "0"),
    "hex",
  );
}

/** Avro's binary encoding. https://avro.apache.org/docs/1.12.0/specification/#binary-encoding */
class AvroWriter {
  readonly #parts: Uint8Array[] = [];

  /** Of an `int` too. */
  long(value: bigint): void {
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
    const bytes: number[] = [];
    for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    bytes.push(Number(rest));
    this.#parts.push(Uint8Array.from(bytes));
  }

  double(value: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    this.#parts.push(bytes);
  }

  bool(value: boolean): void {
    this.#parts.push(Uint8Array.of(value ? 1 : 0));
  }

  /** Bytes, or the bytes of a text. */
  block(bytes: Uint8Array): void {
    this.long(BigInt(bytes.length));
    this.#parts.push(bytes);
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}
