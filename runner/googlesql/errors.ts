import { DialectError, type Span } from "./contract.js";
import { tooDeeplyNested } from "./nesting.js";

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

/** Runs `work`; a `SqlProblem` leaves as a `DialectError` positioned in `sql`, and so does a stack that `sql` is nested too deeply for. */
export function locateErrors<T>(sql: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const problem = problemOf(error, sql);
    if (problem === undefined) throw error;
    const { line, column } = positionOf(sql, problem.span.start);
    throw new DialectError(problem.kind, problem.message, problem.span, line, column);
  }
}

/** What an error says of the text that was being parsed or resolved; undefined: nothing. */
export function problemOf(error: unknown, sql: string): SqlProblem | undefined {
  return error instanceof SqlProblem ? error : tooDeeplyNested(error, sql);
}
