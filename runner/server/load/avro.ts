import avro from "avsc";
import { ApiError } from "../protocol/errors.js";
import { AVRO_CODECS } from "./avro-codecs.js";
import type { AvroSchema } from "./avro-schema.js";

/** Whole numbers of 64 bits stay exact. */
const LONG = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === "bigint",
  compare: (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1),
});

/** The schema of an Avro file. */
export async function avroSchema(path: string): Promise<AvroSchema> {
  const decoder = decoderOf(path);
  try {
    return await new Promise<AvroSchema>((resolve, reject) => {
      decoder.on("metadata", (_type, _codec, header: { readonly meta: Readonly<Record<string, Buffer>> }) =>
        resolve(JSON.parse(String(header.meta["avro.schema"])) as AvroSchema),
      );
      decoder.on("error", (cause: Error) => reject(unreadable(cause)));
      decoder.on("end", () => reject(unreadable(new Error("it is empty"))));
      decoder.resume();
    });
  } finally {
    decoder.destroy();
  }
}

/** The records of an Avro file. */
export async function* avroRecords(path: string): AsyncGenerator<unknown> {
  try {
    yield* decoderOf(path);
  } catch (cause) {
    throw cause instanceof ApiError ? cause : unreadable(cause as Error);
  }
}

type Unpack = (packed: Buffer, done: (cause: Error | null, block?: Buffer) => void) => void;

const CODECS: Readonly<Record<string, Unpack>> = Object.fromEntries(
  Object.entries(AVRO_CODECS).map(([name, { unpack }]): [string, Unpack] => [
    name,
    (packed, done) => {
      let block: Buffer;
      try {
        block = Buffer.from(unpack(packed));
      } catch (cause) {
        done(cause as Error);
        return;
      }
      done(null, block);
    },
  ]),
);

function decoderOf(path: string) {
  return avro.createFileDecoder(path, {
    // A value of a union says of which of its types it is.
    parseHook: (schema) =>
      avro.Type.forSchema(withPlainLongs(schema as AvroSchema) as avro.Schema, {
        registry: { long: LONG },
        wrapUnions: true,
      }),
    codecs: CODECS,
  });
}

/** The library knows a type by its name alone: a long of which something is said would be one of its own, of 53 bits. */
function withPlainLongs(schema: AvroSchema): AvroSchema {
  if (typeof schema === "string") return schema;
  if (isUnion(schema)) return schema.map(withPlainLongs);
  const { type, items, values, fields } = schema;
  if (type === "long") return type;
  return {
    ...schema,
    type: withPlainLongs(type),
    ...(items === undefined ? {} : { items: withPlainLongs(items) }),
    ...(values === undefined ? {} : { values: withPlainLongs(values) }),
    ...(fields === undefined
      ? {}
      : { fields: fields.map((field) => ({ ...field, type: withPlainLongs(field.type) })) }),
  };
}

const isUnion = (schema: AvroSchema): schema is readonly AvroSchema[] => Array.isArray(schema);

function unreadable({ message }: Error): ApiError {
  return new ApiError("invalid", `The Apache Avro library failed to read data with the following error: ${message}`);
}
