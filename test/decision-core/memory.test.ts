import fc from "fast-check";
import { describe, it } from "vitest";
import { histories } from "./history.js";
import { manyOf } from "./many.js";
import { memoryOutside } from "./memory-outside.js";
import { live } from "./player.js";

const MANY = manyOf(process.env.FASTBREAK_HISTORIES, 500);

describe("any history of a project in memory", () => {
  it(`leaves the warehouse as a rebuild would, does the least work, and gives true reasons (${MANY.numRuns} histories)`, {
    timeout: 7_200_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(histories("memory", 12), async (history) => {
        await live(history, memoryOutside());
      }),
      MANY,
    );
  });
});
