import { setTimeout as sleep } from "node:timers/promises";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FittingThreads } from "./fitting-threads.js";

const CORES = 4;

describe("a query's threads", () => {
  let instance: DuckDBInstance;
  let connection: DuckDBConnection;

  beforeAll(async () => {
    instance = await DuckDBInstance.create(":memory:", { threads: String(CORES) });
    connection = await instance.connect();
  });
  afterAll(() => {
    connection.closeSync();
    instance.closeSync();
  });

  const threads = async () => {
    const reader = await connection.runAndReadAll("SELECT current_setting('threads')");
    return Number(reader.getRows()[0]?.[0]);
  };
  const becomes = (count: number) => expect.poll(threads, { interval: 5 }).toBe(count);

  /** Work that lasts until it is told to end. */
  function beginIn(fitting: FittingThreads): { end(): Promise<void> } {
    let finish = (): void => undefined;
    const ended = fitting.during(() => new Promise<void>((resolve) => (finish = resolve)));
    return {
      async end() {
        finish();
        await ended;
      },
    };
  }

  it("are the cores on which nothing else is at work, at least one", async () => {
    const fitting = new FittingThreads(instance);
    const begun = [beginIn(fitting)];
    await sleep(20);
    expect(await threads()).toBe(CORES);
    for (const left of [3, 2, 1, 1]) {
      begun.push(beginIn(fitting));
      await becomes(left);
    }
    for (const left of [1, 2, 3, 4, 4]) {
      await begun.pop()?.end();
      await becomes(left);
    }
    await fitting.close();
  });

  it("come back from work that fails", async () => {
    const fitting = new FittingThreads(instance);
    const other = beginIn(fitting);
    const failing = fitting.during(async () => {
      await becomes(CORES - 1);
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    await becomes(CORES);
    await other.end();
    await fitting.close();
  });

  it("stay as somebody has chosen them", async () => {
    const fitting = new FittingThreads(instance);
    fitting.stay();
    const both = [beginIn(fitting), beginIn(fitting)];
    await sleep(20);
    expect(await threads()).toBe(CORES);
    for (const one of both) await one.end();
    await fitting.close();
  });
});
