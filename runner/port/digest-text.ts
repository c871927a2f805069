import { createHash } from "node:crypto";

/** The first 128 bits of a text's SHA-256, hexadecimal: enough to tell contents apart, short enough for a state row. */
export function digestText(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
