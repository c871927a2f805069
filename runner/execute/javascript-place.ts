import type { ProjectText } from "./located.js";

/** Where a user's JavaScript function failed, as far as the action's own texts tell. */
export interface JavaScriptPlace {
  readonly text: ProjectText;
  readonly offset: number;
  readonly message: string;
}

const FAILED_FUNCTION = /JavaScript function (\S+) (?:failed(?: in line (\d+))?|took).*/;

/**
 * The place of a failure that a message tells of: the line of the function's body where pre_operations hold it, else its first call.
 * Undefined for any other failure.
 */
export function javaScriptPlace(
  said: string,
  action: { readonly preOps: readonly string[]; readonly query: string },
): JavaScriptPlace | undefined {
  const [message, name, line] = FAILED_FUNCTION.exec(said) ?? [];
  if (message === undefined || name === undefined) return undefined;
  const own = name.slice(name.lastIndexOf(".") + 1).replaceAll("$", "\\$");
  for (const text of action.preOps) {
    const body = bodyStart(text, own);
    if (body !== undefined)
      return { text: { kind: "pre_operations", text }, offset: lineOffset(text, body, Number(line ?? 1)), message };
  }
  const call = new RegExp(`\\b${own}\`?\\s*\\(`, "i").exec(action.query);
  return call === null ? undefined : { text: { kind: "sql", text: action.query }, offset: call.index, message };
}

/** Behind the opening quotes of the function's body. */
function bodyStart(text: string, name: string): number | undefined {
  const head = new RegExp(`\\bFUNCTION\\s[^(]*\\b${name}\`?\\s*\\([\\s\\S]*?\\bAS\\s+r?("""|'''|"|')`, "i").exec(text);
  return head === null ? undefined : head.index + head[0].length;
}

/** The first character of a line, counted from 1 at `start`, that is no white space. */
function lineOffset(text: string, start: number, line: number): number {
  let offset = start;
  for (let left = line - 1; left > 0; left -= 1) offset = text.indexOf("\n", offset) + 1;
  return offset + (/^\s*/.exec(text.slice(offset))?.[0].length ?? 0);
}
