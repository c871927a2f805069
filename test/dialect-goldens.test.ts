import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GOLDEN_LISTS, replay } from "../tools/conformance/replay.js";
import { openEngine } from "../tools/conformance/scorer.js";

let engine: Awaited<ReturnType<typeof openEngine>>;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

describe("every recorded query gives the reference's rows or fails where it fails", () => {
  it.each(GOLDEN_LISTS)("%s", { timeout: 600_000 }, async (list) => {
    expect(await replay(engine.connection, list, 1)).toEqual([]);
  });
});
