import { describe, expect, it } from "vitest";
import { tokenOf } from "./catalog.js";
import { readTable } from "./protocol.js";

const NOW = Date.parse("2024-05-05T12:00:00Z");

const tokenWith = (more: Readonly<Record<string, unknown>>) =>
  tokenOf(
    readTable({
      body: {
        etag: "e1",
        tableReference: { projectId: "p", datasetId: "d", tableId: "t" },
        type: "TABLE",
        numRows: "5",
        numBytes: "40",
        lastModifiedTime: String(NOW - 60_000),
        ...more,
      },
    }),
    NOW,
  );

describe("the token of a table", () => {
  it("is there for a plain table that rests, and differs with every sign of a write", () => {
    const plain = tokenWith({});
    expect(plain?.isRacy).toBe(false);
    for (const sign of [
      { etag: "e2" },
      { numRows: "6" },
      { numBytes: "41" },
      { lastModifiedTime: String(NOW - 50_000) },
    ])
      expect(tokenWith(sign)?.value).not.toBe(plain?.value);
  });

  it("speaks for no later moment where the last write is of this one", () => {
    expect(tokenWith({ lastModifiedTime: String(NOW - 10) })?.isRacy).toBe(true);
  });

  it.each([
    ["rows in the streaming buffer", { streamingBuffer: { estimatedRows: "1" } }],
    ["partitions that expire without a write", { timePartitioning: { type: "DAY", expirationMs: "86400000" } }],
    ["a table that expires", { expirationTime: String(NOW + 1) }],
    ["rows that lie elsewhere", { type: "EXTERNAL" }],
    ["rows that are computed", { type: "VIEW", view: { query: "SELECT 1" } }],
    ["rows that are computed now and then", { type: "MATERIALIZED_VIEW" }],
    ["no time of the last write", { lastModifiedTime: "0" }],
    ["no etag", { etag: "" }],
  ])("is not there for %s", (_what, more) => {
    expect(tokenWith(more)).toBeUndefined();
  });
});
