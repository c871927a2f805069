/** Functions whose value differs between runs. */
const VOLATILE: ReadonlySet<string> = new Set([
  "CURRENT_TIMESTAMP",
  "CURRENT_DATE",
  "CURRENT_DATETIME",
  "CURRENT_TIME",
  "RAND",
  "GENERATE_UUID",
  "SESSION_USER",
]);

/** Names that may be called without parentheses. */
export const PARENTHESIS_FREE: ReadonlySet<string> = new Set([
  "CURRENT_TIMESTAMP",
  "CURRENT_DATE",
  "CURRENT_DATETIME",
  "CURRENT_TIME",
]);

export function isVolatile(name: string): boolean {
  return VOLATILE.has(name);
}
