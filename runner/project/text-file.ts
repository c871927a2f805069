import { readFileSync } from "node:fs";
import { systemReason } from "../port/system-error.js";
import { projectError } from "./errors.js";

/**
 * The text of a file of the project; undefined: it does not exist.
 * @param shown the file as it is named to the user
 * @throws ProjectError when it cannot be read, or is not UTF-8 text without a byte order mark
 */
export function readProjectText(path: string, shown: string): string | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    const reason = systemReason(cause);
    if (reason === undefined) throw cause;
    throw projectError(`cannot be read: ${reason}`, shown);
  }
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw projectError("is UTF-16 text; save it as UTF-8", shown, 1);
  if (first === 0xef && second === 0xbb)
    throw projectError("begins with a byte order mark; save it as UTF-8 without one", shown, 1);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw projectError("is not UTF-8 text", shown);
  }
}
