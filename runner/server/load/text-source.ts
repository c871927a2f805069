import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { createGunzip } from "node:zlib";
import { ApiError } from "../protocol/errors.js";

/** How a file of text is written. https://cloud.google.com/bigquery/docs/loading-data-cloud-storage-csv#encoding */
export interface TextEncoding {
  /** Bytes piece by piece, and none at the end. */
  readonly decoder: () => (bytes: Uint8Array | undefined) => string;
  readonly bytesOf: (text: string) => number;
}

/** @throws ApiError for one that the service does not have */
export function textEncoding(name: string | null | undefined): TextEncoding {
  const encoding = ENCODINGS[(name || "UTF-8").toUpperCase().replace(/^UTF(?=\d)/, "UTF-")];
  if (encoding === undefined)
    throw new ApiError("invalid", `Unsupported encoding ${name}: it is one of ${Object.keys(ENCODINGS).join(", ")}`);
  return encoding;
}

/** By a decoder of Node, which keeps the bytes of a character whose rest is still to come. */
const byNode = (name: "utf8" | "latin1") => () => {
  const decoder = new StringDecoder(name);
  return (bytes: Uint8Array | undefined) => (bytes === undefined ? decoder.end() : decoder.write(Buffer.from(bytes)));
};

const byPlatform = (name: string) => () => {
  const decoder = new TextDecoder(name, { ignoreBOM: true });
  return (bytes: Uint8Array | undefined) => decoder.decode(bytes, { stream: bytes !== undefined });
};

/** Four bytes are a character. */
const utf32 = (read: (bytes: Buffer, at: number) => number) => () => {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes: Uint8Array | undefined) => {
    const all = Buffer.concat([rest, bytes ?? Buffer.alloc(0)]);
    const whole = all.length - (all.length % 4);
    rest = all.subarray(whole);
    let text = "";
    for (let at = 0; at < whole; at += 4) {
      const point = read(all, at);
      text += point > 0x10ffff ? "\ufffd" : String.fromCodePoint(point);
    }
    return text;
  };
};

const twice = (text: string): number => 2 * text.length;
const fourTimes = (text: string): number => 4 * [...text].length;

const ENCODINGS: Readonly<Record<string, TextEncoding>> = {
  "UTF-8": { decoder: byNode("utf8"), bytesOf: (text) => Buffer.byteLength(text) },
  "ISO-8859-1": { decoder: byNode("latin1"), bytesOf: (text) => text.length },
  "UTF-16LE": { decoder: byPlatform("utf-16le"), bytesOf: twice },
  "UTF-16BE": { decoder: byPlatform("utf-16be"), bytesOf: twice },
  "UTF-32LE": { decoder: utf32((bytes, at) => bytes.readUInt32LE(at)), bytesOf: fourTimes },
  "UTF-32BE": { decoder: utf32((bytes, at) => bytes.readUInt32BE(at)), bytesOf: fourTimes },
};

/**
 * The text of a file piece by piece, unpacked where it is compressed with gzip, without a byte order mark.
 * @throws ApiError for one that is damaged
 */
export async function* textPieces(path: string, encoding: TextEncoding): AsyncGenerator<string> {
  const decode = encoding.decoder();
  let isFirst = true;
  const piece = (bytes: Uint8Array | undefined): string => {
    const text = decode(bytes);
    if (!isFirst || text === "") return text;
    isFirst = false;
    return text.startsWith("\ufeff") ? text.slice(1) : text;
  };
  try {
    for await (const bytes of openBytes(path) as AsyncIterable<Uint8Array>) yield piece(bytes);
  } catch (cause) {
    throw cause instanceof ApiError
      ? cause
      : new ApiError("invalid", `Error while reading data, error message: ${(cause as Error).message}`);
  }
  yield piece(undefined);
}

function openBytes(path: string): Readable {
  const file = createReadStream(path);
  return isPacked(path) ? file.pipe(createGunzip().on("error", () => file.destroy())) : file;
}

/** Whether a file begins as those of gzip do; uploads have no name that would tell. */
function isPacked(path: string): boolean {
  const descriptor = openSync(path, "r");
  try {
    const head = Buffer.alloc(2);
    return readSync(descriptor, head, 0, 2, 0) === 2 && head.readUInt16BE() === GZIP_MAGIC;
  } finally {
    closeSync(descriptor);
  }
}

const GZIP_MAGIC = 0x1f8b;
