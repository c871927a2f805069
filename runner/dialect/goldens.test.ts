import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GOLDEN_LISTS, replay } from "../../tools/conformance/replay.js";
import { openEngine } from "../../tools/conformance/scorer.js";

let engine: Awaited<ReturnType<typeof openEngine>>;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

/** Here a sample that is quick; test/dialect-goldens.test.ts replays all. */
const EVERY = 10;

describe(`one recorded query in ${EVERY} gives the reference's rows or fails where it fails`, () => {
  it.each(GOLDEN_LISTS)("%s", async (list) => {
    expect(await replay(engine.connection, list, EVERY)).toEqual([]);
  });
});
