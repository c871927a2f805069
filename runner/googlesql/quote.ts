import { RESERVED } from "./keywords.js";

/** An identifier of GoogleSQL in backticks, whatever characters it has. */
export function quoteIdentifier(name: string): string {
  return `\`${name.replace(/[\\`]/g, "\\$&")}\``;
}

/** A dotted name, such as `dataset.name`, with each part quoted. */
export function quoteKey(key: string): string {
  return key.split(".").map(quoteIdentifier).join(".");
}

/** The same only where the name would be read as something else. */
export function quoteWhereNeeded(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) && !RESERVED.has(name.toUpperCase()) ? name : quoteIdentifier(name);
}
