import { describe, expect, it } from "vitest";
import { planProject } from "../../runner/decide/plan-project.js";
import type { LatestRowsRequest, Observation } from "../../runner/port/port.js";
import { day } from "./content.js";
import { KEY_COLUMNS } from "./evaluate.js";
import { memoryOutside } from "./memory-outside.js";
import { STATE_DATASET } from "./outside.js";
import { plainSpec } from "./plain-spec.js";
import { projectOf } from "./project.js";
import { World } from "./world.js";

const REQUEST = { window: undefined, selected: undefined, force: false, upstream: true };

describe("deciding that nothing has to run", () => {
  it("reads all state in one query, the dates of the sources in another and all fingerprints in a third", async () => {
    const outside = memoryOutside();
    const source = { name: "s0", partitioned: true };
    const world = new World(outside, [source], [plainSpec("m1", "s0"), plainSpec("m2", "m1")]);
    const columns = [...KEY_COLUMNS, { name: "v", type: "INT64" as const }];
    await world.writeSource(source, { columns, rows: [{ d: day(0), k: "a", j: "b", v: 1 }] });
    await world.run(REQUEST);

    const asked: string[] = [];
    await outside.warehouse.observe(async (observation) => {
      const watched = new Proxy(observation, {
        get(target, method: keyof Observation) {
          return (...args: unknown[]) => {
            if (method === "latestRows") asked.push((args[0] as LatestRowsRequest).table.name);
            else if (method !== "relations") asked.push(method);
            return (target[method] as (...rest: unknown[]) => unknown)(...args);
          };
        },
      });
      const plan = await planProject(watched, projectOf(world.specs, ["s0"]), STATE_DATASET, "engine 1", REQUEST);
      expect([...plan.decisions.values()].flat().every(({ reason }) => reason === "unchanged")).toBe(true);
    });
    expect(asked.sort()).toEqual(["digests", "digests", "model_state"]);
  });
});
