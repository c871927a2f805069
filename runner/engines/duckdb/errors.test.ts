import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";
import { openError, queryError, wasLockedByLeaving } from "./errors.js";

const lockedBy = (holder: string) =>
  new Error(
    `IO Error: Could not set lock on file "w.duckdb": Conflicting lock is held in ${holder}. However, you would`,
  );

describe("a file that somebody else has locked", () => {
  // A number that no process has.
  it.each([
    ["/usr/bin/node (PID 99999999)", "/usr/bin/node (PID 99999999)", false],
    ["PID 99999999", "another process (PID 99999999)", true],
  ])("by %s names the holder", (holder, named, isLeaving) => {
    const error = openError("w.duckdb", lockedBy(holder));
    expect(error.message).toBe(`w.duckdb is in use by ${named}; wait for it to end or stop it`);
    expect([error.code, error.holder]).toEqual(["locked", 99999999]);
    expect(wasLockedByLeaving(lockedBy(holder))).toBe(isLeaving);
  });

  it("is not what is wrong with another file", () => {
    expect(wasLockedByLeaving(new Error("IO Error: Cannot open file"))).toBe(false);
  });
});

describe("a query that fails", () => {
  it.each([
    [
      "SELECT list(i) FROM range(1000000) AS r(i)",
      /^more memory is needed than .*: failed to allocate .*; allow more with --memory$/,
    ],
    ["SELECT 99999999999999999999999999999::HUGEINT * 1000000000000::HUGEINT", /^numeric overflow$/],
  ])("%s says what to do", async (sql, message) => {
    const instance = await DuckDBInstance.create(":memory:", { memory_limit: "3MB", temp_directory: "" });
    const connection = await instance.connect();
    const failed = await connection.run(sql).catch(queryError);
    expect((failed as Error).message).toMatch(message);
    connection.closeSync();
    instance.closeSync();
  });
});
