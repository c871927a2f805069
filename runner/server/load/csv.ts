import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { parse } from "csv-parse";
import { ApiError } from "../protocol/errors.js";
import type { LoadConfiguration } from "../requests/configuration.js";

/** One line of a CSV file, its texts, and where it stands. */
export interface CsvLine {
  /** 1-based. */
  readonly line: number;
  /** Undefined: NULL. */
  readonly values: readonly (string | undefined)[];
}

/** The lines of a CSV file as a load job describes it. */
export async function* csvLines(path: string, load: LoadConfiguration): AsyncGenerator<CsvLine> {
  const encoding = (load.encoding ?? "UTF-8").toUpperCase();
  if (encoding !== "UTF-8" && encoding !== "UTF8" && encoding !== "ISO-8859-1")
    throw new ApiError("invalid", `Encoding ${encoding} is not supported by the embedded engine`);
  const quote = load.quote ?? '"';
  const nullMarker = load.nullMarker ?? "";
  const parser = openText(path).pipe(
    parse({
      bom: true,
      delimiter: delimiterOf(load.fieldDelimiter),
      quote: quote === "" ? null : quote,
      escape: quote === "" ? null : quote,
      encoding: encoding === "ISO-8859-1" ? "latin1" : "utf8",
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      record_delimiter: ["\r\n", "\n", "\r"],
      // Quoted, an empty text is one; bare, it is NULL.
      cast: (value, { quoting }) => (!quoting && value === nullMarker ? undefined : value),
    }),
  );
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      readonly record: (string | undefined)[];
      readonly info: { readonly lines: number };
    }>)
      yield { line: info.lines, values: record };
  } catch (cause) {
    throw new ApiError("invalid", `Error while reading data, error message: ${(cause as Error).message}`);
  }
}

function delimiterOf(given: string | null | undefined): string {
  if (given === null || given === undefined || given === "") return ",";
  return given === "\\t" || given.toLowerCase() === "tab" ? "\t" : given;
}

/** A file as it stands, or unpacked where it is compressed with gzip. */
export function openText(path: string): Readable {
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
