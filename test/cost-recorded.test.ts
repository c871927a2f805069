import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { World } from "./bigquery/world.js";
import { runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";

runWithin();

const FILES = {
  "definitions/orders.sqlx": 'config { type: "declaration", schema: "raw", name: "orders" }',
  "definitions/cities.sqlx": `config { type: "table", assertions: { nonNull: ["city"] } }
SELECT city, COUNT(*) AS n FROM \${ref("raw", "orders")} GROUP BY city`,
};
const CHECK = readFileSync("operations/checks/monthly_cost.sql", "utf8");
const REPORT = readFileSync("reports/cost.sql", "utf8").trim().replace(/;$/, "");

describe("what runs have cost", () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open(
      FILES,
      `CREATE SCHEMA ops;
       CREATE TABLE ops.steps (processor_name STRING, run_id STRING, bytes_processed INT64, slot_ms INT64);
       CREATE SCHEMA raw; CREATE TABLE raw.orders AS SELECT n, 'Oslo' AS city FROM UNNEST(GENERATE_ARRAY(1, 1000)) AS n`,
    );
    world.write(
      "fastbreak.json",
      JSON.stringify({
        bigquery: { endpoint: world.proxy.url },
        stateDataset: "nba_orchestration",
        history: { steps: { "ops.steps": { select: ["cities"] } } },
      }),
    );
    await world.run();
  });
  afterAll(() => world.close());

  it("is kept of each action as its own jobs tell it", async () => {
    const jobs = (await world.jobs()).filter(
      ({ configuration }) => configuration.labels?.fastbreak_action === "shop_cities",
    );
    const sum = (name: "totalBytesBilled" | "totalBytesProcessed") =>
      jobs.reduce((total, { statistics }) => total + Number(statistics.query?.[name] ?? 0), 0);
    expect(sum("totalBytesProcessed")).toBeGreaterThan(0);
    expect(
      await world.sql(
        "SELECT jobs, bytes_processed, bytes_billed, slot_ms IS NOT NULL FROM nba_orchestration.model_runs WHERE model = 'shop.cities'",
      ),
    ).toEqual([[String(jobs.length), String(sum("totalBytesProcessed")), String(sum("totalBytesBilled")), "true"]]);
  });

  it("is in the project's own history of the step, too", async () => {
    const [kept] = await world.sql(`SELECT step.bytes_processed = run.bytes_processed, step.slot_ms = run.slot_ms
      FROM ops.steps AS step JOIN nba_orchestration.model_runs AS run USING (run_id) WHERE run.model = 'shop.cities'`);
    expect(kept).toEqual(["true", "true"]);
  });

  it("is summed by day, in GB and slot hours, and told where it is too much", async () => {
    const spend = (bytes: number, slotMs: number) =>
      world.sql(`UPDATE nba_orchestration.model_runs SET jobs = 3, bytes_processed = ${bytes}, slot_ms = ${slotMs}
        WHERE model = 'shop.cities'; DELETE FROM nba_orchestration.model_runs WHERE model != 'shop.cities'`);
    const told = async () => (await world.sql(CHECK)).map(([, ...rest]) => rest);
    await spend(40e9, 3_600_000);
    expect(await told()).toEqual([["1.0", "40.0", "3", "NULL"]]);
    await spend(51e9, 3_600_000);
    expect(await told()).toEqual([["1.0", "51.0", "3", "more than 50 GB in a day"]]);
    await spend(51e9, 9_000_000);
    expect(await told()).toEqual([["2.5", "51.0", "3", "more than 2 slot hours and 50 GB in a day"]]);
    const report = REPORT.replace("from_date", "CURRENT_DATE() - 1").replace("to_date", "CURRENT_DATE()");
    expect((await world.sql(report)).map(([, ...rest]) => rest)).toEqual([["2.5", "51.0", "3"]]);
  });
});

it("is NULL where the engine keeps no account, which knows how long it wrote", async () => {
  const rig = await projectOf({ one: 'config { type: "table" }\nSELECT 1 AS n' });
  try {
    await rig.run([]);
    const written = "SELECT write_ms BETWEEN 0 AND duration_ms FROM fastbreak.model_runs";
    expect(await rig.sql(written)).toEqual([["true"]]);
    expect(await rig.sql("SELECT model, jobs, bytes_processed, slot_ms FROM fastbreak.model_runs")).toEqual([
      ["d.one", "null", "null", "null"],
    ]);
  } finally {
    rig.remove();
  }
});
