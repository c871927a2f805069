import { describe, expect, it } from "vitest";
import { blocksOf } from "./table-reader.js";

describe("a sample of the rows of a table", () => {
  it.each([
    [1000, { rows: 10 }, 10],
    [1000, { share: 0.05 }, 50],
    [1001, { rows: 33 }, 33],
    [7, { share: 0.5 }, 4],
    [5, { rows: 10 }, 5],
    [0, { share: 0.5 }, 0],
    [1000, undefined, 1000],
  ])("of %d rows, %j, has %d rows, none of them twice", (rows, sample, wanted) => {
    const blocks = blocksOf(rows, sample);
    const listed = blocks.flatMap((block) => Array.from({ length: block.rows }, (_, index) => block.start + index));
    expect(listed.length).toBe(wanted);
    expect(new Set(listed).size).toBe(wanted);
    expect(listed.every((row) => row < rows)).toBe(true);
  });
});
