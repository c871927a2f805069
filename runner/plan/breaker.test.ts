import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { afterFailure, afterReset, afterSuccess, type Breaker, CLOSED, refusedUntil } from "./breaker.js";

const settings = { threshold: 5, timeoutSeconds: 1800, successesToClose: 2 };
const at = (minute: number) => new Date(Date.UTC(2021, 10, 15, 4, minute)).toISOString();
const fail = (breaker: Breaker, minute: number) =>
  afterFailure(breaker, settings, { failedAt: at(minute), message: `boom ${minute}`, type: "query" });
const failed = (times: number) => {
  let breaker: Breaker = CLOSED;
  for (let minute = 0; minute < times; minute += 1) breaker = fail(breaker, minute);
  return breaker;
};

describe("a breaker", () => {
  it("stays closed below the threshold, and a success forgets the failures", () => {
    expect(failed(4)).toMatchObject({ state: "CLOSED", failureCount: 4 });
    expect(afterSuccess(failed(4), settings, at(9))).toMatchObject({
      state: "CLOSED",
      failureCount: 0,
      lastSuccess: at(9),
    });
  });

  it("opens at the threshold and refuses until the timeout is over", () => {
    const open = failed(5);
    expect(open).toMatchObject({ state: "OPEN", failureCount: 5, openedAt: at(4) });
    expect(refusedUntil(open, settings, at(33))).toBe(at(34));
    expect(refusedUntil(open, settings, at(34))).toBeUndefined();
  });

  it("closes after two successes, with one between half open", () => {
    const half = afterSuccess(failed(5), settings, at(40));
    expect(half).toMatchObject({ state: "HALF_OPEN", successCount: 1, halfOpenedAt: at(40) });
    expect(refusedUntil(half, settings, at(41))).toBeUndefined();
    expect(afterSuccess(half, settings, at(41))).toMatchObject({ state: "CLOSED", failureCount: 0, successCount: 0 });
  });

  it("opens again when it fails half open, with a new time", () => {
    expect(fail(failed(5), 50)).toMatchObject({ state: "OPEN", openedAt: at(50), halfOpenedAt: at(50) });
    expect(fail(afterSuccess(failed(5), settings, at(40)), 50)).toMatchObject({ state: "OPEN", openedAt: at(50) });
  });

  it("keeps the last ten failures, newest last, and closes by hand", () => {
    const breaker = failed(12);
    expect(breaker.history.map(({ message }) => message)).toEqual(
      Array.from({ length: 10 }, (_, i) => `boom ${i + 2}`),
    );
    expect(afterReset(breaker)).toMatchObject({ state: "CLOSED", failureCount: 0, history: breaker.history });
  });

  it("refuses only what failed as often as the threshold says, whatever happened before", () => {
    const step = fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 60 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let breaker: Breaker = CLOSED;
        let minute = 0;
        let inARow = 0;
        for (const [succeeds, later] of steps) {
          minute += later;
          if (refusedUntil(breaker, settings, at(minute)) !== undefined) {
            expect(inARow).toBeGreaterThan(0);
            expect(breaker.failureCount).toBeGreaterThanOrEqual(settings.threshold);
            continue;
          }
          inARow = succeeds ? 0 : inARow + 1;
          breaker = succeeds ? afterSuccess(breaker, settings, at(minute)) : fail(breaker, minute);
        }
      }),
    );
  });
});
