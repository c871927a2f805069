import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

/** A loader that fails as long as its file says so. */
const LOADER = `import { readFileSync } from "node:fs";
export async function load() {
  if (readFileSync("state.txt", "utf8") === "broken") throw new Error("the service is down");
  const table = { id: { dataset: "raw", name: "shops" }, columns: [{ name: "id", type: "INT64" }],
    primaryKey: ["id"], partitionColumn: undefined, clusterBy: [] };
  return { batches: [{ table, rows: [{ id: 1n }] }], notes: [] };
}`;

describe("circuit breakers", () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await projectOf({ daily: 'config { type: "table" }\nSELECT n FROM ${ref("raw", "numbers")}' });
    rig.write("loader.mjs", LOADER);
    rig.write("state.txt", "broken");
    says(60);
  });
  afterEach(() => rig.remove());

  const says = (timeoutSeconds: number) =>
    rig.write(
      "fastbreak.json",
      JSON.stringify({
        loaders: { shops: "loader.mjs" },
        breakers: { loads: { threshold: 2, timeoutSeconds }, models: { threshold: 2, timeoutSeconds } },
      }),
    );
  const list = async () => JSON.parse((await rig.fastbreak("breaker", "list", "--json")).stdout);
  const history = async () => {
    const events = JSON.parse((await rig.fastbreak("breaker", "history", "--json")).stdout) as Record<string, string>[];
    return events.map(({ name, from, to, cause }) => `${name}: ${from} ${to} ${cause}`).reverse();
  };

  it("refuse a loader that failed too often, until its time is over or somebody closes them", async () => {
    const load = () => rig.fastbreak("load", "shops");
    expect([(await load()).code, (await load()).code]).toEqual([1, 1]);
    const refused = await load();
    expect(refused.code).toBe(3);
    expect(refused.stderr).toMatch(
      /^fastbreak: circuit open after 2 failures in a row, next attempt after \S+ \(or: fastbreak breaker reset "load shops"\); last: /,
    );
    expect(await list()).toMatchObject([
      { name: "load shops", state: "OPEN", failures: [{}, { message: expect.stringContaining("down") }] },
    ]);
    expect((await rig.fastbreak("status")).stdout).toMatch(/OPEN {3}load shops {2}until /);
    rig.write("state.txt", "works");
    expect((await load()).code).toBe(3);
    expect((await rig.fastbreak("breaker", "reset", "shops")).code).toBe(0);
    expect((await load()).code).toBe(0);
    expect(await history()).toEqual(["load shops: CLOSED OPEN failures", "load shops: OPEN CLOSED reset"]);
    const told = await rig.fastbreak("breaker", "history");
    expect(told.stdout).toMatch(/load shops {2}OPEN -> CLOSED \(reset\) +\S+@\S+\n/);
    expect(await rig.sql("SELECT status, skip_reason FROM fastbreak.load_runs ORDER BY started_at")).toEqual([
      ["failed", "null"],
      ["failed", "null"],
      ["failed", "circuit_breaker_open"],
      ["failed", "circuit_breaker_open"],
      ["success", "null"],
    ]);
  });

  it("are told by plan and status, and keep each change of a model's state", async () => {
    says(1);
    rig.edit("definitions/daily.sqlx", "SELECT n", "SELECT nn");
    await rig.run([], 1);
    await rig.run([], 1);
    const open = (await rig.fastbreak("plan")).stderr;
    expect(open).toMatch(
      /note: circuit of d\.daily is (open until \S+: it will be refused|half open: one attempt is let through); last: /,
    );
    await sleep(1100);
    expect((await rig.fastbreak("plan")).stderr).toContain(
      "note: circuit of d.daily is half open: one attempt is let through; last:",
    );
    await rig.run([], 1);
    await sleep(1100);
    rig.edit("definitions/daily.sqlx", "SELECT nn", "SELECT n");
    await rig.run([]);
    expect(await history()).toEqual([
      "d.daily: CLOSED OPEN failures",
      "d.daily: OPEN HALF_OPEN timeout",
      "d.daily: HALF_OPEN OPEN failures",
      "d.daily: OPEN HALF_OPEN timeout",
      "d.daily: HALF_OPEN CLOSED success",
    ]);
    expect(await list()).toMatchObject([{ name: "d.daily", state: "CLOSED", failure_count: 0 }]);
  });
});
