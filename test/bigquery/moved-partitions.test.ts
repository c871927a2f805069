import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SHOP, SHOP_SEED, WRONG_ROWS } from "./shop.js";
import { settled, World } from "./world.js";

/** Days of the source beside those of the shop. */
const DAYS = Array.from({ length: 40 }, (_, index) =>
  new Date(Date.UTC(2024, 1, 1 + index)).toISOString().slice(0, 10),
);
const MOVED = DAYS[20] as string;

describe("the first night after one corrected row", () => {
  let world: World;
  beforeAll(async () => {
    const rows = DAYS.map((day, index) => `(${100 + index}, '${day}', 'Oslo', ${index})`);
    world = await World.open(SHOP, `${SHOP_SEED}; INSERT INTO raw.orders VALUES ${rows.join(", ")}`);
    await settled();
    for (let night = 0; night < 2; night += 1) {
      await world.run();
      await settled();
    }
  });
  afterAll(() => world.close());

  it.each([
    ["an update", `UPDATE raw.orders SET amount = amount + 1 WHERE day = '${MOVED}'`],
    ["an insert", `INSERT INTO raw.orders VALUES (900, '${MOVED}', 'Rome', 3)`],
    ["a delete, which the time of the partition does not tell", "DELETE FROM raw.orders WHERE id = 900"],
  ])("reads of dated sources the partitions that moved, and no other: %s", async (_what, sql) => {
    await world.sql(sql);
    const before = new Set((await world.jobs()).map(({ jobReference }) => jobReference.jobId));
    await world.run();
    expect(await world.sql(WRONG_ROWS)).toEqual([]);
    const texts = (await world.jobs())
      .filter(({ jobReference, configuration }) => {
        const isNew = !before.has(jobReference.jobId);
        return isNew && configuration.labels?.fastbreak_step === "digest";
      })
      .flatMap(({ configuration }) => (configuration.query?.query ?? "").split("\nUNION ALL\n"));
    const dated = texts.filter(
      (text) =>
        /`(?:raw`\.`orders|shop`\.`(?:daily|form))`/.test(text) && /CAST\(fastbreak_row\.`day` AS STRING\)/.test(text),
    );
    expect(dated.length).toBeGreaterThan(0);
    // A model with a look-back of a day has moved for two days.
    const next = DAYS[21] as string;
    const read = dated.flatMap((text) => [...text.matchAll(/DATE '([\d-]+)'/g)].map(([, day]) => day));
    expect([...new Set(read)].filter((day) => day !== MOVED && day !== next)).toEqual([]);
    expect(dated.filter((text) => !/ WHERE fastbreak_row\.`day` IN \(/.test(text))).toEqual([]);
    await settled();
  });
});
