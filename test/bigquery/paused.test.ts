import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomFrom } from "../random.js";
import { ROOT } from "../rig.js";
import { World } from "./world.js";

/** Pauses anywhere; a proof makes many. */
const PAUSES = Number(process.env.FASTBREAK_PAUSES ?? 0);

/** Rows that are merged, rows that are only added, and a statement of the project's own. */
const FILES = {
  "definitions/orders.sqlx": 'config { type: "declaration", schema: "raw", name: "orders" }',
  "definitions/daily.sqlx": `config { type: "incremental", uniqueKey: ["day"], bigquery: { partitionBy: "day", labels: { lookback_days: "0" } } }
SELECT day, SUM(amount) AS amount FROM \${ref("raw", "orders")} GROUP BY day`,
  "definitions/log.sqlx": `config { type: "incremental" }
SELECT id FROM \${ref("raw", "orders")} \${when(incremental(), \`WHERE id > (SELECT MAX(id) FROM \${self()})\`)}`,
  "definitions/top.sqlx": `config { type: "table" }
SELECT MAX(id) AS id FROM \${ref("raw", "orders")}
pre_operations { INSERT INTO raw.notes SELECT MAX(id) FROM \${ref("raw", "orders")} }`,
};
const SEED = `CREATE SCHEMA raw;
CREATE TABLE raw.orders (id INT64, day DATE, amount INT64) PARTITION BY day;
INSERT INTO raw.orders VALUES (1, '2024-01-01', 5), (2, '2024-01-02', 7);
CREATE TABLE raw.notes (id INT64)`;

/** What the tables must hold, from the orders alone: rows that are missing or too many, by table. */
const WRONG_ROWS = `WITH
rows_of AS (
  SELECT 'daily' AS name, 1 AS sign, FORMAT('%t %d', day, SUM(amount)) AS row_text FROM raw.orders GROUP BY day UNION ALL
  SELECT 'daily', -1, FORMAT('%t %d', day, amount) FROM shop.daily UNION ALL
  SELECT 'log', 1, CAST(id AS STRING) FROM raw.orders UNION ALL
  SELECT 'log', -1, CAST(id AS STRING) FROM shop.log UNION ALL
  SELECT 'top', 1, CAST(MAX(id) AS STRING) FROM raw.orders UNION ALL
  SELECT 'top', -1, CAST(id AS STRING) FROM shop.top
)
SELECT name, row_text, SUM(sign) FROM rows_of GROUP BY name, row_text HAVING SUM(sign) != 0 ORDER BY 1, 2`;

/** A call of the run that is about to sleep. */
interface Call {
  readonly number: number;
  readonly body: string;
}

