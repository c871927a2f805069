import { UserError } from "../graph/user-error.js";
import { MEMORY_FORM } from "../project/settings-schema.js";

/** A value that somebody gives as text, and where: `--threads` or `FASTBREAK_THREADS`. */
export interface GivenText {
  readonly text: string;
  readonly source: string;
}

/**
 * A whole number that was given as text.
 * @throws UserError that names the source and the range
 */
export function readCount({ text, source }: GivenText, high: number): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= high) return count;
  throw new UserError(`${source} ${text} is not possible; give a whole number from 1 to ${high}`);
}

/**
 * An amount of memory that was given as text.
 * @throws UserError that names the source and the form
 */
export function readMemory({ text, source }: GivenText): string {
  if (MEMORY_FORM.test(text)) return text;
  throw new UserError(`${source} ${text} is not possible; give an amount such as 4GB or 50%`);
}
