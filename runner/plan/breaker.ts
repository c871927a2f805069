import type { BreakerSettings } from "../graph/breaker-settings.js";

export interface BreakerFailure {
  readonly failedAt: string;
  readonly message: string;
  readonly type: string;
}

/** The persisted breaker of one model; times are ISO 8601 in UTC. */
export interface Breaker {
  readonly state: "CLOSED" | "OPEN" | "HALF_OPEN";
  /** Failures in a row. */
  readonly failureCount: number;
  /** Successes since it was half open. */
  readonly successCount: number;
  readonly lastFailure: string | undefined;
  readonly lastSuccess: string | undefined;
  readonly openedAt: string | undefined;
  readonly halfOpenedAt: string | undefined;
  /** The last failures, newest last. */
  readonly history: readonly BreakerFailure[];
}

const KEPT_FAILURES = 10;

/** The breaker of a model that never failed. */
export const CLOSED: Breaker = {
  state: "CLOSED",
  failureCount: 0,
  successCount: 0,
  lastFailure: undefined,
  lastSuccess: undefined,
  openedAt: undefined,
  halfOpenedAt: undefined,
  history: [],
};

/** When an open breaker lets the next attempt through; undefined: it does so now. */
export function refusedUntil(breaker: Breaker, settings: BreakerSettings, now: string): string | undefined {
  if (breaker.state !== "OPEN") return undefined;
  const opened = Date.parse(breaker.openedAt ?? "");
  // Whoever cannot tell when it opened does not refuse for ever.
  if (Number.isNaN(opened)) return undefined;
  const until = opened + settings.timeoutSeconds * 1000;
  return Date.parse(now) < until ? new Date(until).toISOString() : undefined;
}

/** The breaker while an attempt is made that it did not refuse: an open one is half open from then on. */
export function admitted(breaker: Breaker, now: string): Breaker {
  return breaker.state === "OPEN" ? { ...breaker, state: "HALF_OPEN", halfOpenedAt: now, successCount: 0 } : breaker;
}

/** The breaker after an attempt that succeeded. */
export function afterSuccess(before: Breaker, settings: BreakerSettings, now: string): Breaker {
  const breaker = admitted(before, now);
  const successCount = breaker.successCount + 1;
  if (breaker.state === "HALF_OPEN" && successCount < settings.successesToClose)
    return { ...breaker, successCount, lastSuccess: now };
  return { ...breaker, ...COUNTERS, state: "CLOSED", lastSuccess: now };
}

/** The breaker after an attempt that failed: half open it opens again, closed it opens at the threshold. */
export function afterFailure(before: Breaker, settings: BreakerSettings, failure: BreakerFailure): Breaker {
  const breaker = admitted(before, failure.failedAt);
  const failureCount = breaker.failureCount + 1;
  const opens = breaker.state === "HALF_OPEN" || failureCount >= settings.threshold;
  return {
    ...breaker,
    state: opens ? "OPEN" : "CLOSED",
    failureCount,
    successCount: 0,
    lastFailure: failure.failedAt,
    openedAt: opens ? failure.failedAt : breaker.openedAt,
    history: [...breaker.history, failure].slice(-KEPT_FAILURES),
  };
}

/** The breaker after somebody closed it by hand. */
export function afterReset(breaker: Breaker): Breaker {
  return { ...breaker, ...COUNTERS, state: "CLOSED" };
}

/** Whether a success is worth a row: a healthy model's breaker is not written, so that nothing behind it looks changed. */
export function remembersTrouble({ state, failureCount }: Breaker): boolean {
  return state !== "CLOSED" || failureCount > 0;
}

const COUNTERS = { failureCount: 0, successCount: 0 } as const;
