import type { ProjectText } from "../graph/locate.js";
import { javascriptTexts } from "./javascript-texts.js";
import { type Literal, sqlxBlocks } from "./sqlx-blocks.js";

/** A place in a file of the project, 1-based; without a line only the file is known. */
export interface SourcePosition {
  readonly line: number | undefined;
  readonly column: number | undefined;
}

const UNKNOWN: SourcePosition = { line: undefined, column: undefined };

/**
 * Where a character of compiled SQL was written. Text that Dataform copies is found exactly; for text that an interpolation made, the
 * place of its `${`. What the file does not hold (an assertion that `config` asks for) is looked up by its name, in JavaScript only
 * where the file has it once: a file makes many models, and a place in another one misleads.
 * @param source the file, SQLX or JavaScript
 * @param offset a character in `compiled.text`
 */
export function sourcePosition(source: string, compiled: ProjectText, offset: number, isSqlx: boolean): SourcePosition {
  const found = isSqlx ? inBlocks(source, compiled, offset) : inTexts(source, compiled.text, offset);
  const at = found ?? lineInText(source, compiled.text, offset) ?? wordInText(source, compiled.text, offset, !isSqlx);
  return at === undefined ? UNKNOWN : lineAndColumn(source, at);
}

/** 1-based line and column of a character of a file. */
export function lineAndColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}

function inBlocks(source: string, compiled: ProjectText, offset: number): number | undefined {
  for (const block of sqlxBlocks(source)) {
    if (block.kind !== compiled.kind) continue;
    const at = inPieces(block.literals, compiled.text, offset);
    if (at !== undefined) return at;
  }
  return undefined;
}

/** The string or template of a JavaScript file that the text was made of: the one that holds most of it. */
function inTexts(source: string, text: string, offset: number): number | undefined {
  const fitting = javascriptTexts(source)
    .filter((pieces) => lengthOf(pieces) > 3)
    .map((pieces) => ({ length: lengthOf(pieces), at: inPieces(pieces, text, offset) }))
    .filter(({ at }) => at !== undefined)
    .sort((a, b) => b.length - a.length);
  const [best, second] = fitting;
  return best?.length === second?.length ? undefined : best?.at;
}

/** How much plain text the pieces hold, white space left out. */
function lengthOf(pieces: readonly Literal[]): number {
  return pieces.reduce((sum, { text }) => sum + text.replaceAll(/\s/g, "").length, 0);
}

/** Plain text without interpolation, put together from pieces of the file. */
export interface Run {
  readonly text: string;
  readonly pieces: readonly Literal[];
}

/** Aligns pieces of plain text with compiled text; undefined: the text is not made of them. */
function inPieces(literals: readonly Literal[], text: string, offset: number): number | undefined {
  const runs = runsOf(literals);
  const starts = alignment(
    runs.map((run) => run.text),
    text,
  );
  if (starts === undefined) return undefined;
  const index = starts.findLastIndex((start) => start.at <= offset);
  if (index < 0) return undefined;
  const run = runs[index] as Run;
  const within = offset - (starts[index] as { at: number }).at + (starts[index] as { skipped: number }).skipped;
  if (within >= run.text.length) return placeBehind(run);
  return placeIn(run, within);
}

/**
 * Where each run begins in the text; undefined: the text is not made of them. `skipped`: leading white space that compiling took away.
 * It takes away the white space at the end, too: where the last interpolations gave nothing, that of the run before them.
 */
export function alignment(runs: readonly string[], text: string): { at: number; skipped: number }[] | undefined {
  const starts: { at: number; skipped: number }[] = [];
  let end = 0;
  for (const [index, run] of runs.entries()) {
    const isFirst = index === 0;
    const isLast = index === runs.length - 1;
    const head = isFirst ? run.trimStart() : run;
    const isEnd = isLast || (runs.slice(index + 1).every((other) => other.trim() === "") && !text.includes(head, end));
    const piece = isEnd ? head.trimEnd() : head;
    const at = isFirst ? 0 : isEnd ? text.length - piece.length : text.indexOf(piece, end);
    if (at < end || !text.startsWith(piece, at) || (isEnd && at + piece.length !== text.length)) return undefined;
    starts.push({ at, skipped: run.length - head.length });
    end = at + piece.length;
  }
  return starts;
}

/** The plain texts between interpolations. */
export function runsOf(literals: readonly Literal[]): Run[] {
  const groups: Literal[][] = [];
  for (const literal of literals) {
    const group = groups.at(-1);
    if (group === undefined || literal.interpolated) groups.push([literal]);
    else group.push(literal);
  }
  return groups.map((pieces) => ({ text: pieces.map((piece) => piece.text).join(""), pieces }));
}

function placeIn(run: Run, offset: number): number {
  let before = 0;
  for (const piece of run.pieces) {
    if (offset < before + piece.text.length) return piece.start + offset - before;
    before += piece.text.length;
  }
  return placeBehind(run);
}

/** The `${` that follows a run. */
function placeBehind(run: Run): number {
  const last = run.pieces.at(-1) as Literal;
  return last.start + last.text.length;
}

/** JavaScript definitions hold SQL verbatim, line by line: the one line that holds the compiled line. */
function lineInText(source: string, text: string, offset: number): number | undefined {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  const raw = text.slice(start, end < 0 ? text.length : end);
  const line = raw.trim();
  if (line.length < 4) return undefined;
  const at = source.indexOf(line);
  if (at < 0 || source.indexOf(line, at + 1) >= 0) return undefined;
  return at + Math.max(0, offset - start - (raw.length - raw.trimStart().length));
}

function wordInText(source: string, text: string, offset: number, onlyOnce: boolean): number | undefined {
  const word = /^\w+/.exec(text.slice(offset))?.[0];
  if (word === undefined) return undefined;
  const [first, second] = source.matchAll(new RegExp(`(?<!\\w)${word}(?!\\w)`, "g"));
  return onlyOnce && second !== undefined ? undefined : first?.index;
}
