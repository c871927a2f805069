import { describe, expect, it } from "vitest";
import { memoryOutside } from "./memory-outside.js";
import { day, type Row, type Spec } from "./spec.js";
import { World } from "./world.js";

const model: Spec = {
  name: "m1",
  kind: "incremental",
  inputs: [{ name: "s0", back: 0, ahead: 0 }],
  version: 0,
  modulus: 1009,
  keyed: true,
  wide: false,
  volatile: false,
  disabled: false,
  broken: false,
  comment: 0,
};
const EVERYTHING = { window: undefined, selected: undefined, force: false };

describe("an upstream that changes while a run goes on", () => {
  it.each([
    ["once, before the model reads it", 1],
    ["and changes back afterwards (bazel#3360, Dagster#10160)", 2],
  ])("%s, is never taken for unchanged", async (_name, changes) => {
    const outside = memoryOutside();
    const source = { name: "s0", partitioned: true, keyed: true };
    const world = new World(outside, [source], [model]);
    const rows = (v: number): Row[] => [{ d: day(0), k: "a", v }];
    await world.writeSource(source, rows(1));

    // The plan is the first transaction; migrations and the model's own come behind it.
    let transactions = 0;
    outside.warehouse.beforeTransaction = () => {
      transactions += 1;
      if (transactions === 3) void world.writeSource(source, rows(2));
      if (transactions === 4 && changes === 2) void world.writeSource(source, rows(1));
    };
    await world.disturbedRun(EVERYTHING, () => false);
    expect(transactions).toBe(4);
    outside.warehouse.beforeTransaction = () => {};
    expect((await world.contentOf("m1")).rows).toEqual(rows(2));

    await world.run(EVERYTHING);
    expect((await world.contentOf("m1")).rows).toEqual(rows(changes === 2 ? 1 : 2));
  });
});