describe("a run on BigQuery that sleeps while another one takes its place", () => {
  let world: World;
  let nextId = 2;
  const random = randomFrom(Number(process.env.SEED ?? 5));

  /** Corrects an order, and takes a new one. */
  const disturb = async () => {
    nextId += 1;
    await world.sql(`UPDATE raw.orders SET amount = amount + 1 WHERE id = 1;
      INSERT INTO raw.orders VALUES (${nextId}, DATE '2024-01-02', 1)`);
  };

  const start = () => {
    const command = [join(ROOT, "bin/fastbreak.cjs"), "run", "--target", "bigquery", "--concurrency", "1"];
    const child = spawn(process.execPath, command, { cwd: world.dir, stdio: ["ignore", "pipe", "inherit"] });
    let told = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      told += text;
    });
    const ended = new Promise<number | null>((done) => child.once("close", (code) => done(code)));
    return { child, ended, told: () => told };
  };

  /**
   * Starts a run and stops it at a call, which arrives only when it wakes: the source has changed by then, and somebody else has run.
   * @returns whether it made such a call, and how it ended
   */
  const overtaken = async (isTheCall: (call: Call) => boolean) => {
    await disturb();
    let child: ChildProcess | undefined;
    let number = 0;
    let wake = () => {};
    const sleeps = new Promise<boolean>((done) => {
      world.proxy.fault = ({ body }) => {
        number += 1;
        if (!isTheCall({ number, body })) return undefined;
        world.proxy.fault = () => undefined;
        child?.kill("SIGSTOP");
        done(true);
        return new Promise((resolve) => {
          wake = () => resolve(undefined);
        });
      };
    });
    const run = start();
    child = run.child;
    const { ended } = run;
    const isAsleep = await Promise.race([sleeps, ended.then(() => false)]);
    world.proxy.fault = () => undefined;
    await disturb();
    const { actions } = await world.run();
    expect(actions.filter(({ error }) => error !== undefined)).toEqual([]);
    wake();
    child.kill("SIGCONT");
    return { isAsleep, code: await ended, told: run.told() };
  };

  /** Nobody can take back what statements of the project have done when somebody else comes first: that is told. */
  const isWell = (code: number | null, told: string) => {
    if (code !== 0) expect(told).toMatch(/FAIL +shop\.top .*what its statements did stands, and is not recorded/);
  };

  const jobsOf = async (action: string, step: string) =>
    (await world.jobs()).filter(
      ({ configuration: { labels } }) => labels?.fastbreak_action === action && labels.fastbreak_step === step,
    ).length;

  beforeAll(async () => {
    world = await World.open(FILES, SEED);
    await world.run();
  });
  afterAll(() => world.close());

  const isStep = (action: string, step: string) => (call: Call) =>
    call.body.includes(`"fastbreak_action":"${action}"`) && call.body.includes(`"fastbreak_step":"${step}"`);

  it("publishes no rows late, and carries out no statements that the other run has carried out", async () => {
    const before = await jobsOf("shop_top", "statements");
    expect(await overtaken(isStep("shop_log", "publish"))).toMatchObject({ isAsleep: true, code: 0 });
    expect(await world.sql(WRONG_ROWS)).toEqual([]);
    expect(await jobsOf("shop_top", "statements")).toBe(before + 1);
    expect(await jobsOf("shop_top", "guard")).toBe(3);
  });

  it("makes no table anew that the other run has made", async () => {
    world.write(
      "definitions/newest.sqlx",
      'config { type: "table" }\nSELECT SUM(amount) AS amount FROM ${ref("raw", "orders")}',
    );
    expect(await overtaken(isStep("shop_newest", "define"))).toMatchObject({ isAsleep: true, code: 0 });
    expect(await world.sql("SELECT amount FROM shop.newest")).toEqual(
      await world.sql("SELECT SUM(amount) FROM raw.orders"),
    );
    expect(await jobsOf("shop_newest", "define")).toBe(2);
  });

  it("publishes rows once that two runs would add at the same moment", async () => {
    await disturb();
    const isTheCall = isStep("shop_log", "publish");
    let meet = () => {};
    const met = new Promise<undefined>((done) => {
      meet = () => done(undefined);
    });
    let arrived = 0;
    world.proxy.fault = ({ body }) => {
      if (!isTheCall({ number: 0, body })) return undefined;
      arrived += 1;
      if (arrived === 2) meet();
      return met;
    };
    for (const run of [start(), start()].map(async ({ ended, told }) => isWell(await ended, told()))) await run;
    world.proxy.fault = () => undefined;
    expect(arrived).toBeGreaterThanOrEqual(2);
    expect(await world.sql(WRONG_ROWS)).toEqual([]);
  });

  it(`leaves everything as it should be, wherever it slept (${PAUSES} pauses)`, { timeout: 7_200_000 }, async () => {
    let slept = 0;
    for (let pause = 0; pause < PAUSES; pause += 1) {
      const at = 1 + Math.floor(random() * 60);
      const { isAsleep, code, told } = await overtaken(({ number }) => number === at);
      if (isAsleep) slept += 1;
      isWell(code, told);
      expect(await world.sql(WRONG_ROWS), `pause ${pause}, at call ${at}`).toEqual([]);
    }
    expect(slept).toBeGreaterThanOrEqual(PAUSES / 2);
    const { actions } = await world.run();
    expect(actions.filter(({ status }) => status !== "skipped")).toEqual([]);
  });
});
