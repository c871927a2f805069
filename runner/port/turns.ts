/** Writers of one relation wait for each other, in the order in which they came; nobody else does. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /**
   * Does work once everybody is done who asked for one of the keys before.
   * @param signal given up by the caller while it waits: the work is not begun
   */
  async hold<T>(keys: readonly string[], signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const wanted = [...new Set(keys)];
    const before = wanted.map((key) => this.#last.get(key));
    let release = () => {};
    const mine = new Promise<void>((resolve) => {
      release = resolve;
    });
    const done = Promise.all(before).then(() => mine);
    for (const key of wanted) this.#last.set(key, done);
    try {
      await settledOrAborted(before, signal);
      signal.throwIfAborted();
      return await work();
    } finally {
      release();
      void done.then(() => {
        for (const key of wanted) if (this.#last.get(key) === done) this.#last.delete(key);
      });
    }
  }
}

async function settledOrAborted(before: readonly (Promise<unknown> | undefined)[], signal: AbortSignal): Promise<void> {
  let stop = () => {};
  const aborted = new Promise<void>((resolve) => {
    stop = resolve;
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", stop, { once: true });
  });
  try {
    await Promise.race([Promise.all(before), aborted]);
  } finally {
    // A signal outlives what waits for it: a script has one for all its statements.
    signal.removeEventListener("abort", stop);
  }
}
