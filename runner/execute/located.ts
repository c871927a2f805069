import type { RunnableAction } from "../graph/action.js";
import type { Locate, ProjectText } from "../graph/locate.js";
import { withOwnTable } from "../graph/own-table.js";
import { EngineError } from "../port/engine-error.js";
import type { ScriptTexts } from "../port/port.js";
import type { ComposedQuery } from "./compose.js";
import { functionPlace } from "./function-place.js";

/** An error in the project's SQL; the message begins with file, line and column. */
export class LocatedError extends Error {
  override readonly name = "LocatedError";
}

/** Does something with composed SQL; what the engine refuses is reported at its place in the SQLX file. */
export async function locating<T>(query: ComposedQuery, locate: Locate, work: (sql: string) => Promise<T>): Promise<T> {
  try {
    return await work(query.text);
  } catch (cause) {
    if (!(cause instanceof EngineError)) throw cause;
    if (cause.offset === undefined) throw inFunction(cause, query, locate);
    const origin = query.origin(cause.offset);
    if (origin === undefined) throw cause;
    const { action, offset } = origin;
    const message = withOwnTable(cause.message, action.type, action.node.key);
    throw new LocatedError(`${locate(action, { kind: "sql", text: action.query }, offset)}: ${message}${cause.trace}`, {
      cause,
    });
  }
}

function inFunction(cause: EngineError, query: ComposedQuery, locate: Locate): Error {
  const action = query.pieces.find(({ origin }) => origin !== undefined)?.origin?.action;
  const place = action && cause.frame && functionPlace(cause.frame, action);
  if (action === undefined || place === undefined) return cause;
  return new LocatedError(`${locate(action, place.text, place.offset)}: ${cause.message}`, { cause });
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
      if (!(cause instanceof EngineError) || cause.offset === undefined) throw cause;
      const message = withOwnTable(cause.message, action.type, action.node.key);
      throw new LocatedError(`${locate(action, { kind, text }, cause.offset)}: ${message}${cause.trace}`, {
        cause,
      });
    }
  }
}
