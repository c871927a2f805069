import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { ROOT } from "./rig.js";

/** Whether this machine has `script`, which gives a process a terminal. */
export const HAS_TERMINAL = spawnSync("script", ["-qec", "true", "/dev/null"]).status === 0;

export interface Shown {
  readonly code: number | null;
  /** The lines that stand on the screen in the end, colours taken away. */
  readonly lines: readonly string[];
  /** Everything that was written. */
  readonly raw: string;
}

/**
 * Runs the built command line in a terminal of some columns.
 *
 * @param until what is waited for before Ctrl-C is pressed; a command that ends by itself has none
 */
export function inTerminal(
  columns: number,
  args: readonly string[],
  cwd: string,
  variables: Readonly<Record<string, string>> = {},
  until?: RegExp,
): Promise<Shown> {
  const quoted = [process.execPath, join(ROOT, "bin/fastbreak.cjs"), ...args].map(
    (word) => `'${word.replaceAll("'", "'\\''")}'`,
  );
  const command = `stty cols ${columns} rows 40; exec ${quoted.join(" ")}`;
  const { CI: _ci, NO_COLOR: _noColor, ...inherited } = process.env;
  const env = { ...inherited, TERM: "xterm", ...variables };
  return new Promise((resolve, reject) => {
    const child = spawn("script", ["-qec", command, "/dev/null"], {
      cwd,
      env,
      stdio: [until === undefined ? "ignore" : "pipe", "pipe", "inherit"],
    });
    let raw = "";
    let isStopped = false;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      raw += text;
      if (isStopped || until?.test(raw.replaceAll("\r", "")) !== true) return;
      isStopped = true;
      child.stdin?.end("\u0003");
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, lines: screenOf(raw), raw }));
  });
}

const ESCAPE = "\u001b\\[";
const MOVES = new RegExp(`(${ESCAPE}\\d*[AJK]|\\r?\\n|\\r)`);
const UP = new RegExp(`^${ESCAPE}(\\d*)A$`);
const ERASE = new RegExp(`^${ESCAPE}\\d*J$`);

/** What a terminal shows of a text that moves up and erases. */
export function screenOf(raw: string): string[] {
  const lines = [""];
  let row = 0;
  for (const part of raw.split(MOVES)) {
    const up = UP.exec(part);
    if (up !== null) row = Math.max(0, row - Number(up[1] || 1));
    else if (ERASE.test(part)) lines.length = row;
    else if (/\n$/.test(part)) row += 1;
    else if (part !== "\r") lines[row] = (lines[row] ?? "") + stripVTControlCharacters(part);
    lines[row] ??= "";
  }
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

/** What differs from run to run, made the same. */
export function settled(text: string, dir: string): string {
  return squeezed(text)
    .replaceAll(dir, "DIR")
    .replaceAll(ROOT.replace(/\/$/, ""), "ROOT")
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|\+00:00| UTC)?/g, "TIME")
    .replace(/\b\d{8}T\d{6}[\w-]*/g, "RUN")
    .replace(/\b\d+\.\d h\b/g, "T")
    .replace(/\b\d+ KB\b/g, "SIZE")
    .replace(/\b(\d+ min )?\d+(\.\d+)? m?s\b/g, "T")
    .replace(/"(duration_ms|durationMs|ms)":[\d.]+/g, '"$1":0')
    .replace(/"process":"[^"]*"/g, '"process":"PROCESS"')
    .replace(/ time="[\d.]+"/g, ' time="T"')
    .replace(/\b[0-9a-f]{16,}\b/g, "HASH")
    .replace(/\b\d+:-?\d+(:-?\d+)?(?=\.\.\.|\b)/g, (digest) => (/\d{6}/.test(digest) ? "DIGEST" : digest));
}

const DURATION = /(?<= )\d+(\.\d+)? m?s(?= {2})/;

/** Columns behind a time, which are as wide as it is: blanks between them and in the lines of that table above, made two. */
function squeezed(text: string): string {
  const lines = text.split("\n");
  return lines
    .map((line, index) => {
      const isTimed = DURATION.test(line) || (/ time {2}/.test(line) && DURATION.test(lines[index + 1] ?? ""));
      return isTimed ? line.replace(/(?<=\S) {2,}/g, "  ") : line;
    })
    .join("\n");
}
