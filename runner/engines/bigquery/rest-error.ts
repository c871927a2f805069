import { redacted } from "./redact.js";

/**
 * What is known after a call went wrong. `refused`: the service has answered, and nothing was done; `busy`: the same, and the same
 * call may succeed later; `lost`: nobody knows whether it was done.
 */
export type Trouble = "refused" | "busy" | "lost";

/** A call of the REST API that did not succeed. It holds nothing of the request: that has the credentials. */
export class RestError extends Error {
  override readonly name = "RestError";

  constructor(
    readonly trouble: Trouble,
    /** HTTP's; 0: there was no answer. */
    readonly status: number,
    /** BigQuery's word, such as `notFound`; empty: there was none. */
    readonly reason: string,
    message: string,
  ) {
    super(redacted(message));
  }
}

/** Answers that may be different a little later. */
const BUSY_REASONS: ReadonlySet<string> = new Set([
  "rateLimitExceeded",
  "userRateLimitExceeded",
  "jobRateLimitExceeded",
  "backendError",
  "internalError",
  "badGateway",
  "jobBackendError",
  "jobInternalError",
]);

/** Whether something that failed for a reason may succeed when it is asked again; some say it in the message alone. */
export function isBusy(reason: string, message: string): boolean {
  return BUSY_REASONS.has(reason) || /exceeded rate limits|too many (?:table update|dml) |try again/i.test(message);
}

/** An answer that says that a call failed. */
export function answeredError(status: number, body: unknown, text: string): RestError {
  const error = (body as { error?: { message?: unknown; errors?: readonly { reason?: unknown }[] } } | undefined)
    ?.error;
  const reason = typeof error?.errors?.[0]?.reason === "string" ? error.errors[0].reason : "";
  const message = typeof error?.message === "string" ? error.message : `HTTP ${status} ${text.slice(0, 200)}`;
  if (status >= 500 || status === 408) return new RestError("lost", status, reason, message);
  const busy = status === 429 || isBusy(reason, message);
  return new RestError(busy ? "busy" : "refused", status, reason, message);
}
