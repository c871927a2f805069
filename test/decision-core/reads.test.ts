import { describe, expect, it } from "vitest";
import { planProject } from "../../runner/decide/plan-project.js";
import type { LatestRowsRequest, Transaction } from "../../runner/port/port.js";
import { memoryOutside } from "./memory-outside.js";
import { projectOf } from "./project.js";
import { day, type Spec } from "./spec.js";
import { STATE_DATASET, World } from "./world.js";

const model = (name: string, input: string): Spec => ({
  name,
  kind: "incremental",
  inputs: [{ name: input, back: 1, ahead: 0 }],
  version: 1,
  modulus: 1009,
  keyed: true,
  wide: false,
  volatile: false,
  disabled: false,
  broken: false,
  comment: 0,
});

describe("deciding that nothing has to run", () => {
  it("reads all state in one query and all fingerprints in another", async () => {
    const outside = memoryOutside();
    const source = { name: "s0", partitioned: true, keyed: true };
    const world = new World(outside, [source], [model("m1", "s0"), model("m2", "m1")]);
    await world.writeSource(source, [{ d: day(0), k: "a", v: 1 }]);
    await world.run({ window: undefined, selected: undefined, force: false });

    const asked: string[] = [];
    await outside.warehouse.transaction(async (transaction) => {
      const watched = new Proxy(transaction, {
        get(target, method: keyof Transaction) {
          return (...args: unknown[]) => {
            if (method === "latestRows") asked.push((args[0] as LatestRowsRequest).table.name);
            else if (method !== "relations") asked.push(method);
            return (target[method] as (...rest: unknown[]) => unknown)(...args);
          };
        },
      });
      const request = { window: undefined, selected: undefined, force: false };
      const plan = await planProject(watched, projectOf(world.specs, ["s0"]), STATE_DATASET, request);
      expect([...plan.decisions.values()].flat().every(({ reason }) => reason === "unchanged")).toBe(true);
    });
    expect(asked.sort()).toEqual(["digests", "model_state"]);
  });
});
