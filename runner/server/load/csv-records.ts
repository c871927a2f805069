/** One value of a line: what stands there, and whether in quotes. */
export interface CsvValue {
  readonly text: string;
  readonly isQuoted: boolean;
}

/** What stands between two ends of lines. */
export interface CsvRecord {
  /** 1-based line that it ends in. */
  readonly line: number;
  /** How many bytes stand before it. */
  readonly position: number;
  readonly values: readonly CsvValue[];
  /** Why it cannot be read, in the service's words. */
  readonly problem?: string;
}

/** How a file is written. */
export interface CsvForm {
  readonly delimiter: string;
  /** Empty: there are no quotes. */
  readonly quote: string;
  readonly allowsQuotedNewlines: boolean;
  readonly bytesOf: (text: string) => number;
}

/** A record in the text that is there: where it ends, and how many lines it takes. */
interface Found extends Pick<CsvRecord, "values" | "problem"> {
  readonly end: number;
  readonly lines: number;
}

interface Quoted {
  readonly text: string;
  /** Behind the closing quote. */
  readonly end: number;
  readonly problem?: string;
}

/** Splits text that comes piece by piece into records; lines without anything are left out. */
export class CsvSplitter {
  readonly #form: CsvForm;
  readonly #ends: RegExp;
  #text = "";
  #line = 0;
  #position = 0;

  constructor(form: CsvForm) {
    this.#form = form;
    this.#ends = new RegExp(`${form.delimiter.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")}|\r\n|\r|\n`, "g");
  }

  /** @param isLast nothing comes behind the piece */
  *records(piece: string, isLast: boolean): Generator<CsvRecord> {
    this.#text = `${this.#text}${piece}`;
    let at = 0;
    while (at < this.#text.length) {
      const found = this.#record(at, isLast);
      if (found === undefined) break;
      const { end, lines, ...record } = found;
      this.#line += lines;
      const [first] = record.values;
      const isBlank = record.values.length === 1 && first?.text === "" && !first.isQuoted;
      if (record.problem !== undefined || !isBlank) yield { line: this.#line, position: this.#position, ...record };
      this.#position += this.#form.bytesOf(this.#text.slice(at, end));
      at = end;
    }
    this.#text = this.#text.slice(at);
  }

  /** Undefined: more must come. */
  #record(start: number, isLast: boolean): Found | undefined {
    const { quote, delimiter } = this.#form;
    const values: CsvValue[] = [];
    let lines = 1;
    for (let at = start; ; ) {
      const isQuoted = quote !== "" && this.#text.startsWith(quote, at);
      const quoted = isQuoted ? this.#quoted(at + quote.length, isLast) : undefined;
      if (isQuoted && quoted === undefined) return undefined;
      if (quoted?.problem !== undefined) return this.#unread(quoted.end, quoted.problem, isLast, lines);
      lines += quoted === undefined ? 0 : newlinesIn(quoted.text);
      const from = quoted?.end ?? at;
      const mark = this.#endFrom(from, isLast);
      if (mark === undefined) return undefined;
      if (quoted !== undefined && mark.at > from)
        return this.#unread(
          mark.at,
          `Data between close quote character (${quote}) and field separator.`,
          isLast,
          lines,
        );
      values.push({ text: quoted?.text ?? this.#text.slice(at, mark.at), isQuoted });
      at = mark.at + mark.text.length;
      if (mark.text !== delimiter) return { values, end: at, lines };
    }
  }

  /** A value in quotes, from behind the opening one. */
  #quoted(start: number, isLast: boolean): Quoted | undefined {
    const { quote, allowsQuotedNewlines } = this.#form;
    const problem = `Missing close quote character (${quote}).`;
    let text = "";
    for (let at = start; ; ) {
      const close = this.#text.indexOf(quote, at);
      const newline = allowsQuotedNewlines ? -1 : this.#newlineFrom(at);
      if (newline >= 0 && (close < 0 || newline < close)) return { text, end: newline, problem };
      if (close < 0) return isLast ? { text, end: this.#text.length, problem } : undefined;
      const behind = close + quote.length;
      if (!isLast && behind >= this.#text.length) return undefined;
      text += this.#text.slice(at, close);
      if (!this.#text.startsWith(quote, behind)) return { text, end: behind };
      text += quote;
      at = behind + quote.length;
    }
  }

  /** What ends a value: a delimiter, a newline, or nothing at the end of all. */
  #endFrom(start: number, isLast: boolean): { readonly at: number; readonly text: string } | undefined {
    this.#ends.lastIndex = start;
    const match = this.#ends.exec(this.#text);
    if (match === null) return isLast ? { at: this.#text.length, text: "" } : undefined;
    // The other half of it may be still to come.
    if (!isLast && match[0] === "\r" && match.index + 1 === this.#text.length) return undefined;
    return { at: match.index, text: match[0] };
  }

  #newlineFrom(start: number): number {
    NEWLINE.lastIndex = start;
    return NEWLINE.exec(this.#text)?.index ?? -1;
  }

  /** A record that cannot be read, up to the end of its line. */
  #unread(from: number, problem: string, isLast: boolean, lines: number): Found | undefined {
    const newline = this.#newlineFrom(from);
    if (newline < 0) return isLast ? { values: [], problem, end: this.#text.length, lines } : undefined;
    if (!isLast && newline + 1 === this.#text.length) return undefined;
    const end = newline + (this.#text.startsWith("\r\n", newline) ? 2 : 1);
    return { values: [], problem, end, lines };
  }
}

const NEWLINE = /[\r\n]/g;

const newlinesIn = (text: string): number => text.match(/\r\n|\r|\n/g)?.length ?? 0;
