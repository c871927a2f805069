import { createInterface } from "node:readline";
import { ApiError } from "../protocol/errors.js";
import { parseExactJson } from "../values/exact-json.js";
import { openText } from "./csv.js";

/** One object of a file of JSON lines, and where it stands. */
export interface JsonLine {
  /** 1-based. */
  readonly line: number;
  readonly value: Readonly<Record<string, unknown>>;
}

/** The objects of a file of JSON lines. Numbers stay exact. */
export async function* jsonLines(path: string): AsyncGenerator<JsonLine> {
  let line = 0;
  for await (const text of createInterface({ input: openText(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    if (text.trim() === "") continue;
    yield { line, value: parseObject(text, line) };
  }
}

/** @throws ApiError for a text that is no JSON object */
export function parseObject(text: string, line: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = parseExactJson(text);
  } catch (cause) {
    throw new ApiError(
      "invalid",
      `Error while reading data, error message: JSON parsing error in row starting at position 0 of line ${line}: ${(cause as Error).message}`,
    );
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ApiError(
    "invalid",
    `Error while reading data, error message: JSON table encountered too many errors, giving up. Line ${line} is no object`,
  );
}
