import { describe, expect, it } from "vitest";
import { type Clock, Quotas } from "./quotas.js";

/** A clock that moves only when somebody waits. */
class MovedClock implements Clock {
  at = 0;

  now(): number {
    return this.at;
  }

  async wait(milliseconds: number): Promise<void> {
    this.at += milliseconds;
  }
}

const { signal } = new AbortController();

describe("what is done to one table", () => {
  it("is at most five definitions in ten seconds; the others wait", async () => {
    const clock = new MovedClock();
    const quotas = new Quotas(signal, clock);
    const begun: number[] = [];
    for (let count = 0; count < 12; count += 1)
      await quotas.hold({ defines: ["shop.daily"] }, async () => void begun.push(clock.at));
    expect(begun).toEqual([0, 0, 0, 0, 0, 10_000, 10_000, 10_000, 10_000, 10_000, 20_000, 20_000]);
    await quotas.hold({ defines: ["shop.other"] }, async () => void begun.push(clock.at));
    expect(begun.at(-1)).toBe(20_000);
  });

  it("is at most 1,500 definitions a day; the next one waits until the first is a day ago", async () => {
    const clock = new MovedClock();
    const quotas = new Quotas(signal, clock);
    for (let count = 0; count < 1500; count += 1) await quotas.hold({ defines: ["t"] }, async () => undefined);
    expect(clock.at).toBe(299 * 10_000);
    await quotas.hold({ defines: ["t"] }, async () => undefined);
    expect(clock.at).toBe(86_400_000);
  });

  it("counts a script by the definitions in it", async () => {
    const clock = new MovedClock();
    const quotas = new Quotas(signal, clock);
    await quotas.hold({ defines: ["t", "t", "t"] }, async () => undefined);
    await quotas.hold({ defines: ["t", "t", "t"] }, async () => undefined);
    expect(clock.at).toBe(10_000);
  });

  it("is at most two mutations at once, whatever becomes of them", async () => {
    const quotas = new Quotas(signal, new MovedClock());
    let running = 0;
    let most = 0;
    const mutation = async (index: number) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((done) => setImmediate(done));
      running -= 1;
      if (index % 3 === 0) throw new Error("failed");
    };
    const all = Array.from({ length: 25 }, (_, index) =>
      quotas.hold({ mutates: index % 2 === 0 ? ["t"] : ["u", "t"] }, () => mutation(index)),
    );
    const ended = await Promise.allSettled(all);
    expect(most).toBe(2);
    expect(ended.filter(({ status }) => status === "rejected").length).toBe(9);
  });

  it("is given up with the warehouse", async () => {
    const stop = new AbortController();
    const quotas = new Quotas(stop.signal);
    await quotas.hold({ defines: ["t", "t", "t", "t", "t"] }, async () => undefined);
    const waiting = quotas.hold({ defines: ["t"] }, async () => undefined);
    stop.abort();
    await expect(waiting).rejects.toThrow();
  });
});
