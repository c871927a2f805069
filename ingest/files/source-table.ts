import { LoadError, RowFault } from "../../runner/api/loader.js";
import { dateOf } from "../calendar.js";
import { columnPositions, type Layout, missingColumns } from "./layouts.js";

/** One record of a file. `raw` is its text where the file is text; it serves to find the column of a bad cell. */
export interface SourceRecord {
  readonly cells: readonly string[];
  /** Line of the file (text) or row number (Parquet, JSON), 1-based. */
  readonly line: number;
  readonly raw: string | undefined;
}

/** A file as a header and a stream of records, whatever its container. An absent value is an empty cell. */
export interface SourceTable {
  /** The path as the user gave it, and behind `!` the member of an archive; for messages. */
  readonly path: string;
  /** The base name; what rows carry as their source. */
  readonly name: string;
  /** Column names as the file has them. */
  readonly header: readonly string[];
  /** What separates the fields of a text record. */
  readonly delimiter?: string;
  /** When the file was written, in milliseconds since 1970. */
  readonly modifiedAt: number;
  /** Reads the records; with `positions` a container may leave other columns empty. */
  records(positions?: ReadonlySet<number>): AsyncIterable<SourceRecord>;
}

const INTEGER = /^[+-]?\d{1,15}(?:\.0+)?$/;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;
/** What public tables write where they have nothing. */
const NOTHING = /^(?:nan|none|null|n\/a|na|<na>|-|--)$/i;

/** 1-based character position at which a field of a CSV record begins (the end of the record if it has fewer). */
export function fieldColumn(raw: string, field: number, delimiter = ","): number {
  let quoted = false;
  let seen = 0;
  for (let at = 0; at < raw.length; at++) {
    if (seen === field) return at + 1;
    const letter = raw[at];
    if (letter === '"') quoted = !quoted;
    else if (letter === delimiter && !quoted) seen++;
  }
  return raw.trimEnd().length + 1;
}

/** Typed, checked access to the cells of one source; every complaint names file, line and column. */
export class Cells {
  readonly #positions: ReadonlyMap<string, number>;

  /** @throws LoadError if a required column is missing. */
  constructor(
    readonly source: SourceTable,
    layout: Layout,
  ) {
    this.#positions = columnPositions(source, layout);
    const missing = missingColumns(source, layout);
    if (missing.length > 0) {
      const plural = missing.length > 1 ? "columns" : "column";
      throw new LoadError(source.path, 1, undefined, `missing ${plural} ${missing.join(", ")}`);
    }
    const lower = source.header.map((name) => name.toLowerCase());
    for (const index of this.#positions.values()) {
      const name = lower[index] as string;
      if (lower.indexOf(name) !== lower.lastIndexOf(name)) {
        throw new LoadError(source.path, 1, undefined, `column ${name} occurs twice`);
      }
    }
  }

  /** The records, of which only the columns of the layout are read. */
  records(): AsyncIterable<SourceRecord> {
    return this.source.records(new Set(this.#positions.values()));
  }

  has(column: string): boolean {
    return this.#positions.has(column);
  }

  /** The cell without surrounding blanks; an empty cell, and the cell of a column that the source lacks, is undefined. */
  optional(record: SourceRecord, column: string): string | undefined {
    const position = this.#positions.get(column);
    const text = position === undefined ? undefined : record.cells[position]?.trim();
    return text === undefined || text === "" || NOTHING.test(text) ? undefined : text;
  }

  text(record: SourceRecord, column: string): string {
    return this.optional(record, column) ?? this.malformed(record, column, `${column} is empty`);
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
    if (value !== null && value < 0) this.malformed(record, column, `${column} must not be negative, found ${value}`);
    return value;
  }

  optionalNumber(record: SourceRecord, column: string): number | null {
    const text = this.optional(record, column);
    if (text === undefined) return null;
    if (!NUMBER.test(text)) this.malformed(record, column, `${column} must be a number, found "${text}"`);
    return Number(text) + 0;
  }

  optionalFlag(record: SourceRecord, column: string): boolean | null {
    const text = this.optional(record, column)?.toLowerCase();
    if (text === undefined) return null;
    if (["1", "1.0", "true", "t", "yes", "y"].includes(text)) return true;
    if (["0", "0.0", "false", "f", "no", "n"].includes(text)) return false;
    return this.malformed(record, column, `${column} must be true or false, found "${text}"`);
  }

  /** A date: `YYYY-MM-DD`, or one of the other forms of `dateOf`. */
  date(record: SourceRecord, column: string): string {
    const text = this.text(record, column);
    return dateOf(text) ?? this.malformed(record, column, `${column} must be a date YYYY-MM-DD, found "${text}"`);
  }

  optionalDate(record: SourceRecord, column: string): string | undefined {
    return this.optional(record, column) === undefined ? undefined : this.date(record, column);
  }

  /** One of a few words, in any case. */
  word<Word extends string>(record: SourceRecord, column: string, words: readonly Word[]): Word {
    const text = this.text(record, column);
    const word = words.find((candidate) => candidate.toLowerCase() === text.toLowerCase());
    return word ?? this.malformed(record, column, `${column} must be ${words.join(" or ")}, found "${text}"`);
  }

  /** A game id as ten digits; sources drop the leading zeros. */
  nbaGameId(record: SourceRecord, column: string): string {
    const text = this.text(record, column).replace(/\.0$/, "");
    if (!/^\d{8,10}$/.test(text)) {
      this.malformed(record, column, `${column} must be a game id of digits, found "${text}"`);
    }
    return text.padStart(10, "0");
  }

  /** File, line and column of a cell. */
  place(record: SourceRecord, column: string | undefined): string {
    return [this.source.path, record.line, this.#column(record, column)].filter((part) => part !== undefined).join(":");
  }

  /**
   * Gives a row up. `reason` is what rows of this kind have in common; rows are counted by it.
   * @throws RowFault always
   */
  fail(record: SourceRecord, column: string | undefined, detail: string, reason = detail): never {
    throw new RowFault(this.source.path, record.line, this.#column(record, column), detail, reason);
  }

  /** Gives a row up whose cell is not what the column holds. */
  malformed(record: SourceRecord, column: string, detail: string): never {
    throw new RowFault(this.source.path, record.line, this.#column(record, column), detail, MALFORMED + column);
  }

  #column(record: SourceRecord, column: string | undefined): number | undefined {
    const position = column === undefined ? undefined : this.#positions.get(column);
    if (record.raw === undefined || position === undefined) return undefined;
    return fieldColumn(record.raw, position, this.source.delimiter);
  }

  #integer(record: SourceRecord, column: string, text: string): number {
    if (!INTEGER.test(text)) this.malformed(record, column, `${column} must be an integer, found "${text}"`);
    return Number(text) + 0;
  }
}

/** How the reason of a row with a malformed cell begins. */
export const MALFORMED = "malformed ";
