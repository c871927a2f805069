import { extname } from "node:path";

const UTF8_MARK = [0xef, 0xbb, 0xbf];
const UTF16_MARKS = [
  [0xff, 0xfe],
  [0xfe, 0xff],
];

/**
 * The text of a file of a project. A byte order mark in front of JavaScript is white space; anywhere else it would become part of the
 * SQL, which BigQuery refuses, or of the settings.
 *
 * @throws Error in words for the user when the file is not UTF-8 text without a mark
 */
export function sourceText(content: Buffer, path: string): string {
  const startsWith = (mark: readonly number[]) => mark.every((byte, i) => content[i] === byte);
  if (UTF16_MARKS.some(startsWith) || content.includes(0)) throw new Error("is not UTF-8 text; save it as UTF-8");
  if (startsWith(UTF8_MARK) && extname(path) !== ".js")
    throw new Error("starts with a byte order mark; save it as UTF-8 without one");
  return content.toString("utf8");
}
