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

/** Whether what a function gives depends on when it is called. */
export function isClock(name: string): boolean {
  return PARENTHESIS_FREE.has(name);
}

export function isVolatile(name: string): boolean {
  return VOLATILE.has(name);
}

/** Whether a system variable, with its `@@`, differs between runs: what tells of the job that runs. */
export function isVolatileVariable(text: string): boolean {
  return /^@@(?:current_job_id|last_job_id|session_id|script\.\w+)$/i.test(text);
}

/** How a query comes by a value that differs between runs. */
export function volatileUse(name: string): string {
  return name.startsWith("@@") ? `reads ${name}` : `calls ${name}()`;
}
