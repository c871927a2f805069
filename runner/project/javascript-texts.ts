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
  const close = () => pieces.push({ start: from, text: source.slice(from, at), interpolated: pieces.length > 0 });
  while (at < source.length && source[at] !== quote) {
    const isInterpolation = quote === "`" && source.startsWith("${", at);
    if (!isInterpolation && source[at] !== "\\") {
      at += 1;
      continue;
    }
    close();
    const next = isInterpolation ? endOfJavaScript(source, at + 2) + 1 : at + 2;
    if (isInterpolation) scan(source, at + 2, next - 1, texts);
    at = next;
    from = next;
  }
  close();
  texts.push(pieces);
  return at + 1;
}
