/** How the circuit breaker of one model is set. */
export interface BreakerSettings {
  /** Failures in a row that open it. */
  readonly threshold: number;
  /** Seconds for which an open one refuses. */
  readonly timeoutSeconds: number;
  /** Successes in a row that close a half-open one. */
  readonly successesToClose: number;
}
