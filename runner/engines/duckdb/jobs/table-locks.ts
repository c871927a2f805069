/** Writers of one relation wait for each other, in the order in which they came; nobody else does. */
export class TableLocks {
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
      await Promise.race([Promise.all(before), aborted(signal)]);
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

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
