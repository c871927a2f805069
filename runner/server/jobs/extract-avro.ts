import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { JobRows } from "../../port/sql-jobs.js";
import { AVRO_CODECS } from "../load/avro-codecs.js";
import { ApiError } from "../protocol/errors.js";
import { AvroEncoder, type AvroTimes, AvroWriter, FILE_NAMES } from "../values/avro-rows.js";

const ROWS_AT_ONCE = 5000;

/** How rows are written as Avro. */
export interface AvroFileForm {
  /** `NONE`, `DEFLATE` or `SNAPPY`. */
  readonly compression: string;
  readonly times: AvroTimes;
  readonly required?: ReadonlySet<string>;
}

/**
 * Writes an object container file. https://avro.apache.org/docs/1.12.0/specification/#object-container-files
 * @throws ApiError for a compression that such files do not have
 */
export async function writeAvro(path: string, rows: JobRows, form: AvroFileForm): Promise<void> {
  const name = form.compression === "NONE" ? "null" : form.compression.toLowerCase();
  const pack = AVRO_CODECS[name]?.pack;
  if (pack === undefined) throw new ApiError("invalid", `Compression ${form.compression} of AVRO is not supported`);
  await pipeline(Readable.from(blocks(rows, form, name, pack)), createWriteStream(path));
}

function* blocks(
  rows: JobRows,
  { times, required }: AvroFileForm,
  codec: string,
  pack: (block: Uint8Array) => Uint8Array,
): Generator<Uint8Array> {
  const encoder = new AvroEncoder(rows.columns, { names: FILE_NAMES, times, required });
  const sync = randomBytes(16);
  yield header(encoder.schema, codec);
  yield sync;
  for (let start = 0; start < rows.count; start += ROWS_AT_ONCE) {
    const some = rows.read(start, ROWS_AT_ONCE);
    const block = new AvroWriter();
    block.long(BigInt(some.length));
    block.block(pack(encoder.rows(some)));
    yield block.bytes();
    yield sync;
  }
}

function header(schema: string, codec: string): Uint8Array {
  const out = new AvroWriter();
  out.long(2n);
  for (const text of ["avro.codec", codec, "avro.schema", schema]) out.block(Buffer.from(text));
  out.long(0n);
  return Buffer.concat([Buffer.from("Obj\x01", "latin1"), out.bytes()]);
}
