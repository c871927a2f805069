import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunnableAction } from "../execute/action.js";
import { sqlxPosition } from "../project/sqlx-position.js";

/** `definitions/x.sqlx:12:7` for a character of an action's compiled SQL; the file alone where it cannot be read. */
export function locateInProject(projectDir: string, action: RunnableAction, offset: number): string {
  try {
    const source = readFileSync(join(projectDir, action.fileName), "utf8");
    const { line, column } = sqlxPosition(source, action.query, offset);
    return `${action.fileName}:${line}:${column}`;
  } catch {
    return action.fileName;
  }
}
