import type { ProjectText } from "../graph/locate.js";
import type { EngineError } from "../port/engine-error.js";

/** Where a user's function failed, as far as the action's own texts tell. */
export interface FunctionPlace {
  readonly text: ProjectText;
  readonly offset: number;
}

/**
 * The place of a failure inside a function: the line of the function's body where pre_operations hold it, else its first call in the
 * action's query; undefined where neither is found.
 */
export function functionPlace(
  { functionName, line }: NonNullable<EngineError["frame"]>,
  action: { readonly preOps: readonly string[]; readonly query: string },
): FunctionPlace | undefined {
  const own = functionName.slice(functionName.lastIndexOf(".") + 1).replaceAll("$", "\\$");
  for (const text of action.preOps) {
    const body = bodyStart(text, own);
    if (body !== undefined)
      return { text: { kind: "pre_operations", text }, offset: lineOffset(text, body, line ?? 1) };
  }
  const call = new RegExp(`\\b${own}\`?\\s*\\(`, "i").exec(action.query);
  return call === null ? undefined : { text: { kind: "sql", text: action.query }, offset: call.index };
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
