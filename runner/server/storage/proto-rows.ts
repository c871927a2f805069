import { Reader } from "protobufjs/minimal.js";
import { ApiError } from "../protocol/errors.js";

/** A field of a message as `google.protobuf.FieldDescriptorProto` describes it. */
interface FieldDescriptor {
  readonly name: string;
  readonly number: number;
  readonly label: string;
  readonly type: string;
  readonly typeName: string;
}

/** A message type that a client describes. */
export interface MessageDescriptor {
  readonly name: string;
  readonly field: readonly FieldDescriptor[];
  readonly nestedType?: readonly MessageDescriptor[];
  readonly enumType?: readonly EnumDescriptor[];
}

interface EnumDescriptor {
  readonly name: string;
  readonly value: readonly { readonly name: string; readonly number: number }[];
}

/** A value as it stands in a message: 64-bit numbers as bigint. */
export type ProtoValue = string | number | bigint | boolean | Uint8Array | ProtoRow | readonly ProtoValue[];
export interface ProtoRow {
  readonly [field: string]: ProtoValue;
}

/** Reads messages of a type that is known only by its description. */
export class ProtoRowReader {
  readonly #messages = new Map<string, MessageDescriptor>();
  readonly #enums = new Map<string, EnumDescriptor>();

  constructor(readonly root: MessageDescriptor) {
    this.#add(root, "");
  }

  #add(message: MessageDescriptor, prefix: string): void {
    const name = `${prefix}${message.name}`;
    this.#messages.set(name, message);
    for (const nested of message.nestedType ?? []) this.#add(nested, `${name}.`);
    for (const nested of message.enumType ?? []) this.#enums.set(`${name}.${nested.name}`, nested);
  }

  /** @throws ApiError for bytes that are no such message */
  read(bytes: Uint8Array): ProtoRow {
    try {
      return this.#message(bytes, this.root);
    } catch (cause) {
      throw new ApiError("invalid", `The row is no message of type ${this.root.name}: ${(cause as Error).message}`);
    }
  }

  #message(bytes: Uint8Array, message: MessageDescriptor): ProtoRow {
    const reader = Reader.create(bytes);
    const fields = new Map(message.field.map((field) => [field.number, field]));
    const row: Record<string, ProtoValue> = {};
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      const field = fields.get(tag >>> 3);
      if (field === undefined) {
        reader.skipType(tag & 7);
        continue;
      }
      const isPacked = (tag & 7) === 2 && !HAS_LENGTH.has(field.type);
      const values = isPacked ? this.#packed(reader, field) : [this.#value(reader, field)];
      if (field.label === "LABEL_REPEATED") row[field.name] = [...((row[field.name] as ProtoValue[]) ?? []), ...values];
      else row[field.name] = values.at(-1) as ProtoValue;
    }
    return row;
  }

  #packed(reader: Reader, field: FieldDescriptor): ProtoValue[] {
    const end = reader.uint32() + reader.pos;
    const values: ProtoValue[] = [];
    while (reader.pos < end) values.push(this.#value(reader, field));
    return values;
  }

  #value(reader: Reader, { type, typeName }: FieldDescriptor): ProtoValue {
    switch (type) {
      case "TYPE_DOUBLE":
        return reader.double();
      case "TYPE_FLOAT":
        return reader.float();
      case "TYPE_INT64":
        return big(reader.int64(), true);
      case "TYPE_SINT64":
        return big(reader.sint64(), true);
      case "TYPE_SFIXED64":
        return big(reader.sfixed64(), true);
      case "TYPE_UINT64":
        return big(reader.uint64(), false);
      case "TYPE_FIXED64":
        return big(reader.fixed64(), false);
      case "TYPE_INT32":
        return reader.int32();
      case "TYPE_SINT32":
        return reader.sint32();
      case "TYPE_SFIXED32":
        return reader.sfixed32();
      case "TYPE_UINT32":
        return reader.uint32();
      case "TYPE_FIXED32":
        return reader.fixed32();
      case "TYPE_BOOL":
        return reader.bool();
      case "TYPE_STRING":
        return reader.string();
      case "TYPE_BYTES":
        return reader.bytes();
      case "TYPE_ENUM":
        return this.#enumName(reader.int32(), typeName);
      case "TYPE_MESSAGE":
        return this.#nested(reader.bytes(), typeName);
      default:
        throw new Error(`fields of ${type} are not supported`);
    }
  }

  #enumName(number: number, typeName: string): ProtoValue {
    const found = named(this.#enums, typeName)?.value.find((value) => value.number === number);
    return found?.name ?? number;
  }

  #nested(bytes: Uint8Array, typeName: string): ProtoValue {
    const wrapped = WRAPPERS[typeName.replace(/^\./, "")];
    if (wrapped !== undefined) {
      const row = this.#message(bytes, { name: typeName, field: [{ ...VALUE, type: wrapped }] });
      return row.value ?? (wrapped === "TYPE_STRING" ? "" : wrapped === "TYPE_BYTES" ? new Uint8Array() : 0);
    }
    const message = named(this.#messages, typeName);
    if (message === undefined) throw new Error(`${typeName} is not described`);
    return this.#message(bytes, message);
  }
}

/** Fields that are written with their length: packed ones are of any other type. */
const HAS_LENGTH: ReadonlySet<string> = new Set(["TYPE_STRING", "TYPE_BYTES", "TYPE_MESSAGE"]);
const VALUE = { name: "value", number: 1, label: "LABEL_OPTIONAL", typeName: "" } as const;

/** Messages that stand for a value which may be missing. */
const WRAPPERS: Readonly<Record<string, string>> = {
  "google.protobuf.Int64Value": "TYPE_INT64",
  "google.protobuf.Int32Value": "TYPE_INT32",
  "google.protobuf.UInt64Value": "TYPE_UINT64",
  "google.protobuf.UInt32Value": "TYPE_UINT32",
  "google.protobuf.DoubleValue": "TYPE_DOUBLE",
  "google.protobuf.FloatValue": "TYPE_FLOAT",
  "google.protobuf.BoolValue": "TYPE_BOOL",
  "google.protobuf.StringValue": "TYPE_STRING",
  "google.protobuf.BytesValue": "TYPE_BYTES",
};

/** By its full name, or by the end of it: what a client sends has been cut out of a file. */
function named<T>(known: ReadonlyMap<string, T>, typeName: string): T | undefined {
  const plain = typeName.replace(/^\./, "");
  const exact = known.get(plain);
  if (exact !== undefined) return exact;
  for (const [name, value] of known) if (name.endsWith(`.${plain}`) || plain.endsWith(`.${name}`)) return value;
  return undefined;
}

function big(value: number | { readonly low: number; readonly high: number }, signed: boolean): bigint {
  if (typeof value === "number") return BigInt(value);
  const bits = (BigInt(value.high >>> 0) << 32n) | BigInt(value.low >>> 0);
  return signed ? BigInt.asIntN(64, bits) : bits;
}
