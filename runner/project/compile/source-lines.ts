/** A file as the user wrote it and as it ran: core turns SQLX into JavaScript, other files run as they are. */
export interface LoadedSource {
  readonly source: string;
  readonly generated: string;
}

/**
 * The line of a source file that an error is about. V8 speaks of lines of the generated text, which holds the user's lines
 * almost verbatim, and for anything inside a template only of the line where the template starts. So: the line itself when it
 * is the user's, else the first mention of what the message names, else the nearest line before.
 *
 * @param generatedLine 1-based line in the generated text; undefined: core found the error, not V8
 * @param ownName the action's name, which messages quote without blaming it
 * @returns 1-based line, undefined when nothing matches
 */
export function errorLine(
  loaded: LoadedSource,
  generatedLine: number | undefined,
  message: string,
  ownName: string,
): number | undefined {
  if (generatedLine !== undefined && loaded.source === loaded.generated) return generatedLine;
  const exact = generatedLine === undefined ? undefined : sourceLineOf(loaded, generatedLine, generatedLine);
  const named = exact ?? lineOfName(loaded.source, message, ownName);
  return named ?? (generatedLine === undefined ? undefined : sourceLineOf(loaded, generatedLine, 1));
}

/** The user's line on `generatedLine`, or on the nearest line before it, down to `lowest`. */
export function sourceLineOf(loaded: LoadedSource, generatedLine: number, lowest: number): number | undefined {
  if (loaded.source === loaded.generated) return generatedLine;
  const sourceLines = loaded.source.split("\n").map((line) => line.trim());
  const generatedLines = loaded.generated.split("\n");
  for (let line = Math.min(generatedLine, generatedLines.length); line >= lowest; line--) {
    const found = lineHolding(sourceLines, (generatedLines[line - 1] ?? "").trim());
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The line of the innermost frame of `script` in a stack, or of the place that heads the stack of a SyntaxError. */
export function stackLineIn(stack: string, script: string): number | undefined {
  const index = stack.indexOf(`${script}:`);
  if (index === -1) return undefined;
  const line = /^\d+/.exec(stack.slice(index + script.length + 1));
  return line === null ? undefined : Number(line[0]);
}

/** `Unexpected property "colour"`, `nope is not defined`, `helpers.two is not a function`. */
const NAMES = /"([^"\\]+)\\?"|'([^'\\]+)'|^([\w$.]+) is not (?:defined|a function)/g;

function lineOfName(source: string, message: string, ownName: string): number | undefined {
  const lines = source.split("\n");
  for (const match of message.matchAll(NAMES)) {
    const word = (match[1] ?? match[2] ?? match[3] ?? "").split(".").at(-1) ?? "";
    if (!/^\w+$/.test(word) || word === ownName) continue;
    const pattern = new RegExp(`(?<!\\w)${word}(?!\\w)`);
    const index = lines.findIndex((line) => pattern.test(line));
    if (index !== -1) return index + 1;
  }
  return undefined;
}

/** The line that the generated text holds: the same, or the longest one in it, where core's template stands around it. */
function lineHolding(sourceLines: readonly string[], text: string): number | undefined {
  if (!/\w/.test(text)) return undefined;
  const exact = sourceLines.indexOf(text);
  if (exact !== -1) return exact + 1;
  let best = { line: 0, length: 2 };
  sourceLines.forEach((line, index) => {
    if (line.length > best.length && text.includes(line)) best = { line: index + 1, length: line.length };
  });
  return best.line === 0 ? undefined : best.line;
}
