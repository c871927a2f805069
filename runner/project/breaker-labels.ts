import type { BreakerSettings } from "../graph/breaker-settings.js";
import { projectError } from "./errors.js";

const DEFAULT_TIMEOUT_SECONDS = 1800;

/**
 * The circuit breaker of a model, from its BigQuery labels: `breaker_threshold` (failures in a row that open it; without this label the
 * model has no breaker), `breaker_timeout_seconds` (1800) and `breaker_successes` (that close a half-open one, 1).
 *
 * @throws ProjectError for a label that is no whole number above 0
 */
export function readBreakerLabels(
  labels: Readonly<Record<string, string>>,
  fileName: string,
): BreakerSettings | undefined {
  const number = (label: string, otherwise: number) => {
    const value = labels[label];
    if (value === undefined) return otherwise;
    if (/^[1-9]\d{0,6}$/.test(value)) return Number(value);
    throw projectError(`label "${label}" must be a whole number above 0, not "${value}"`, fileName);
  };
  if (labels.breaker_threshold === undefined) return undefined;
  return {
    threshold: number("breaker_threshold", 1),
    timeoutSeconds: number("breaker_timeout_seconds", DEFAULT_TIMEOUT_SECONDS),
    successesToClose: number("breaker_successes", 1),
  };
}
