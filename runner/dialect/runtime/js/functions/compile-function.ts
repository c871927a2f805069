import { Script } from "node:vm";
import type { JavaScriptSource } from "./protocol.js";

/**
 * A script whose value is the function. Lines of its errors are those of the body.
 *
 * @throws SyntaxError
 */
export function functionScript({ name, parameters, code }: JavaScriptSource): Script {
  return new Script(`(function (${parameters.join(", ")}) {\n${code}\n})`, { filename: name, lineOffset: -1 });
}

/** The topmost line of the function's own code in a stack. */
export function lineIn(stack: string, name: string): number | undefined {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const line = new RegExp(`(?:^|[\\s(])${escaped}:(\\d+)`, "m").exec(stack)?.[1];
  return line === undefined ? undefined : Number(line);
}
