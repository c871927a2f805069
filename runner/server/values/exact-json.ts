import { randomUUID } from "node:crypto";
import { withNumbers } from "../../port/json-numbers.js";

/** What no client writes: texts that begin with it are numbers on their way. */
const MARK = `number ${randomUUID()} `;

/** A number of JSON by its digits, where JavaScript would not write it the same again. */
export class ExactNumber {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }

  toJSON(): string {
    return `${MARK}${this.text}`;
  }
}

/** What may hold a number that JavaScript rounds or writes another way: many digits, a zero at the end, an exponent. */
const SUSPECT = /\d{16}|\.\d*0(?!\d)|\d[eE]|-0/;

/**
 * JSON whose numbers stay what they are: those that JavaScript would change are `ExactNumber`.
 * @throws SyntaxError
 */
export function parseExactJson(text: string): unknown {
  if (!SUSPECT.test(text)) return JSON.parse(text);
  const marked = withNumbers(text, (digits) =>
    String(Number(digits)) === digits ? digits : JSON.stringify(new ExactNumber(digits)),
  );
  return JSON.parse(marked, (_name, value: unknown) =>
    typeof value === "string" && value.startsWith(MARK) ? new ExactNumber(value.slice(MARK.length)) : value,
  );
}

/** JSON of what was parsed so. */
export function exactJsonText(value: unknown): string {
  const text = JSON.stringify(value);
  return text.includes(MARK) ? text.replaceAll(MARKED, "$1") : text;
}

const MARKED = new RegExp(`"${MARK}([^"]*)"`, "g");
