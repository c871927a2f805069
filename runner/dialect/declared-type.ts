/** DuckDB stores a GoogleSQL type in one way, whatever its parameters: the comment of a column says how it was declared, after this. */
export const DECLARED_MARK = "GoogleSQL type: ";

/** The declared type in the comment of a column; undefined: no such comment. */
export function declaredType(comment: string | null | undefined): string | undefined {
  return comment?.startsWith(DECLARED_MARK) ? comment.slice(DECLARED_MARK.length) : undefined;
}
