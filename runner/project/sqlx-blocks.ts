/** A stretch of a SQLX file that Dataform compiles to SQL of its own. `start` and `end` are character offsets in the file. */
export interface SqlxBlock {
  readonly kind: "sql" | "config" | "js" | "pre_operations" | "post_operations" | "input";
  readonly literals: readonly Literal[];
}

/** A piece of plain text in a block. */
export interface Literal {
  readonly start: number;
  readonly text: string;
  /** Text is interpolated between it and the piece before; otherwise a named block stood there, which leaves nothing behind. */
  readonly interpolated: boolean;
}

const HEADER = /^(config|js|pre_operations|post_operations|input)\b([^{}\n]*)\{/;

/**
 * The blocks of a SQLX file, read as Dataform reads it: named blocks with balanced braces at the beginning of a line, and around them
 * the main SQL, in which a line of three dashes separates statements. `${...}` counts neither inside comments nor inside JavaScript.
 */
export function sqlxBlocks(source: string): SqlxBlock[] {
  const blocks: SqlxBlock[] = [];
  let sql: Literal[] = [];
  let at = 0;
  let from = 0;
  let interpolated = false;
  const closeText = (end: number) => sql.push({ start: from, text: source.slice(from, end), interpolated });
  while (at < source.length) {
    const header = isLineStart(source, at) ? HEADER.exec(source.slice(at, at + 200)) : null;
    if (header !== null) {
      closeText(at);
      const open = at + header[0].length;
      const kind = header[1] as Exclude<SqlxBlock["kind"], "sql">;
      const end = kind === "config" || kind === "js" ? endOfJavaScript(source, open) : endOfSqlBlock(source, open);
      blocks.push({ kind, literals: literalsOf(source, open, end) });
      at = Math.min(end + 1, source.length);
      from = at;
      interpolated = false;
      continue;
    }
    if (/^---[ \t]*(?:\n|$)/.test(source.slice(at, at + 80)) && isLineStart(source, at)) {
      closeText(at);
      blocks.push({ kind: "sql", literals: sql });
      sql = [];
      at += 3;
      from = at;
      interpolated = false;
      continue;
    }
    const next = skipSql(source, at);
    if (source.startsWith("${", at)) {
      closeText(at);
      from = next;
      interpolated = true;
    }
    at = next;
  }
  closeText(source.length);
  blocks.push({ kind: "sql", literals: sql });
  return blocks;
}

function literalsOf(source: string, start: number, end: number): Literal[] {
  const literals: Literal[] = [];
  let from = start;
  const close = (to: number) =>
    literals.push({ start: from, text: source.slice(from, to), interpolated: literals.length > 0 });
  for (let at = start; at < end; ) {
    const next = skipSql(source, at);
    if (source.startsWith("${", at)) {
      close(at);
      from = next;
    }
    at = next;
  }
  close(end);
  return literals;
}

/** Behind the comment, interpolation or character that stands at `at`. */
function skipSql(source: string, at: number): number {
  if (source.startsWith("--", at)) return lineEnd(source, at);
  if (source.startsWith("/*", at)) return after(source, "*/", at + 2);
  if (source.startsWith("${", at)) return Math.min(endOfJavaScript(source, at + 2) + 1, source.length);
  return at + 1;
}

function endOfSqlBlock(source: string, start: number): number {
  let depth = 1;
  for (let at = start; at < source.length; at = skipSql(source, at)) {
    if (source[at] === "{") depth += 1;
    if (source[at] === "}") depth -= 1;
    if (depth === 0) return at;
  }
  return source.length;
}

/** Offset of the brace that closes a JavaScript block. */
export function endOfJavaScript(source: string, start: number): number {
  let depth = 1;
  let at = start;
  while (at < source.length) {
    const character = source[at];
    if (source.startsWith("//", at)) at = lineEnd(source, at);
    else if (source.startsWith("/*", at)) at = after(source, "*/", at + 2);
    else if (character === '"' || character === "'" || character === "`") at = endOfString(source, at, character);
    else {
      if (character === "{") depth += 1;
      if (character === "}") depth -= 1;
      if (depth === 0) return at;
      at += 1;
    }
  }
  return source.length;
}

function endOfString(source: string, start: number, quote: string): number {
  let at = start + 1;
  while (at < source.length && source[at] !== quote) {
    if (source[at] === "\\") at += 2;
    else if (quote === "`" && source.startsWith("${", at)) at = endOfJavaScript(source, at + 2) + 1;
    else at += 1;
  }
  return at + 1;
}

function isLineStart(source: string, at: number): boolean {
  return /(^|\n)[ \t]*$/.test(source.slice(Math.max(0, at - 40), at));
}

export function lineEnd(source: string, at: number): number {
  const end = source.indexOf("\n", at);
  return end < 0 ? source.length : end;
}

export function after(source: string, text: string, at: number): number {
  const found = source.indexOf(text, at);
  return found < 0 ? source.length : found + text.length;
}
