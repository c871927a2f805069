/** The time of the server, which tests may move ahead. */
export class Clock {
  #ahead = 0;

  /** Milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#ahead;
  }

  /** Milliseconds ahead of the real clock. */
  get ahead(): number {
    return this.#ahead;
  }

  /** @throws RangeError for a time that is before now: what has happened stays behind */
  advance(milliseconds: number): void {
    if (!Number.isSafeInteger(milliseconds) || milliseconds < 0)
      throw new RangeError(`the clock moves ahead by whole milliseconds, not by ${milliseconds}`);
    this.#ahead += milliseconds;
  }
}
