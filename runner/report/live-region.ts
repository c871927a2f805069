import type { TextStream } from "./text.js";

/** The last lines of a terminal, written anew as things go on; above them other lines are added. */
export class LiveRegion {
  #shown = 0;

  /** @param paint colours a line once it fits */
  constructor(
    readonly stream: TextStream,
    readonly paint: (line: string) => string,
  ) {}

  /** Replaces the region; a line that is too long is cut, so that the terminal breaks none. */
  show(lines: readonly string[]): void {
    const width = (this.stream.columns || 80) - 1;
    const cut = lines.map((line) => this.paint(line.length > width ? `${line.slice(0, width - 3)}...` : line));
    this.stream.write(`${this.#erased()}${cut.map((line) => `${line}\n`).join("")}`);
    this.#shown = cut.length;
  }

  /** Takes the region away, so that something can be written in its place. */
  clear(): void {
    if (this.#shown > 0) this.stream.write(this.#erased());
    this.#shown = 0;
  }

  #erased(): string {
    return this.#shown === 0 ? "" : `\u001b[${this.#shown}A\u001b[J`;
  }
}

/** Whether lines may be written anew on a stream: nobody can look at them in a pipe or in the log of a build server. */
export function isLive({ isTTY }: TextStream, variables: Readonly<Record<string, string | undefined>>): boolean {
  const isSet = (name: string) => (variables[name] ?? "") !== "";
  return isTTY === true && !isSet("CI") && !isSet("NO_COLOR") && variables.TERM !== "dumb";
}

const BAR_WIDTH = 20;

/** A share as a bar: `[#####...............]` */
export function bar(share: number): string {
  const full = Math.round(Math.min(1, share) * BAR_WIDTH);
  return `[${"#".repeat(full)}${".".repeat(BAR_WIDTH - full)}]`;
}
