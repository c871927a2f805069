import { DialectError } from "../dialect/contract.js";
import type { RunnableAction } from "./action.js";
import type { ComposedQuery } from "./compose.js";

/** Tells where a place in an action's compiled SQL stands in the project: `definitions/x.sqlx:12:7`. */
export type Locate = (action: RunnableAction, offset: number) => string;

/** An error in the project's SQL; the message begins with file, line and column. */
export class LocatedError extends Error {
  override readonly name = "LocatedError";
}

/** Does something with composed SQL; what the dialect refuses is reported at its place in the SQLX file. */
export async function locating<T>(query: ComposedQuery, locate: Locate, work: (sql: string) => Promise<T>): Promise<T> {
  try {
    return await work(query.text);
  } catch (cause) {
    if (!(cause instanceof DialectError)) throw cause;
    const origin = query.origin(cause.span.start);
    if (origin === undefined) throw cause;
    throw new LocatedError(`${locate(origin.action, origin.offset)}: ${cause.message}`);
  }
}
