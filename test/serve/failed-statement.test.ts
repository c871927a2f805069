import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { servedShop } from "./served.js";

describe("the statement of a script that fails", () => {
  const { server } = servedShop();
  const children = async (query: string) => {
    const jobId = `failing-${randomUUID()}`;
    await expect(server().client.query({ query, jobId })).rejects.toThrow();
    const [found] = await server().client.getJobs({ parentJobId: jobId } as object);
    return found.map(({ metadata }) => [
      metadata.statistics.query.statementType,
      metadata.status.errorResult?.message ?? "done",
      metadata.status.state,
    ]);
  };

  it("has a job with its error among those of the others", async () => {
    const found = await children("CREATE TEMP TABLE z AS SELECT 1 AS a; SELECT ERROR('boo'); SELECT 2");
    expect(found).toEqual([
      ["SELECT", expect.stringContaining("boo"), "DONE"],
      ["CREATE_TABLE_AS_SELECT", "done", "DONE"],
    ]);
  });

  it("has one when it is the first, or cannot be understood", async () => {
    expect(await children("SELECT ERROR('boo'); SELECT 2")).toEqual([
      ["SELECT", expect.stringContaining("boo"), "DONE"],
    ]);
    expect(await children("SELECT 1; SELECT nope")).toEqual([
      ["SELECT", expect.stringContaining("nope"), "DONE"],
      ["SELECT", "done", "DONE"],
    ]);
  });

  it("is the job itself where there is no other", async () => {
    expect(await children("SELECT ERROR('boo')")).toEqual([]);
  });
});
