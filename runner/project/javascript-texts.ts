import { after, endOfJavaScript, type Literal, lineEnd } from "./sqlx-blocks.js";

/**
 * The strings and templates of a JavaScript file, also those within the `${...}` of others, each as its pieces of plain text. An escape
 * stands for other text than its own, and separates pieces as an interpolation does.
 */
export function javascriptTexts(source: string): readonly (readonly Literal[])[] {
  const texts: (readonly Literal[])[] = [];
  scan(source, 0, source.length, texts);
  return texts;
}

function scan(source: string, start: number, end: number, texts: (readonly Literal[])[]): void {
  for (let at = start; at < end; ) {
    const character = source[at];
    if (source.startsWith("//", at)) at = lineEnd(source, at);
    else if (source.startsWith("/*", at)) at = after(source, "*/", at + 2);
    else if (character === '"' || character === "'" || character === "`") at = text(source, at, character, texts);
    else at += 1;
  }
}

/** Notes the text that begins with a quote, and those within it; returns the place behind it. */
function text(source: string, start: number, quote: string, texts: (readonly Literal[])[]): number {
  const pieces: Literal[] = [];
  let from = start + 1;
  let at = from;
  let interpolated = false;
  /** @param stands whether what is left out stands for something */
  const leaveOut = (end: number, stands: boolean) => {
    pieces.push({ start: from, text: source.slice(from, at), interpolated });
    interpolated = stands;
    from = end;
    at = end;
  };
  while (at < source.length && source[at] !== quote) {
    if (quote === "`" && source.startsWith("${", at)) {
      const end = endOfJavaScript(source, at + 2);
      scan(source, at + 2, end, texts);
      leaveOut(end + 1, true);
    } else if (source[at] === "\\") leaveOut(at + 2, true);
    // JavaScript reads every end of a line as one character.
    else if (source.startsWith("\r\n", at)) leaveOut(at + 1, false);
    else at += 1;
  }
  leaveOut(at + 1, false);
  texts.push(pieces);
  return at;
}
