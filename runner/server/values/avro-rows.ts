import type { SqlValue } from "../../port/port.js";
import { type COLLATED, type Column, rangeElement, type ScalarType, type SqlType } from "../../port/sql-types.js";
import { clockMicros, daysOf, epochMicros, unscaled } from "./scalars.js";

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

/** A type that is a text in a file, with what the text is. */
const textOf = (type: string): AvroSchema => ({ type: "string", sqlType: type });

/** How a file tells dates and times, where it is not as the Storage API does. */
export type AvroTimes =
  /** `useAvroLogicalTypes` of an extract job, and EXPORT DATA. */
  | "logical"
  /** Texts; timestamps are what they are. */
  | "texts"
  /** Timestamps are texts, too. */
  | "all texts";

const TIMES: Readonly<Record<AvroTimes, Partial<Record<string, AvroSchema>>>> = {
  logical: { DATETIME: { type: "string", logicalType: "datetime" } },
  texts: { DATE: textOf("DATE"), TIME: textOf("TIME") },
  "all texts": { DATE: textOf("DATE"), TIME: textOf("TIME"), TIMESTAMP: textOf("TIMESTAMP") },
};

export interface AvroForm {
  /** The names of the records: of the whole row, and of those within it. */
  readonly names: AvroNames;
  readonly times?: AvroTimes | undefined;
  /** Columns that always have a value. */
  readonly required?: ReadonlySet<string> | undefined;
}

/** Names of records, each used once. */
interface AvroNames {
  readonly root: string;
  /** @param path names of the fields that lead to the record */
  inner(path: readonly string[]): Readonly<Record<string, string>>;
}

/** Names as the Storage API has them. */
export function storageNames(): AvroNames {
  let next = 0;
  return {
    root: "__root__",
    inner: () => {
      next += 1;
      return { name: `__s_${next - 1}` };
    },
  };
}

/** Names as files have them. */
export const FILE_NAMES: AvroNames = {
  root: "Root",
  inner: (path) => {
    const [first = "", ...rest] = [...path].reverse();
    const name = `${first.slice(0, 1).toUpperCase()}${first.slice(1)}`;
    return { namespace: ["root", ...rest.reverse().map((part) => part.toLowerCase())].join("."), name };
  },
};

/** Rows in Avro's binary encoding: a schema, and rows one behind the other. */
export class AvroEncoder {
  readonly #columns: readonly Column[];
  readonly #form: AvroForm;
  /** The schema as JSON. */
  readonly schema: string;

  constructor(columns: readonly Column[], form: AvroForm) {
    this.#columns = columns;
    this.#form = form;
    const { required } = form;
    const fields = columns.map(({ name, type }) => ({
      name,
      type: required?.has(name) === true ? plainSchema(type, form, [name]) : schemaOf(type, form, [name]),
    }));
    this.schema = JSON.stringify({ type: "record", name: form.names.root, fields });
  }

  rows(rows: readonly (readonly SqlValue[])[]): Uint8Array {
    const out = new AvroWriter(this.#form.times);
    for (const row of rows)
      for (const [i, { name, type }] of this.#columns.entries())
        if (this.#form.required?.has(name) === true) writeValue(out, row[i] ?? null, type);
        else writeField(out, row[i] ?? null, type);
    return out.bytes();
  }
}

function recordOf(
  fields: readonly { readonly name: string | undefined; readonly type: SqlType }[],
  form: AvroForm,
  path: readonly string[],
): AvroSchema {
  return {
    type: "record",
    ...form.names.inner(path),
    fields: fields.map((field, i) => {
      const name = field.name ?? `_field_${i + 1}`;
      return { name, type: schemaOf(field.type, form, [...path, name]) };
    }),
  };
}

function schemaOf(type: SqlType, form: AvroForm, path: readonly string[]): AvroSchema {
  if (typeof type === "object" && type.kind === "array")
    return { type: "array", items: plainSchema(type.element, form, path) };
  return ["null", plainSchema(type, form, path)];
}

function plainSchema(type: SqlType, form: AvroForm, path: readonly string[]): AvroSchema {
  const ranged = rangeElement(type);
  if (ranged !== undefined) {
    const ends = ["start", "end"].map((name) => ({ name, type: ranged }));
    return recordOf(ends, form, path);
  }
  if (typeof type === "string") {
    const own = form.times === undefined ? undefined : TIMES[form.times][type];
    return own ?? SCALARS[type as keyof typeof SCALARS];
  }
  if (type.kind === "array") return { type: "array", items: plainSchema(type.element, form, path) };
  return recordOf(type.fields, form, path);
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
    if (type.kind === "array") {
      writeArray(out, (value ?? []) as readonly SqlValue[], type.element);
      return;
    }
    const values = Object.values((value ?? {}) as Record<string, SqlValue>);
    for (const [i, field] of type.fields.entries()) writeField(out, values[i] ?? null, field.type);
    return;
  }
  if (out.writesAsText(type)) asText(out, String(value).replace(/\+00:00$/, " UTC"));
  else SCALAR_WRITERS[type as keyof typeof SCALARS](out, value);
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
export class AvroWriter {
  readonly #parts: Uint8Array[] = [];
  readonly #texts: ReadonlySet<string>;

  constructor(times?: AvroTimes) {
    this.#texts = new Set(times === undefined || times === "logical" ? [] : Object.keys(TIMES[times]));
  }

  writesAsText(type: ScalarType): boolean {
    return this.#texts.has(type);
  }

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
