import type { ProjectProblem } from "../project/errors.js";

/**
 * A problem as a workflow command of GitHub Actions, which shows it beside the line in a pull request.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions#setting-an-error-message
 */
export function githubAnnotation({ file, line, column, message }: ProjectProblem): string {
  const properties = [
    file === undefined ? undefined : `file=${escapeProperty(file)}`,
    line === undefined ? undefined : `line=${line}`,
    column === undefined ? undefined : `col=${column}`,
  ].filter((property) => property !== undefined);
  return `::error${properties.length === 0 ? "" : ` ${properties.join(",")}`}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
