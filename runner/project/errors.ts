/** One thing wrong with a project, at the place where the user can mend it. */
export interface ProjectProblem {
  /** Path relative to the project directory; undefined: no single file is to blame. */
  readonly file: string | undefined;
  /** 1-based; undefined: unknown. */
  readonly line: number | undefined;
  /** 1-based; undefined: unknown. */
  readonly column: number | undefined;
  readonly message: string;
}

/** `definitions/x.sqlx:12: message`, always one line. */
export function renderProblem(problem: ProjectProblem): string {
  const message = problem.message.replace(/\s*\n\s*/g, " ").trim();
  if (problem.file === undefined) return message;
  const place = [problem.file, problem.line, problem.line === undefined ? undefined : problem.column];
  return `${place.filter((part) => part !== undefined).join(":")}: ${message}`;
}

/** The project cannot be read or compiled: the user's mistake, exit code 2. The message holds one line per problem. */
export class ProjectError extends Error {
  override readonly name = "ProjectError";
  readonly exitCode = 2;

  constructor(readonly problems: readonly ProjectProblem[]) {
    super(problems.map(renderProblem).join("\n"));
  }
}

/** A `ProjectError` with a single problem. */
export function projectError(message: string, file?: string, line?: number): ProjectError {
  return new ProjectError([{ file, line, column: undefined, message }]);
}
