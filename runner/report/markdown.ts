/** Text of data or names in a cell of a Markdown table: it can end neither the cell nor begin HTML or a link. */
export function markdownCell(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").trim();
  return line.replace(/[\\`*_[\]<>&|~#@!]/g, (sign) => `\\${sign}`);
}

/** A name as code in a cell. */
export function markdownCode(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  const line = name.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").replaceAll("|", "\\|");
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  const space = longest === 0 ? "" : " ";
  return `${fence}${space}${line}${space}${fence}`;
}

/** A table of finished cells; numbers to the right. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  rightAligned: ReadonlySet<number> = new Set(),
): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = `|${header.map((_, index) => (rightAligned.has(index) ? "---:" : "---")).join("|")}|`;
  return [line(header), rule, ...rows.map(line)];
}

/** Lines that are shown when somebody asks for them. */
export function markdownDetails(summary: string, lines: readonly string[]): string[] {
  return ["<details>", `<summary>${summary}</summary>`, "", ...lines, "", "</details>"];
}
