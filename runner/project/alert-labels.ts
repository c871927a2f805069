import { projectError } from "./errors.js";
import type { Manifest } from "./manifest.js";

/**
 * Seconds from which on a model is too slow, by its key, from the label `alert_seconds`.
 * @throws ProjectError for a label that is no number of seconds
 */
export function alertLimits({ actions }: Pick<Manifest, "actions">): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  for (const { key, labels, fileName } of actions) {
    const text = labels.alert_seconds;
    if (text === undefined) continue;
    if (!/^[1-9]\d{0,6}$/.test(text))
      throw projectError(`label "alert_seconds" must be a whole number of seconds above 0, not "${text}"`, fileName);
    limits.set(key, Number(text));
  }
  return limits;
}
