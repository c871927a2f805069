import { ApiError } from "../protocol/errors.js";
import type { FieldSchema } from "../protocol/schema.js";
import { clockText, dateText, dateTimeText } from "../values/scalars.js";

/** A schema of Avro as it stands in a file. */
export type AvroSchema = string | readonly AvroSchema[] | AvroObject;
interface AvroObject {
  readonly type: AvroSchema;
  readonly name?: string;
  readonly namespace?: string;
  readonly fields?: readonly { readonly name: string; readonly type: AvroSchema }[];
  readonly items?: AvroSchema;
  readonly values?: AvroSchema;
  readonly logicalType?: string;
  readonly sqlType?: string;
  readonly precision?: number;
  readonly scale?: number;
}

export interface AvroOptions {
  /** Dates, times and decimals are what they are, not the numbers and bytes that stand for them. */
  readonly useLogicalTypes: boolean;
  /** The types that decimals may become, the first one that is wide enough. */
  readonly decimalTypes: readonly string[];
}

/** What becomes of a value: a field of a table, and the value as a row of JSON has it. */
interface Reading {
  readonly field: Omit<FieldSchema, "name">;
  readonly read: (value: unknown) => unknown;
}

export interface AvroReading {
  readonly fields: readonly FieldSchema[];
  readonly read: (record: unknown) => Readonly<Record<string, unknown>>;
}

/**
 * How the records of a file become rows. https://cloud.google.com/bigquery/docs/loading-data-cloud-storage-avro#avro_conversions
 * @throws ApiError for a schema whose records are no rows
 */
export function avroReading(schema: AvroSchema, options: AvroOptions): AvroReading {
  const { field, read } = new SchemaReader(options).read(schema, "");
  if (field.fields === undefined || field.mode === "REPEATED")
    throw refused("The schema of an Avro file must be a record");
  return { fields: field.fields, read: read as AvroReading["read"] };
}

const refused = (message: string): ApiError =>
  new ApiError("invalid", `Error while reading data, error message: ${message}`);

const text = (value: unknown): string => String(value);
const base64 = (value: unknown): string => Buffer.from(value as Uint8Array).toString("base64");
const same = (value: unknown): unknown => value;

const PRIMITIVES: Readonly<Record<string, Reading>> = {
  boolean: { field: { type: "BOOLEAN" }, read: same },
  int: { field: { type: "INTEGER" }, read: text },
  long: { field: { type: "INTEGER" }, read: text },
  // JSON has no NaN and infinities: texts do.
  float: { field: { type: "FLOAT" }, read: text },
  double: { field: { type: "FLOAT" }, read: text },
  bytes: { field: { type: "BYTES" }, read: base64 },
  string: { field: { type: "STRING" }, read: same },
};

const micros = (value: unknown, unit: bigint): bigint => BigInt(value as bigint | number) * unit;
const timestamp = (unit: bigint): Reading => ({
  field: { type: "TIMESTAMP" },
  read: (value) => `${dateTimeText(micros(value, unit))}+00`,
});
const datetime = (unit: bigint): Reading => ({
  field: { type: "DATETIME" },
  read: (value) => dateTimeText(micros(value, unit)),
});
const time = (unit: bigint): Reading => ({ field: { type: "TIME" }, read: (value) => clockText(micros(value, unit)) });

/** By the type that carries them. */
const LOGICAL: Readonly<Record<string, Reading>> = {
  "int date": { field: { type: "DATE" }, read: (value) => dateText(Number(value)) },
  "int time-millis": time(1000n),
  "long time-micros": time(1n),
  "long timestamp-millis": timestamp(1000n),
  "long timestamp-micros": timestamp(1n),
  "long local-timestamp-millis": datetime(1000n),
  "long local-timestamp-micros": datetime(1n),
  "string datetime": { field: { type: "DATETIME" }, read: same },
};

/** Texts that are told to be of a type, as exports of the service tell it. */
const SQL_TYPES: ReadonlySet<string | undefined> = new Set(["JSON", "GEOGRAPHY", "DATETIME"]);

class SchemaReader {
  readonly #options: AvroOptions;
  readonly #named = new Map<string, Reading>();

  constructor(options: AvroOptions) {
    this.#options = options;
  }

