import { findNodeAtLocation, type ParseError, parse, parseTree, printParseErrorCode } from "jsonc-parser";
import { type ProjectError, projectError } from "./errors.js";

/**
 * The value of a JSON text.
 * @param file the file as it is named to the user
 * @throws ProjectError that names the line of the first mistake
 */
export function parseJsonText(file: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw syntaxError(file, text);
  }
}

/** 1-based line of the value at a path, or of its name; undefined: there is none. */
export function lineOfPath(text: string, path: readonly (string | number)[]): number | undefined {
  const root = parseTree(text);
  const node = root === undefined ? undefined : findNodeAtLocation(root, [...path]);
  if (node === undefined) return undefined;
  return lineAt(text, (path.length > 0 && node.parent?.type === "property" ? node.parent : node).offset);
}

/** The parser's names of mistakes, in words. */
const EXPECTED: Partial<Record<ReturnType<typeof printParseErrorCode>, string>> = {
  PropertyNameExpected: "a name in double quotes is expected",
  ValueExpected: "a value is expected",
  ColonExpected: "a colon is expected",
  CommaExpected: "a comma is expected",
  CloseBraceExpected: "a closing brace is expected",
  CloseBracketExpected: "a closing bracket is expected",
  EndOfFileExpected: "nothing more is expected",
  InvalidCommentToken: "comments are not allowed",
  UnexpectedEndOfString: "the text has no closing quote",
  InvalidCharacter: "a character is not allowed",
  InvalidEscapeCharacter: "the escape is not known",
  InvalidNumberFormat: "the number is not complete",
};

function syntaxError(file: string, text: string): ProjectError {
  if (text.trim() === "") return projectError("is empty; write {} for the defaults", file, 1);
  const errors: ParseError[] = [];
  parse(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [first] = errors;
  const line = first === undefined ? undefined : lineAt(text, first.offset);
  const expected = first === undefined ? undefined : EXPECTED[printParseErrorCode(first.error)];
  return projectError(`is not valid JSON${expected === undefined ? "" : `: ${expected}`}`, file, line);
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
