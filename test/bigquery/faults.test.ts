import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomFrom } from "../random.js";
import { FAULTS } from "./faulty-proxy.js";
import { SHOP, SHOP_SEED, WRONG_ROWS } from "./shop.js";
import { World } from "./world.js";

/** Nights with faults; a proof plays many more. */
const NIGHTS = Number(process.env.FASTBREAK_FAULT_NIGHTS ?? 4);
const SHARE = 0.2;

describe("a run on BigQuery whose calls are lost, damaged and refused", () => {
  let world: World;
  const random = randomFrom(Number(process.env.SEED ?? 1));
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const unhandled: unknown[] = [];
  const note = (cause: unknown) => void unhandled.push(cause);

  beforeAll(async () => {
    process.on("unhandledRejection", note);
    world = await World.open(SHOP, SHOP_SEED);
  });
  afterAll(async () => {
    process.off("unhandledRejection", note);
    await world.close();
  });

  let nextId = 6;
  const correction = (): string => {
    const day = `DATE '2024-01-0${1 + Math.floor(random() * 6)}'`;
    const city = pick(["'Oslo'", "'Rome'", "'Bern'", "NULL"]);
    nextId += 1;
    return pick([
      `INSERT INTO raw.orders VALUES (${nextId}, ${day}, ${city}, ${Math.floor(random() * 20)})`,
      `UPDATE raw.orders SET amount = amount + 1 WHERE day = ${day}`,
      `DELETE FROM raw.orders WHERE day = ${day} AND city = 'Oslo'`,
      "SELECT 1",
    ]);
  };

  it(`publishes each partition once (${NIGHTS} nights, ${SHARE * 100} % of calls faulted)`, {
    timeout: 7_200_000,
  }, async () => {
    world.proxy.fault = () => (random() < SHARE ? pick(FAULTS) : undefined);
    for (let night = 0; night < NIGHTS; night += 1) {
      if (night > 0) await world.sql(correction());
      const { actions } = await world.run();
      const failed = actions.filter(({ error }) => error !== undefined);
      expect(failed, `night ${night}`).toEqual([]);
      expect(await world.sql(WRONG_ROWS), `night ${night}`).toEqual([]);
    }
    // Every step of every action was one job: none was begun twice, and none failed.
    const jobs = await world.jobs();
    const ids = jobs.map(({ jobReference }) => jobReference.jobId);
    expect(new Set(ids.map((id) => id.replace(/_a\d+$/, ""))).size).toBe(ids.length);
    expect(jobs.filter(({ status }) => status.errorResult !== undefined)).toEqual([]);
    const faulted = world.proxy.calls.filter(({ fault }) => fault !== undefined);
    expect(new Set(faulted.map(({ fault }) => fault)).size).toBeGreaterThan(FAULTS.length / 2);
    expect(unhandled).toEqual([]);
    if (process.env.FASTBREAK_FAULT_NIGHTS !== undefined)
      console.log(`${world.proxy.calls.length} calls, ${faulted.length} faulted, ${ids.length} jobs`);
  });

  it("runs as many jobs as a run without faults", async () => {
    const steps = async (before: ReadonlySet<string>) => {
      const jobs = await world.jobs();
      const kinds = jobs
        .filter(({ jobReference }) => !before.has(jobReference.jobId))
        .map(({ configuration }) => configuration.labels?.fastbreak_step ?? "");
      return kinds.filter((kind) => ["stage", "publish", "define", "view", "statements"].includes(kind)).sort();
    };
    const known = async () => new Set((await world.jobs()).map(({ jobReference }) => jobReference.jobId));
    const before = await known();
    world.proxy.fault = () => undefined;
    await world.run({ force: true });
    const calm = await steps(before);
    const between = await known();
    world.proxy.fault = () => (random() < SHARE ? pick(FAULTS) : undefined);
    await world.run({ force: true });
    expect(await steps(between)).toEqual(calm);
  });

  it("takes no list for empty whose answer was emptied on its way", async () => {
    const known = new Set((await world.jobs()).map(({ jobReference }) => jobReference.jobId));
    const emptied = new Set<string>();
    world.proxy.fault = ({ path }) => {
      const [list = ""] = path.split("?");
      if (!list.endsWith("/data") || emptied.has(list)) return undefined;
      emptied.add(list);
      return "empty object after";
    };
    const { actions } = await world.run();
    world.proxy.fault = () => undefined;
    expect(emptied.size).toBeGreaterThan(0);
    // What is recorded was read: nothing is built or made anew.
    expect(actions.filter(({ status }) => status !== "skipped")).toEqual([]);
    const jobs = (await world.jobs()).filter(({ jobReference }) => !known.has(jobReference.jobId));
    expect(jobs.map(({ configuration }) => configuration.labels?.fastbreak_step)).not.toContain("statements");
  });
});
