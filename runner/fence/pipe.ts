import { Buffer } from "node:buffer";
import { readSync, writeSync } from "node:fs";

/** Writes all of a text to a pipe, however slowly it is read. */
export function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text, "utf8");
  for (let written = 0; written < bytes.length; ) written += again(() => writeSync(file, bytes, written)) ?? 0;
}

const CHUNK_BYTES = 1 << 20;
const NEWLINE = 10;

/** Lines of a pipe, one after the other, without an event loop; undefined: its end. */
export function lineReader(file: number): () => string | undefined {
  let rest = Buffer.alloc(0);
  const chunk = Buffer.alloc(CHUNK_BYTES);
  return () => {
    const parts: Buffer[] = [];
    for (;;) {
      const end = rest.indexOf(NEWLINE);
      if (end !== -1) {
        parts.push(rest.subarray(0, end));
        rest = rest.subarray(end + 1);
        return Buffer.concat(parts).toString("utf8");
      }
      parts.push(rest);
      const count = again(() => readSync(file, chunk));
      if (count === 0) return undefined;
      rest = Buffer.from(chunk.subarray(0, count ?? 0));
    }
  };
}

/** Undefined: the other side is not ready yet. */
function again<T>(attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    return undefined;
  }
}
