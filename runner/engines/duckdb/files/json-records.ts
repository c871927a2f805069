import { createReadStream, createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { EngineError } from "../../../port/engine-error.js";
import { withNumbers } from "../../../port/json-numbers.js";
import type { Column } from "../../../port/sql-types.js";
import { JsonShape } from "./json-shape.js";
import { NUMBER_MARK, type StagedField } from "./staged-shape.js";

/** The records of a file of JSON in a file of lines that DuckDB reads without guessing. */
export interface JsonRecords {
  readonly path: string;
  readonly count: number;
  readonly fields: readonly StagedField[];
  /** Whether each record is a line of the file that was read. */
  readonly isLines: boolean;
  remove(): void;
}

/** A file of JSON, and how it is called in messages. */
export interface JsonFile {
  readonly path: string;
  readonly shown: string;
  readonly isGzip: boolean;
}

/**
 * Writes the records of a file of JSON, an object a line or one list of objects, with numbers as marked texts and each key as it is
 * spelled first.
 * @param known the columns that they are for
 * @throws EngineError `data` with the line of what is no record
 */
export async function writeRecords(file: JsonFile, known: readonly Column[] | undefined): Promise<JsonRecords> {
  const folder = mkdtempSync(join(tmpdir(), "fastbreak-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const path = join(folder, "records.jsonl");
  const shape = new JsonShape();
  let count = 0;
  let isLines = true;
  async function* lines(): AsyncGenerator<string> {
    for await (const { value, line, place } of recordsOf(file)) {
      if (!isObject(value))
        throw new EngineError("data", `${place}: there must be an object a line, or one list of objects`);
      count += 1;
      isLines &&= line !== undefined;
      const spelled = shape.add(value, place);
      yield `${spelled === value && line !== undefined ? line : JSON.stringify(spelled)}\n`;
    }
  }
  try {
    await pipeline(Readable.from(lines()), createWriteStream(path));
  } catch (cause) {
    remove();
    throw cause;
  }
  return { path, count, isLines, remove, fields: shape.fields(known) };
}

interface FoundRecord {
  readonly value: unknown;
  /** Its text, where it is a line. */
  readonly line: string | undefined;
  readonly place: string;
}

async function* recordsOf(file: JsonFile): AsyncGenerator<FoundRecord> {
  let count = 0;
  let hasRecord = false;
  let list: string[] | undefined;
  for await (const text of textLines(file)) {
    count += 1;
    if (list !== undefined) list.push(text);
    else if (!hasRecord && text.trimStart().startsWith("[")) list = [text];
    else if (text.trim() !== "") {
      hasRecord = true;
      const line = markNumbers(text);
      const place = `${file.shown}:${count}`;
      yield { value: parsed(line, place), line, place };
    }
  }
  if (list === undefined) return;
  const values = parsed(markNumbers(list.join("\n")), file.shown) as readonly unknown[];
  for (const [index, value] of values.entries())
    yield { value, line: undefined, place: isObject(value) ? `${file.shown} row ${index + 1}` : file.shown };
}

/** @throws EngineError `data` for text that is no JSON */
function parsed(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new EngineError("data", `${place}: not valid JSON`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const MARK = JSON.stringify(NUMBER_MARK).slice(1, -1);

const markNumbers = (text: string): string => withNumbers(text, (digits) => `"${MARK}${digits}"`);

/** @throws EngineError `data` for a file that is not UTF-8 */
async function* textLines({ path, shown, isGzip }: JsonFile): AsyncGenerator<string> {
  const bytes = createReadStream(path);
  const content = isGzip ? bytes.pipe(createGunzip()) : bytes;
  bytes.once("error", (cause) => content.destroy(cause));
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (chunk?: Buffer): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw new EngineError("data", `${shown}: the file is not UTF-8; convert it first`);
    }
  };
  let rest: string[] = [];
  for await (const chunk of content) {
    const [first = "", ...more] = decode(chunk as Buffer).split("\n");
    rest.push(first);
    for (const next of more) {
      yield rest.join("");
      rest = [next];
    }
  }
  rest.push(decode());
  yield rest.join("");
}
