import { DialectError } from "../dialect/contract.js";
import { type ScriptTexts, StatementError } from "../warehouse/port.js";
import type { RunnableAction } from "./action.js";
import type { ComposedQuery } from "./compose.js";

/** One of an action's compiled texts, and the block of its SQLX file that it comes from. */
export interface ProjectText {
  readonly kind: "sql" | "pre_operations" | "post_operations";
  readonly text: string;
}

/** Tells where a place in an action's compiled SQL stands in the project: `definitions/x.sqlx:12:7`. */
export type Locate = (action: RunnableAction, text: ProjectText, offset: number) => string;

/** An error in the project's SQL; the message begins with file, line and column. */
export class LocatedError extends Error {
  override readonly name = "LocatedError";
}

/** Does something with composed SQL; what the dialect refuses is reported at its place in the SQLX file. */
export async function locating<T>(query: ComposedQuery, locate: Locate, work: (sql: string) => Promise<T>): Promise<T> {
  try {
    return await work(query.text);
  } catch (cause) {
    if (!(cause instanceof DialectError)) throw inJavaScript(cause, query, locate);
    const origin = query.origin(cause.span.start);
    if (origin === undefined) throw cause;
    const { action, offset } = origin;
    throw new LocatedError(`${locate(action, { kind: "sql", text: action.query }, offset)}: ${cause.message}`);
  }
}

const FAILED_FUNCTION = /JavaScript function (\S+) (?:failed(?: in line (\d+))?|took).*/;

/** A failure of a user's JavaScript function, at the line of its body where pre_operations hold it, else at its first call. */
function inJavaScript(cause: unknown, query: ComposedQuery, locate: Locate): unknown {
  const said = cause instanceof Error ? cause.message : "";
  const [message = "", name = "", line] = FAILED_FUNCTION.exec(said) ?? [];
  const action = query.pieces.find(({ origin }) => origin !== undefined)?.origin?.action;
  if (name === "" || action === undefined) return cause;
  const own = name.slice(name.lastIndexOf(".") + 1).replaceAll("$", "\\$");
  for (const text of action.preOps) {
    const definition = new RegExp(`\\bFUNCTION\\s[^(]*\\b${own}\`?\\s*\\([\\s\\S]*?\\bAS\\s+r?("""|'''|"|')`, "i").exec(
      text,
    );
    if (definition === null) continue;
    const body = text.slice(definition.index + definition[0].length).split("\n");
    const before = body.slice(0, Number(line ?? 1) - 1).join("\n").length;
    const offset = definition.index + definition[0].length + before + (before > 0 ? 1 : 0);
    const place = offset + (/^\s*/.exec(text.slice(offset))?.[0].length ?? 0);
    return new LocatedError(`${locate(action, { kind: "pre_operations", text }, place)}: ${message}`);
  }
  const call = new RegExp(`\\b${own}\`?\\s*\\(`, "i").exec(action.query);
  const text = { kind: "sql", text: action.query } as const;
  return call === null ? cause : new LocatedError(`${locate(action, text, call.index)}: ${message}`);
}

/** Runs an action's statements as texts of one script; an error is told at its place in the SQLX file. */
export async function runStatements(
  script: Pick<ScriptTexts, "execute">,
  action: RunnableAction,
  kind: ProjectText["kind"],
  texts: readonly string[],
  locate: Locate,
): Promise<void> {
  for (const text of texts) {
    try {
      await script.execute(text);
    } catch (cause) {
      const offset =
        cause instanceof DialectError ? cause.span.start : cause instanceof StatementError ? cause.offset : undefined;
      if (offset === undefined) throw cause;
      throw new LocatedError(`${locate(action, { kind, text }, offset)}: ${(cause as Error).message}`);
    }
  }
}
