import { describe, expect, it } from "vitest";
import { day, type Row } from "./content.js";
import { KEY_COLUMNS } from "./evaluate.js";
import { memoryOutside } from "./memory-outside.js";
import { plainSpec } from "./plain-spec.js";
import { World } from "./world.js";

const EVERYTHING = { window: undefined, selected: undefined, force: false, upstream: true };

describe("an upstream that changes while a run goes on", () => {
  it.each([
    ["once, before the model reads it", 1],
    ["and changes back afterwards (bazel#3360, Dagster#10160)", 2],
  ])("%s, is never taken for unchanged", async (_name, changes) => {
    const outside = memoryOutside();
    const source = { name: "s0", partitioned: true };
    const world = new World(outside, [source], [plainSpec("m1", "s0")]);
    const rows = (v: number): Row[] => [{ d: day(0), k: "a", j: "b", v }];
    const write = (v: number) =>
      world.writeSource(source, { columns: [...KEY_COLUMNS, { name: "v", type: "INT64" }], rows: rows(v) });
    await write(1);

    // The plan is the first transaction; migrations, the states of breakers, failures and quarantine, and the model's own come behind it.
    let transactions = 0;
    outside.warehouse.beforeTransaction = () => {
      transactions += 1;
      if (transactions === 5) void write(2);
      if (transactions === 6 && changes === 2) void write(1);
    };
    await world.disturbedRun(EVERYTHING, () => false);
    expect(transactions).toBe(6);
    outside.warehouse.beforeTransaction = () => {};
    expect((await world.contentOf("m1"))?.rows).toEqual(rows(2));

    await world.run(EVERYTHING);
    expect((await world.contentOf("m1"))?.rows).toEqual(rows(changes === 2 ? 1 : 2));
  });
});
