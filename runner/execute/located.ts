import { DialectError } from "../dialect/contract.js";
import { type ScriptTexts, StatementError } from "../warehouse/port.js";
import type { RunnableAction } from "./action.js";
import type { ComposedQuery } from "./compose.js";
import { javaScriptPlace } from "./javascript-place.js";

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

function inJavaScript(cause: unknown, query: ComposedQuery, locate: Locate): unknown {
  const action = query.pieces.find(({ origin }) => origin !== undefined)?.origin?.action;
  const place = action && cause instanceof Error ? javaScriptPlace(cause.message, action) : undefined;
  if (action === undefined || place === undefined) return cause;
  return new LocatedError(`${locate(action, place.text, place.offset)}: ${place.message}`);
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
      const at = (offset: number): string => locate(action, { kind, text }, offset);
      if (cause instanceof DialectError) throw new LocatedError(`${at(cause.span.start)}: ${cause.message}`);
      if (cause instanceof StatementError)
        throw new LocatedError(`${at(cause.offset)}: ${cause.message}${cause.trace}`);
      throw cause;
    }
  }
}
