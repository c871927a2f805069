import { stripVTControlCharacters } from "node:util";
import pc from "picocolors";

export type Colors = ReturnType<typeof pc.createColors>;

/** Colours for a stream: none where it is no terminal or NO_COLOR is set. */
export function colorsFor(stream: { readonly isTTY?: boolean }): Colors {
  return pc.createColors(stream.isTTY === true && (process.env.NO_COLOR ?? "") === "");
}

/** Rows as aligned columns, two spaces apart; numbers to the right. */
export function alignColumns(
  rows: readonly (readonly string[])[],
  rightAligned: ReadonlySet<number> = new Set(),
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, visibleWidth(cell));
    });
  }
  return rows.map((row) =>
    row
      .map((cell, index) => {
        const padding = " ".repeat((widths[index] ?? 0) - visibleWidth(cell));
        return rightAligned.has(index) ? `${padding}${cell}` : `${cell}${padding}`;
      })
      .join("  ")
      .trimEnd(),
  );
}

/** A stream that somebody may look at. */
export interface TextStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Columns that a line may have: those of the terminal; a pipe or a file has no end of line. */
export function widthOf({ isTTY, columns }: Pick<TextStream, "isTTY" | "columns">): number {
  return isTTY === true ? columns || 80 : Number.POSITIVE_INFINITY;
}

/** The columns that a text takes, colours aside. */
export function visibleWidth(text: string): number {
  return stripVTControlCharacters(text).length;
}

/** What stands between the parts of a summary. */
const BAR = " | ";

/**
 * Breaks a line so that none is wider than the terminal; those behind the first are indented. It breaks where a bar parts it, else at
 * blanks. A word that is wider by itself breaks behind a sign that names are made of, and only where it has none, in its middle.
 */
export function wrapLine(line: string, width: number, indent = 0): string[] {
  if (visibleWidth(line) <= width) return [line];
  const [first = "", ...rest] = line.split(BAR);
  const lines = wrapWords(first, width, indent);
  // What is left behind the first bar stays together as far as it can.
  return rest.length === 0 ? lines : [...lines, ...wrapLine(`${" ".repeat(indent)}${rest.join(BAR)}`, width, indent)];
}

function wrapWords(line: string, width: number, indent: number): string[] {
  if (visibleWidth(line) <= width) return [line];
  const inner = " ".repeat(indent);
  const lines: string[] = [];
  const [, lead = "", text = ""] = /^( *)(.*)$/s.exec(line) ?? [];
  let current = lead;
  let gap = "";
  for (const [index, word] of text.split(/(?<=\S)( +)(?=\S)/).entries()) {
    if (index % 2 === 1) {
      gap = word;
      continue;
    }
    for (const piece of piecesOf(word, Math.max(8, width - indent))) {
      const isEmpty = current.trim() === "";
      if (!isEmpty && visibleWidth(current) + gap.length + visibleWidth(piece) > width) {
        lines.push(current.trimEnd());
        current = inner + piece;
      } else current += gap + piece;
      gap = "";
    }
  }
  return [...lines, current.trimEnd()];
}

/** A word in pieces that are no wider. */
function piecesOf(word: string, width: number): string[] {
  if (visibleWidth(word) <= width) return [word];
  const parts = word.match(/[^._/,;:=-]*[._/,;:=-]+|[^._/,;:=-]+/g) ?? [word];
  return parts.flatMap((part) =>
    visibleWidth(part) <= width ? [part] : (part.match(new RegExp(`.{1,${width}}`, "gsu")) ?? [part]),
  );
}

/** Writes lines so that a terminal breaks none in the middle of a word. */
export function writeLines(stream: TextStream, lines: readonly string[], indent = 2): void {
  const width = widthOf(stream);
  stream.write(`${lines.flatMap((line) => wrapLine(line, width, indent)).join("\n")}\n`);
}

/** Tells what the user should know besides, on standard error. */
export function writeNote(line: string): void {
  writeLines(process.stderr, [`note: ${plainLine(line)}`]);
}

/** One row of a list: cells that stand under each other, and a text behind them. */
export interface FoldedRow {
  readonly cells: readonly string[];
  readonly tail: string;
}

const LEAST_TAIL = 28;

/** Rows as aligned columns that fit: a text that has no room behind the cells, or too little, goes below them, indented. */
export function foldRows(rows: readonly FoldedRow[], width: number, indent = 8, leastHead = 0): string[] {
  const heads = alignColumns(rows.map(({ cells }) => cells));
  const headWidth = Math.max(leastHead, ...heads.map(visibleWidth));
  const room = width - headWidth - 2;
  const layouts = rows.map(({ tail }, index) => {
    const head = heads[index] ?? "";
    if (tail === "") return { beside: wrapLine(head, width, indent) };
    const longest = Math.max(...tail.split(" ").map(visibleWidth));
    const below = [...wrapLine(head, width, indent), ...wrapLine(`${" ".repeat(indent)}${tail}`, width, indent)];
    if (room < Math.max(longest, Math.min(LEAST_TAIL, visibleWidth(tail)))) return { below };
    const padding = " ".repeat(headWidth + 2 - visibleWidth(head));
    return { beside: wrapLine(`${head}${padding}${tail}`, width, headWidth + 2), below };
  });
  const linesOf = (choose: (layout: (typeof layouts)[number]) => readonly string[]) => layouts.flatMap(choose);
  const beside = linesOf((layout) => layout.beside ?? layout.below);
  const below = linesOf((layout) => (layout.beside?.length === 1 ? layout.beside : (layout.below ?? layout.beside)));
  const isMixed = layouts.some((layout) => layout.beside === undefined);
  return isMixed || below.length < beside.length ? below : beside;
}

/** Text from data or engines on one line of a terminal: control characters, and with them escape sequences, become spaces. */
export function plainLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").trim();
}

/** `41,203`; by hand, because the first call into Intl costs 10 ms of a command's start. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `41 ms`, `3.2 s` or `2 min 5 s` */
export function duration(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 119_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  return roughly(milliseconds);
}

/** A time that nobody knows exactly: `300 ms`, `9 s`, `2 min 5 s`, `1 h 12 min` */
export function roughly(milliseconds: number): string {
  if (milliseconds < 950) return `${Math.max(1, Math.round(milliseconds))} ms`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `1 row`, `2 rows` */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"] as const;

/** `1.5 GiB ($0.01)`. */
export function costText(bytes: number, dollars: number): string {
  return `${bytesText(bytes)} (${dollars > 0 && dollars < 0.01 ? "under $0.01" : `$${dollars.toFixed(2)}`})`;
}

/** `1.5 GiB`. */
export function bytesText(bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 1024 ** power;
  return `${power === 0 ? String(bytes) : amount.toFixed(amount < 10 ? 1 : 0)} ${UNITS[power]}`;
}
