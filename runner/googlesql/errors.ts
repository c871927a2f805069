import { DialectError, type Span } from "./contract.js";

/**
 * A problem found while lexing, parsing or resolving. Carries only a span: `locateErrors` turns it into a `DialectError`
 * with line and column at the public entry, where the whole text is known.
 */
export class SqlProblem extends Error {
  constructor(
    readonly kind: DialectError["kind"],
    message: string,
    readonly span: Span,
  ) {
    super(message);
  }
}

export function syntaxError(message: string, span: Span): SqlProblem {
  return new SqlProblem("syntax", `Syntax error: ${message}`, span);
}

export function analysisError(message: string, span: Span): SqlProblem {
  return new SqlProblem("analysis", message, span);
}

/** Valid GoogleSQL that the embedded engine cannot run faithfully. */
export function unsupported(construct: string, span: Span): SqlProblem {
  return new SqlProblem("unsupported", `${construct} is not supported by the embedded engine`, span);
}

/** 1-based line and column of a character offset. */
export function positionOf(sql: string, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (let i = sql.indexOf("\n"); i !== -1 && i < offset; i = sql.indexOf("\n", i + 1)) {
    line += 1;
    lineStart = i + 1;
  }
  return { line, column: offset - lineStart + 1 };
}

/** Runs `work`; a `SqlProblem` leaves as a `DialectError` positioned in `sql`. */
export function locateErrors<T>(sql: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SqlProblem)) throw error;
    const { line, column } = positionOf(sql, error.span.start);
    throw new DialectError(error.kind, error.message, error.span, line, column);
  }
}