  read(schema: AvroSchema, namespace: string): Reading {
    if (typeof schema === "string") {
      const known = PRIMITIVES[schema] ?? this.#named.get(schema) ?? this.#named.get(`${namespace}.${schema}`);
      if (known === undefined) throw refused(`Avro type ${schema} has no counterpart, or contains itself`);
      return required(known);
    }
    if (isUnion(schema)) return this.#union(schema, namespace);
    const { type } = schema;
    if (typeof type !== "string") return this.read(type, namespace);
    switch (type) {
      case "record":
        return this.#record(schema, namespace);
      case "array":
        return repeated(this.read(schema.items ?? "null", namespace));
      case "map":
        return mapOf(this.read(schema.values ?? "null", namespace));
      case "enum":
        return this.#name(schema, namespace, required({ field: { type: "STRING" }, read: same }));
      case "fixed":
        return this.#name(schema, namespace, required(this.#logical("bytes", schema)));
      default:
        return PRIMITIVES[type] === undefined ? this.read(type, namespace) : required(this.#logical(type, schema));
    }
  }

  #logical(carrier: string, { logicalType, sqlType, precision = 0, scale = 0 }: AvroObject): Reading {
    const plain = PRIMITIVES[carrier] as Reading;
    if (carrier === "string" && sqlType !== undefined && SQL_TYPES.has(sqlType))
      return { field: { type: sqlType }, read: same };
    if (!this.#options.useLogicalTypes || logicalType === undefined) return plain;
    if (carrier === "bytes" && logicalType === "decimal") return this.#decimal(precision, scale);
    return LOGICAL[`${carrier} ${logicalType}`] ?? plain;
  }

  #decimal(precision: number, scale: number): Reading {
    const fits: Readonly<Record<string, boolean>> = {
      NUMERIC: scale <= 9 && precision - scale <= 29,
      BIGNUMERIC: scale <= 38 && precision - scale <= 39,
      STRING: true,
    };
    const wanted = ["NUMERIC", "BIGNUMERIC", "STRING"].filter((name) => this.#options.decimalTypes.includes(name));
    // Where none is wide enough the widest is taken, and values that it cannot hold are refused.
    const type = wanted.find((name) => fits[name] === true) ?? wanted.at(-1) ?? "NUMERIC";
    return { field: { type }, read: (value) => decimalText(value as Uint8Array, scale) };
  }

  /** NULL and one type are a field that may be NULL; several types are a record with a field for each, of which one has a value. */
  #union(types: readonly AvroSchema[], namespace: string): Reading {
    const some = types.filter((type) => type !== "null");
    const [only] = some;
    if (only === undefined) throw refused("A union of no type has no counterpart");
    if (some.length > 1) return this.#variants(some, namespace, types.length > some.length);
    const { field, read } = this.read(only, namespace);
    const mode = field.mode === "REPEATED" ? {} : { mode: "NULLABLE" };
    const unwrapped = (value: unknown) => read(Object.values(value as object)[0]);
    return { field: { ...field, ...mode }, read: (value) => (value === null ? null : unwrapped(value)) };
  }

  #variants(types: readonly AvroSchema[], namespace: string, isNullable: boolean): Reading {
    const members = types.map((type) => {
      const { field, read } = this.read(type, namespace);
      const mode = field.mode === "REPEATED" ? {} : { mode: "NULLABLE" };
      return {
        name: `${nameOfType(type, namespace)}_value`,
        branch: branchOf(type, namespace),
        field: { ...field, ...mode },
        read,
      };
    });
    const byBranch = new Map(members.map((member) => [member.branch, member]));
    const fields = members.map(({ name, field }) => ({ name, ...field }));
    return {
      field: { type: "RECORD", mode: isNullable ? "NULLABLE" : "REQUIRED", fields },
      read: (value) => {
        const [branch, own] = Object.entries((value ?? {}) as object)[0] ?? [];
        const member = byBranch.get(branch ?? "");
        return member === undefined ? null : { [member.name]: member.read(own) };
      },
    };
  }

  #record(schema: AvroObject, namespace: string): Reading {
    const inner = schema.namespace ?? namespace;
    const members = (schema.fields ?? []).map(({ name, type }) => ({ name, ...this.read(type, inner) }));
    const fields = members.map(({ name, field }) => ({ name, ...field }));
    const read = (value: unknown) =>
      Object.fromEntries(
        members.map((member) => [member.name, member.read((value as Record<string, unknown>)[member.name])]),
      );
    return this.#name(schema, namespace, { field: { type: "RECORD", mode: "REQUIRED", fields }, read });
  }

  #name({ name = "", namespace: own }: AvroObject, namespace: string, reading: Reading): Reading {
    this.#named.set(name, reading);
    this.#named.set(`${own ?? namespace}.${name}`, reading);
    return reading;
  }
}

/** The name that a value of a union says its type by. */
function branchOf(schema: AvroSchema, namespace: string): string {
  if (typeof schema === "string")
    return PRIMITIVES[schema] === undefined && !schema.includes(".") && namespace !== ""
      ? `${namespace}.${schema}`
      : schema;
  if (isUnion(schema)) throw refused("A union within a union has no counterpart");
  if (typeof schema.type !== "string") return branchOf(schema.type, namespace);
  const { type, name, namespace: own = namespace } = schema;
  if (name === undefined || type === "array" || type === "map") return type;
  return name.includes(".") || own === "" ? name : `${own}.${name}`;
}

/** A type as names of fields have it: `long`, `shop_Order`, `array_string`. */
function nameOfType(schema: AvroSchema, namespace: string): string {
  if (isUnion(schema)) return `union_${schema.map((type) => nameOfType(type, namespace)).join("_")}`;
  if (typeof schema === "object" && schema.type === "array")
    return `array_${nameOfType(schema.items ?? "null", namespace)}`;
  if (typeof schema === "object" && schema.type === "map")
    return `map_${nameOfType(schema.values ?? "null", namespace)}`;
  return branchOf(schema, namespace).replaceAll(".", "_");
}

const isUnion = (schema: AvroSchema): schema is readonly AvroSchema[] => Array.isArray(schema);

function required({ field, read }: Reading): Reading {
  return { field: field.mode === undefined ? { ...field, mode: "REQUIRED" } : field, read };
}

function repeated({ field, read }: Reading): Reading {
  if (field.mode === "REPEATED") throw refused("An array of arrays has no counterpart");
  return { field: { ...field, mode: "REPEATED" }, read: (value) => (value as readonly unknown[]).map(read) };
}

function mapOf({ field, read }: Reading): Reading {
  const fields = [
    { name: "key", type: "STRING", mode: "REQUIRED" },
    { name: "value", ...field },
  ];
  return {
    field: { type: "RECORD", mode: "REPEATED", fields },
    read: (value) => Object.entries(value as object).map(([key, item]) => ({ key, value: read(item) })),
  };
}

/** Units of 10^-scale in two's complement with the highest byte first. */
function decimalText(bytes: Uint8Array, scale: number): string {
  const value = BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString("hex") || "0"}`));
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
  const point = digits.length - scale;
  return `${value < 0n ? "-" : ""}${digits.slice(0, point)}${scale === 0 ? "" : `.${digits.slice(point)}`}`;
}
