import { setTimeout as sleep } from "node:timers/promises";
import { isLocked } from "../port/engine-error.js";

const AGAIN = 200;

/**
 * Does something with a warehouse as soon as nobody else holds it.
 * @param seconds how long to wait for that; undefined: not at all
 * @param note is told once who is waited for
 * @throws EngineError `locked` when the time is over
 */
export async function waitForLock<T>(
  seconds: number | undefined,
  note: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + (seconds ?? 0) * 1000;
  for (let isTold = false; ; isTold = true) {
    try {
      return await work();
    } catch (cause) {
      if (!isLocked(cause) || Date.now() >= deadline) throw cause;
      if (!isTold) note(`${cause.message.split(";", 1)[0]}; waiting for it, ${seconds} s at most`);
    }
    await sleep(Math.min(AGAIN, Math.max(0, deadline - Date.now())));
  }
}
