import type { RunEvent } from "../events/events.js";

/** Tells how long an action wrote: from the step that begins to write until its next step, or until it has committed. */
export class WritingTime {
  #since: number | undefined;
  #written: number | undefined;

  /** Passes events on. */
  observing(emit: (event: RunEvent) => void): (event: RunEvent) => void {
    return (event) => {
      if (event.event === "action_step") {
        this.#pause();
        if (event.step === "writing") this.#since = performance.now();
      }
      emit(event);
    };
  }

  /** Forgets what an attempt has written that was given up. */
  restart(): void {
    this.#since = undefined;
    this.#written = undefined;
  }

  /** Milliseconds; undefined: it has written nothing. */
  end(): number | undefined {
    this.#pause();
    return this.#written;
  }

  #pause(): void {
    if (this.#since !== undefined) this.#written = (this.#written ?? 0) + performance.now() - this.#since;
    this.#since = undefined;
  }
}
