import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunnableAction } from "../graph/action.js";
import type { ProjectText } from "../graph/locate.js";
import { sourcePosition } from "./source-position.js";

/** `definitions/x.sqlx:12:7` for a character of an action's compiled SQL; the file alone where the place is not found. */
export function locateInProject(projectDir: string, action: RunnableAction, text: ProjectText, offset: number): string {
  const { fileName } = action;
  try {
    const source = readFileSync(join(projectDir, fileName), "utf8");
    const { line, column } = sourcePosition(source, text, offset, fileName.endsWith(".sqlx"));
    return line === undefined ? fileName : `${fileName}:${line}:${column}`;
  } catch {
    return fileName;
  }
}
