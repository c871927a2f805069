import { describe, expect, it } from "vitest";
import { Turns } from "./turns.js";

const NEVER = new AbortController().signal;
const later = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("locks of tables", () => {
  it("let writers of one table follow each other, and others pass", async () => {
    const locks = new Turns();
    const seen: string[] = [];
    const write = (key: string, name: string, takes: number) =>
      locks.hold([key], NEVER, async () => {
        seen.push(`${name} begins`);
        await later(takes);
        seen.push(`${name} ends`);
      });
    await Promise.all([write("a", "first", 30), write("a", "second", 0), write("b", "other", 0)]);
    expect(seen).toEqual(["first begins", "other begins", "other ends", "first ends", "second begins", "second ends"]);
  });

  it("are free again after a failure, and after a writer has given up waiting", async () => {
    const locks = new Turns();
    await expect(locks.hold(["a"], NEVER, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    const stop = new AbortController();
    const holding = locks.hold(["a"], NEVER, () => later(40));
    const waiting = locks.hold(["a"], stop.signal, async () => "never");
    stop.abort(new Error("given up"));
    await expect(waiting).rejects.toThrow("given up");
    let isHeld = true;
    const next = locks.hold(["a"], NEVER, async () => isHeld);
    await holding;
    isHeld = false;
    expect(await next).toBe(false);
  });
});
