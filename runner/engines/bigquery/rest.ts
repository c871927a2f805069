import { setTimeout as later } from "node:timers/promises";
import type { RestAnswer, RestCall, Send } from "./client.js";
import { RestError } from "./rest-error.js";

/** How long and how often calls are tried again, in milliseconds. */
export interface Patience {
  readonly firstPause: number;
  readonly longestPause: number;
  /** From the first try to the last. */
  readonly deadline: number;
  /** The same as long as there was no answer at all: then the address is wrong, or there is no network. */
  readonly firstContact: number;
  /** So many tries are made at any rate: a machine that is busy is slow to send even the first of them. */
  readonly fewestTries: number;
}

/** Of the service, and of a server on this machine, which is never busy for long. */
export const PATIENCE: Readonly<Record<"service" | "local", Patience>> = {
  service: { firstPause: 500, longestPause: 20_000, deadline: 600_000, firstContact: 10_000, fewestTries: 1 },
  local: { firstPause: 10, longestPause: 500, deadline: 60_000, firstContact: 3_000, fewestTries: 5 },
};

/** Waits longer each time, by a random share so that many do not come back at once. */
export class Backoff {
  #tries = 0;
  readonly #began = Date.now();

  /** @param isReached whether there was ever an answer */
  constructor(
    readonly patience: Patience,
    readonly signal: AbortSignal,
    readonly isReached: () => boolean,
  ) {}

  /** @throws cause when the deadline has passed; the signal's reason when it is given up */
  async pause(cause: unknown): Promise<void> {
    const { deadline, firstContact, fewestTries } = this.patience;
    const isOver = Date.now() - this.#began > (this.isReached() ? deadline : firstContact);
    if (isOver && this.#tries + 1 >= fewestTries) throw cause;
    const most = Math.min(this.patience.longestPause, this.patience.firstPause * 2 ** this.#tries);
    this.#tries += 1;
    await later(most * (0.5 + Math.random() / 2), undefined, { signal: this.signal });
  }
}

/** Calls of the REST API that may be sent twice. */
export class Rest {
  /** How many were sent, each try for itself. */
  calls = 0;
  #isReached = false;

  constructor(
    private readonly sendOnce: Send,
    readonly patience: Patience,
    readonly signal: AbortSignal,
  ) {}

  backoff(): Backoff {
    return new Backoff(this.patience, this.signal, () => this.#isReached);
  }

  /** One try. */
  async send(call: RestCall): Promise<RestAnswer> {
    this.signal.throwIfAborted();
    this.calls += 1;
    try {
      const answer = await this.sendOnce(call);
      this.#isReached = true;
      return answer;
    } catch (cause) {
      this.#isReached ||= cause instanceof RestError && cause.status > 0;
      throw cause;
    }
  }

  /**
   * Sends a call that changes nothing, or the same when it is sent again, until there is an answer to it.
   * @param read what the answer says; an answer that it refuses as malformed is asked for again
   * @throws RestError
   */
  async repeat<T>(call: RestCall, read: (answer: RestAnswer) => T): Promise<T> {
    const backoff = this.backoff();
    for (;;) {
      try {
        return read(await this.send(call));
      } catch (cause) {
        if (!(cause instanceof RestError) || cause.trouble === "refused") throw cause;
        await backoff.pause(cause);
      }
    }
  }

  /** The same; undefined where the thing that is asked for is not there. */
  async find<T>(call: RestCall, read: (answer: RestAnswer) => T): Promise<T | undefined> {
    try {
      return await this.repeat(call, read);
    } catch (cause) {
      if (cause instanceof RestError && cause.status === 404) return undefined;
      throw cause;
    }
  }
}
