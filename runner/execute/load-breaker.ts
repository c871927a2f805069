import type { BreakerSettings } from "../graph/breaker-settings.js";
import { afterFailure, afterSuccess, CLOSED, refusedUntil, remembersTrouble } from "../plan/breaker.js";
import { EngineError } from "../port/engine-error.js";
import type { Observation, Transaction } from "../port/port.js";
import { changesBetween, recordBreakerEvents } from "../state/breaker-events.js";
import { readBreakers, writeBreaker } from "../state/breaker-state.js";
import { BreakerOpenError, LONGEST_MESSAGE, refusal } from "./breakers.js";

/** The name of a loader's breaker, which no model can have. */
export function loadBreakerName(loader: string): string {
  return `load ${loader}`;
}

/** @throws BreakerOpenError when the loader has failed so often that it is not tried for a while */
export async function admitLoad(
  observation: Observation,
  dataset: string,
  loader: string,
  settings: BreakerSettings,
): Promise<void> {
  const name = loadBreakerName(loader);
  const { breaker = CLOSED } = (await readBreakers(observation, dataset)).get(name) ?? {};
  const until = refusedUntil(breaker, settings, new Date().toISOString());
  if (until !== undefined) throw new BreakerOpenError(refusal(name, breaker, until));
}

/** Notes how an attempt ended, with the change of state that it makes. */
export async function noteLoad(
  transaction: Transaction,
  dataset: string,
  load: { readonly loader: string; readonly runId: string },
  settings: BreakerSettings,
  failure: unknown,
): Promise<void> {
  const name = loadBreakerName(load.loader);
  const { breaker: before = CLOSED } = (await readBreakers(transaction, dataset)).get(name) ?? {};
  if (failure === undefined && !remembersTrouble(before)) return;
  const at = new Date().toISOString();
  const message = failure instanceof Error ? failure.message : String(failure);
  const type = failure instanceof EngineError ? failure.code : failure instanceof Error ? failure.name : "unknown";
  const after =
    failure === undefined
      ? afterSuccess(before, settings, at)
      : afterFailure(before, settings, { failedAt: at, message: message.slice(0, LONGEST_MESSAGE), type });
  await writeBreaker(transaction, dataset, { name, breaker: after, settings, updatedAt: at });
  await recordBreakerEvents(transaction, dataset, changesBetween(name, before, after, at, load.runId));
}
