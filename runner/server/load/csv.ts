import { ApiError } from "../protocol/errors.js";
import type { LoadConfiguration } from "../requests/configuration.js";
import { CsvSplitter, type CsvValue } from "./csv-records.js";
import { textEncoding, textPieces } from "./text-source.js";

/** One line of a CSV file, its texts, and where it stands. */
export interface CsvLine {
  /** 1-based. */
  readonly line: number;
  /** How many bytes of the file stand before it. */
  readonly position: number;
  /** Undefined: NULL. */
  readonly values: readonly (string | undefined)[];
  /** Why it cannot be read, in the service's words. */
  readonly problem?: string;
}

/**
 * The lines of a CSV file as a load job describes it.
 * @throws ApiError for an encoding that there is not, and for options that exclude each other
 */
export async function* csvLines(path: string, load: LoadConfiguration): AsyncGenerator<CsvLine> {
  const encoding = textEncoding(load.encoding);
  const nulls = nullMarkersOf(load);
  const keepsControls = load.preserveAsciiControlCharacters === true;
  const splitter = new CsvSplitter({
    delimiter: delimiterOf(load.fieldDelimiter),
    quote: load.quote ?? '"',
    allowsQuotedNewlines: load.allowQuotedNewlines === true,
    bytesOf: encoding.bytesOf,
  });
  // Quoted, an empty text is one; bare, it is NULL.
  const textOf = ({ text, isQuoted }: CsvValue) => (!isQuoted && nulls.has(text) ? undefined : text);
  const linesOf = function* (piece: string, isLast: boolean): Generator<CsvLine> {
    for (const { values, ...record } of splitter.records(piece, isLast)) {
      const isBroken = !keepsControls && values.some(({ text }) => text.includes("\0"));
      const problem = isBroken ? { problem: "Bad character (ASCII 0) encountered." } : {};
      yield { ...record, values: values.map(textOf), ...problem };
    }
  };
  for await (const piece of textPieces(path, encoding)) yield* linesOf(piece, false);
  yield* linesOf("", true);
}

function nullMarkersOf({ nullMarker, nullMarkers }: LoadConfiguration): ReadonlySet<string> {
  if (!nullMarkers || nullMarkers.length === 0) return new Set([nullMarker ?? ""]);
  if (typeof nullMarker === "string")
    throw new ApiError("invalid", "nullMarker and nullMarkers cannot be set at the same time");
  return new Set(nullMarkers);
}

function delimiterOf(given: string | null | undefined): string {
  if (given === null || given === undefined || given === "") return ",";
  return given === "\\t" || given.toLowerCase() === "tab" ? "\t" : given;
}
