import type { ProjectProblem } from "../project/errors.js";

/**
 * A problem as a workflow command of GitHub Actions, which shows it beside the line in a pull request.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions#setting-an-error-message
 */
export function githubAnnotation(
  { file, line, column, message }: ProjectProblem,
  level: "error" | "warning" | "notice" = "error",
): string {
  const properties = [
    file === undefined ? undefined : `file=${escapeProperty(file)}`,
    line === undefined ? undefined : `line=${line}`,
    column === undefined ? undefined : `col=${column}`,
  ].filter((property) => property !== undefined);
  return `::${level}${properties.length === 0 ? "" : ` ${properties.join(",")}`}::${escapeData(message)}`;
}

/** The place that the error of an action begins with, as `definitions/x.sqlx:3:5: message`. */
export function problemOf(error: string, action: string): ProjectProblem {
  const [, file, line, column, message] = /^([^\s:]+\.\w+)(?::(\d+))?(?::(\d+))?: (.*)$/s.exec(error) ?? [];
  const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  return { file, line: number(line), column: number(column), message: `${action}: ${message ?? error}` };
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
