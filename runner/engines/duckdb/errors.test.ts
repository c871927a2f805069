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

describe("a file that is whole and cannot be opened", () => {
  it.each([
    ["Out of Memory Error: Allocation failure", "memory", "there is not enough memory; free some and try again"],
    ['IO Error: Could not write file "w.duckdb": No space left on device', "full", "the disk is full; make room and"],
    ['IO Error: Could not read from file "w.duckdb": Input/output error', "missing", "input/output error"],
  ])("is not called damaged: %s", (message, code, says) => {
    const error = openError("w.duckdb", new Error(message));
    expect(error.code).toBe(code);
    expect(error.message).toContain(`w.duckdb cannot be opened: ${says}`);
  });

  it("but one that is damaged is", () => {
    expect(openError("w.duckdb", new Error("IO Error: Could not read enough bytes")).code).toBe("corrupt");
  });
});

describe("a query that fails", () => {
  it("because the disk is full says what to do", () => {
    const told = 'Failed to commit: Could not write file "w.duckdb.wal": No space left on device';
    const error = queryError(new Error(`TransactionContext Error: ${told}`));
    expect(error).toMatchObject({
      code: "full",
      message: "w.duckdb.wal cannot be written: the disk is full; make room and run again",
    });
  });

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
