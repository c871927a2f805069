import { describe, expect, it } from "vitest";
import type { JobStatement } from "../../port/sql-jobs.js";
import { keyOf, PastChanges } from "./past-changes.js";
import { JobRegistry } from "./registry.js";

const statement = (inserted: number): JobStatement => ({
  kind: "INSERT",
  text: "",
  target: { dataset: "d", name: "t" },
  operation: undefined,
  reads: [],
  changed: { inserted, updated: 0, deleted: 0 },
  rows: undefined,
  columns: undefined,
  startedAt: 0,
  endedAt: 0,
});

function done(registry: JobRegistry, kind: "INSERT" | "SELECT", names: { jobId?: string; requestId?: string }) {
  const job = registry.add("p", "US", { query: { query: kind } }, names);
  job.begin();
  job.finish({ statementType: kind, statements: kind === "INSERT" ? [statement(3)] : [] }, undefined);
  return job;
}

describe("jobs that are too many to keep", () => {
  it("are forgotten, but for the names under which changes could be sent again", () => {
    const registry = new JobRegistry();
    const change = done(registry, "INSERT", { requestId: "p|change" });
    done(registry, "SELECT", { requestId: "p|read" });
    done(registry, "INSERT", { jobId: "named" });
    done(registry, "SELECT", { jobId: "read" });
    for (let n = 0; n < 10_000; n += 1) done(registry, "SELECT", { requestId: `p|${n}` });
    expect(registry.list("p")).toHaveLength(10_000);
    const known = registry.byRequest("p|change");
    expect(known?.reference).toEqual(change.reference);
    expect(known?.outcome.statements?.[0]?.changed?.inserted).toBe(3);
    expect(registry.byRequest("p|read")).toBeUndefined();
    expect(() => registry.add("p", "US", { query: { query: "" } }, { jobId: "named" })).toThrow("Already Exists");
    expect(registry.find("p", "named", undefined).state).toBe("DONE");
    done(registry, "SELECT", { jobId: "read" });
  });
});

describe("marks of an earlier server", () => {
  it("stand for their jobs, for a quarter of an hour as requests", () => {
    const changed = { inserted: 0, updated: 0, deleted: 2 };
    const mark = (jobId: string, project: string, place: string) => ({ key: keyOf(project, place, jobId), changed });
    const now = Date.now();
    const registry = new JobRegistry(
      new PastChanges([
        { ...mark("a", "example.com:p", "europe-west1"), note: "example.com:p|r", at: now - 14 * 60_000 },
        { ...mark("b", "p", "US"), note: "p|r", at: now - 16 * 60_000 },
        { key: "rows/1", note: '["d.t|1"]', at: now, changed: undefined },
      ]),
    );
    const recent = registry.byRequest("example.com:p|r");
    expect(recent?.reference).toEqual({ projectId: "example.com:p", jobId: "a", location: "europe-west1" });
    expect(recent?.outcome.statements?.[0]).toMatchObject({ kind: "DELETE", changed });
    expect(registry.byRequest("p|r")).toBeUndefined();
    expect(registry.find("p", "b", undefined).reference.location).toBe("US");
    expect(() => registry.find("p", "b", "EU")).toThrow("Not found");
  });
});
