/**
 * Where a character of compiled SQL stands in the SQLX file it came from.
 *
 * Compiling leaves lines without `${...}` as they are, and keeps their order; a line with an interpolation may become several.
 * So equal lines are matched in order, and a compiled line without a match belongs to the source line behind the last match.
 * @param source the SQLX file
 * @param compiled the compiled query
 * @param offset a character in `compiled`
 * @returns 1-based line and column in `source`; the column is that of the line's first character where it was interpolated
 */
export function sqlxPosition(
  source: string,
  compiled: string,
  offset: number,
): { readonly line: number; readonly column: number } {
  const before = compiled.slice(0, offset).split("\n");
  const compiledLine = before.length - 1;
  const sourceLines = source.split("\n");
  const compiledLines = compiled.split("\n");
  let next = firstLineOfSql(sourceLines);
  let exact = false;
  let position = next;
  for (let index = 0; index <= compiledLine; index += 1) {
    const text = (compiledLines[index] ?? "").trimEnd();
    if (text.trim() === "") continue;
    const found = sourceLines.findIndex((line, at) => at >= next && line.trimEnd() === text);
    exact = found >= 0;
    position = exact ? found : firstInterpolated(sourceLines, next);
    if (exact) next = found + 1;
  }
  const column = exact ? (before.at(-1) ?? "").length + 1 : indentOf(sourceLines[position]) + 1;
  return { line: position + 1, column };
}

/** The line behind the `config { ... }` block. */
function firstLineOfSql(lines: readonly string[]): number {
  const config = lines.findIndex((line) => /^\s*config\s*\{/.test(line));
  if (config < 0) return 0;
  let depth = 0;
  for (let index = config; index < lines.length; index += 1) {
    for (const character of lines[index] ?? "") {
      if (character === "{") depth += 1;
      if (character === "}") depth -= 1;
    }
    if (depth <= 0) return index + 1;
  }
  return config;
}

function firstInterpolated(lines: readonly string[], from: number): number {
  const found = lines.findIndex((line, index) => index >= from && line.includes("${"));
  return found >= 0 ? found : Math.min(from, lines.length - 1);
}

function indentOf(line: string | undefined): number {
  return /^\s*/.exec(line ?? "")?.[0].length ?? 0;
}
