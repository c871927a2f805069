import type { LoadConfiguration } from "../requests/configuration.js";
import { parseExactJson } from "../values/exact-json.js";
import { jsonProblem } from "./json-problem.js";
import { textEncoding, textPieces } from "./text-source.js";

/** One line of a file of JSON lines, and where it stands. */
export type JsonLine = ReadLine & {
  /** 1-based. */
  readonly line: number;
  /** How many bytes of the file stand before it. */
  readonly position: number;
};

type ReadLine =
  | { readonly value: Readonly<Record<string, unknown>>; readonly problem?: undefined }
  /** Why it is no object, in the service's words. */
  | { readonly value?: undefined; readonly problem: string };

/**
 * The lines of a file of JSON lines. Numbers stay exact.
 * @throws ApiError for an encoding that there is not
 */
export async function* jsonLines(path: string, load: LoadConfiguration): AsyncGenerator<JsonLine> {
  const encoding = textEncoding(load.encoding);
  let line = 0;
  let position = 0;
  let rest = "";
  const read = function* (text: string): Generator<JsonLine> {
    line += 1;
    if (text.trim() !== "") yield { line, position, ...parseLine(text) };
    position += encoding.bytesOf(text);
  };
  for await (const piece of textPieces(path, encoding)) {
    rest += piece;
    let start = 0;
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n", start)) {
      yield* read(rest.slice(start, end + 1));
      start = end + 1;
    }
    rest = rest.slice(start);
  }
  if (rest !== "") yield* read(rest);
}

/** The object that a line is, or why it is none. */
export function parseLine(text: string): ReadLine {
  let value: unknown;
  try {
    value = parseExactJson(text);
  } catch {
    // The service takes 'x' for "x".
    const quoted = doubleQuoted(text);
    return quoted === text ? { problem: jsonProblem(text) } : parseLine(quoted);
  }
  if (Array.isArray(value)) return { problem: "Start of array encountered without start of object." };
  if (typeof value === "object" && value !== null) return { value: value as Record<string, unknown> };
  return { problem: "Value encountered without start of object." };
}

const STRINGS = /"(?:[^"\\]|\\.)*"|'((?:[^'\\]|\\.)*)'/gs;

/** A text whose strings in single quotes stand in double ones. */
function doubleQuoted(text: string): string {
  return text.replace(STRINGS, (whole, single: string | undefined) =>
    single === undefined ? whole : `"${single.replace(/\\'|"/g, (found) => (found === '"' ? '\\"' : "'"))}"`,
  );
}
