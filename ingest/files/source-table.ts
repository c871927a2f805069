import { LoadError } from "../../runner/api/loader.js";
import { isCalendarDate } from "../calendar.js";

/** One record of a file. `raw` is its text where the file is text; it serves to find the column of a bad cell. */
export interface SourceRecord {
  readonly cells: readonly string[];
  /** Line of the file (text) or row number (Parquet), 1-based. */
  readonly line: number;
  readonly raw: string | undefined;
}

/** A file as a header and a stream of records, whatever its container. An absent value is an empty cell. */
export interface SourceTable {
  /** The path as the user gave it; for messages. */
  readonly path: string;
  /** The base name; what rows carry as their source. */
  readonly name: string;
  /** Column names in lower case. */
  readonly header: readonly string[];
  /** Reads the records; with `columns` (lower case) a container may leave other columns empty. */
  records(columns: readonly string[]): AsyncIterable<SourceRecord>;
}

const INTEGER = /^-?\d{1,15}(?:\.0+)?$/;
const NUMBER = /^-?\d+(?:\.\d+)?$/;

/** 1-based character position at which a field of a CSV record begins (the end of the record if it has fewer). */
export function fieldColumn(raw: string, field: number): number {
  let quoted = false;
  let seen = 0;
  for (let at = 0; at < raw.length; at++) {
    if (seen === field) return at + 1;
    const letter = raw[at];
    if (letter === '"') quoted = !quoted;
    else if (letter === "," && !quoted) seen++;
  }
  return raw.trimEnd().length + 1;
}

/** Typed, checked access to the cells of one source; every complaint names file, line and column. */
export class Cells {
  readonly #positions: ReadonlyMap<string, number>;

  /** @throws LoadError if a required column is missing. */
  constructor(
    readonly source: SourceTable,
    required: readonly string[],
  ) {
    this.#positions = new Map(source.header.map((name, index) => [name, index]));
    const missing = required.filter((name) => !this.#positions.has(name));
    if (missing.length > 0) {
      const plural = missing.length > 1 ? "columns" : "column";
      throw new LoadError(source.path, 1, undefined, `missing ${plural} ${missing.join(", ")}`);
    }
    const twice = required.find((name) => source.header.indexOf(name) !== source.header.lastIndexOf(name));
    if (twice !== undefined) throw new LoadError(source.path, 1, undefined, `column ${twice} occurs twice`);
  }

  /** The cell without surrounding blanks; an empty cell is undefined. */
  optional(record: SourceRecord, column: string): string | undefined {
    const text = record.cells[this.#position(column)]?.trim();
    return text === "" ? undefined : text;
  }

  text(record: SourceRecord, column: string): string {
    return this.optional(record, column) ?? this.fail(record, column, `${column} is empty`);
  }

  int(record: SourceRecord, column: string): number {
    return this.#integer(record, column, this.text(record, column));
  }

  optionalInt(record: SourceRecord, column: string): number | null {
    const text = this.optional(record, column);
    return text === undefined ? null : this.#integer(record, column, text);
  }

  /** A count, never negative; NULL where the source has none. */
  optionalCount(record: SourceRecord, column: string): number | null {
    const value = this.optionalInt(record, column);
    if (value !== null && value < 0) this.fail(record, column, `${column} must not be negative, found ${value}`);
    return value;
  }

  optionalNumber(record: SourceRecord, column: string): number | null {
    const text = this.optional(record, column);
    if (text === undefined) return null;
    if (!NUMBER.test(text)) this.fail(record, column, `${column} must be a number, found "${text}"`);
    return Number(text);
  }

  /** A date `YYYY-MM-DD`. */
  date(record: SourceRecord, column: string): string {
    const text = this.text(record, column);
    if (!isCalendarDate(text)) this.fail(record, column, `${column} must be a date YYYY-MM-DD, found "${text}"`);
    return text;
  }

  /** One of a few words. */
  word<Word extends string>(record: SourceRecord, column: string, words: readonly Word[]): Word {
    const text = this.text(record, column);
    const word = words.find((candidate) => candidate === text);
    return word ?? this.fail(record, column, `${column} must be ${words.join(" or ")}, found "${text}"`);
  }

  /** A game id as ten digits; sources drop the leading zeros. */
  nbaGameId(record: SourceRecord, column: string): string {
    const text = this.text(record, column);
    if (!/^\d{8,10}$/.test(text)) this.fail(record, column, `${column} must be a game id of digits, found "${text}"`);
    return text.padStart(10, "0");
  }

  fail(record: SourceRecord, column: string | undefined, detail: string): never {
    const at =
      record.raw === undefined || column === undefined ? undefined : fieldColumn(record.raw, this.#position(column));
    throw new LoadError(this.source.path, record.line, at, detail);
  }

  #integer(record: SourceRecord, column: string, text: string): number {
    if (!INTEGER.test(text)) this.fail(record, column, `${column} must be an integer, found "${text}"`);
    return Number(text) + 0;
  }

  #position(column: string): number {
    return this.#positions.get(column) ?? -1;
  }
}
