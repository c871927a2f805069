import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SHOP, SHOP_SEED } from "./shop.js";
import { settled, World } from "./world.js";

/** Actions beside the seven of the shop; a proof takes as many as a large project has. */
const MODELS = Number(process.env.FASTBREAK_QUIET_MODELS ?? 15);

/** Many models, so that calls that grow with their number show. */
const many = Object.fromEntries(
  Array.from({ length: MODELS }, (_, index) => [
    `definitions/m${index}.sqlx`,
    `config { type: "view" }\nSELECT city, amount + ${index} AS amount FROM \${ref("cities")}`,
  ]),
);

describe("a night without a change on BigQuery", () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open({ ...SHOP, ...many }, SHOP_SEED);
    await settled();
    await world.run();
    await settled();
    // The digests of what the first run has made are read once.
    await world.run();
  });
  afterAll(() => world.close());

  it("takes at most ten calls, runs no job and bills nothing", async () => {
    const before = (await world.jobs()).length;
    world.proxy.calls.splice(0);
    const { actions } = await world.run();
    expect(actions.length).toBe(MODELS + 6);
    expect(actions.filter(({ status }) => status !== "skipped")).toEqual([]);
    expect(world.proxy.calls.map(({ method, path }) => `${method} ${path}`).length).toBeLessThanOrEqual(10);
    expect((await world.jobs()).length).toBe(before);
  });
});
