import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { afterCompletion, type Completion, type CompletionState, NOTHING_COMPLETE, waitingFor } from "./completion.js";

const REQUIRED = ["defense", "shots", "composite", "cache"];
const message = (processor: string, at: number, more: Partial<Completion> = {}): Completion => ({
  processor,
  status: "success",
  rowCount: 30,
  completedAt: new Date(at * 1000).toISOString(),
  ...more,
});

function play(messages: readonly Completion[]): { state: CompletionState; fired: number[] } {
  let state = NOTHING_COMPLETE;
  const fired: number[] = [];
  messages.forEach((each, index) => {
    const after = afterCompletion(state, REQUIRED, each, `now ${index}`);
    state = after.state;
    if (after.fires) fired.push(index);
  });
  return { state, fired };
}

const all = REQUIRED.map((processor, index) => message(processor, index));

describe("the completion of a date", () => {
  it("starts the target with the last of all processors, whatever the order", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: 4 }), (messages) => {
        expect(play(messages).fired).toEqual([3]);
      }),
    );
  });

  it("starts it once, however often messages come again", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...all), { maxLength: 30 }), (messages) => {
        const seen = new Set(messages.map(({ processor }) => processor));
        const { state, fired } = play(messages);
        expect(fired.length).toBe(seen.size === 4 ? 1 : 0);
        expect(waitingFor(state, REQUIRED)).toEqual(REQUIRED.filter((processor) => !seen.has(processor)));
      }),
    );
  });

  it("is not reached by a notice of failure, or by a success without rows", () => {
    expect(play([...all.slice(1), message("defense", 9, { status: "failed" })]).fired).toEqual([]);
    expect(play([...all.slice(1), message("defense", 9, { rowCount: 0 })]).fired).toEqual([]);
    expect(play([...all.slice(1), message("unknown", 9)]).fired).toEqual([]);
  });

  it("is reached with what a rule leaves out; where all are left out there is nothing to start", () => {
    const skipped = (name: string, at: number) =>
      message(name, at, { status: "skipped", rowCount: 0, skipReason: "no_games" });
    expect(play([...all.slice(1), skipped("defense", 9)]).fired).toEqual([3]);
    const none = play(REQUIRED.map(skipped));
    expect(none.fired).toEqual([]);
    expect(waitingFor(none.state, REQUIRED)).toEqual([]);
  });

  it("is reached by a retry, which takes the place of the failure", () => {
    const failed = message("cache", 5, { status: "failed" });
    expect(play([...all.slice(0, 3), failed, message("cache", 6)]).fired).toEqual([4]);
  });

  it("is not undone by an older message of the same processor that comes late", () => {
    const late = message("cache", 1, { status: "failed" });
    expect(waitingFor(play([...all, late]).state, REQUIRED)).toEqual([]);
    expect(play([...all, message("cache", 9, { status: "failed" }), message("cache", 10)]).fired).toEqual([3]);
  });
});
