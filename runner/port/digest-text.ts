import { createHash, hash } from "node:crypto";

/** SHA-256, hexadecimal, of some content, or of its pieces put together. */
export function sha256(...content: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const piece of content) hash.update(piece);
  return hash.digest("hex");
}

/** The first 128 bits of a text's SHA-256, hexadecimal: enough to tell contents apart, short enough for a state row. */
export function digestText(text: string): string {
  return hash("sha256", text, "hex").slice(0, 32);
}
