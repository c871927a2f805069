import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Warehouse } from "../runner/port/port.js";
import { findPlace, withWarehouse } from "../runner/session/place.js";
import { Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";
import { FIXTURES, type Fixture } from "./stock-nights/fixtures.js";
import {
  type Graph,
  inOrder,
  nameOf,
  stockStatements,
  type TableMetadata,
  type Target,
} from "./stock-nights/stock-statements.js";

runWithin();

const SETTINGS = `defaultProject: home
defaultDataset: dwh
defaultLocation: US
dataformCoreVersion: 3.0.62
`;

const rigs: Rig[] = [];
afterAll(() => rigs.forEach((rig) => void rig.remove()));

function rigOf({ files }: Fixture): Rig {
  const rig = Rig.empty();
  rig.bringLibrary();
  rigs.push(rig);
  for (const [path, text] of Object.entries({ "workflow_settings.yaml": SETTINGS, ...files })) {
    mkdirSync(join(rig.dir, dirname(path)), { recursive: true });
    rig.write(path, text);
  }
  return rig;
}

/** Opens a project's warehouse as `fastbreak query` does: hundreds of statements, and one process. */
function inWarehouse(rig: Rig, work: (warehouse: Warehouse) => Promise<unknown>): Promise<unknown> {
  return withWarehouse(findPlace({ projectDir: rig.dir }), true, work);
}

/** What the embedded engine calls a dataset: those of other projects carry the project's name. */
function datasetOf({ database, schema }: Target): string {
  return database === "home" ? schema : `${database}.${schema}`;
}

async function metadataOf(warehouse: Warehouse, target: Target): Promise<TableMetadata | undefined> {
  const key = `${datasetOf(target)}.${target.name}`;
  const relation = await warehouse.observe(async (observation) => (await observation.relations()).get(key));
  return relation && { isView: relation.kind === "view", columns: relation.columns.map(({ name }) => name) };
}

/** What `dataform run` does in a night: all statements of all actions, in order. */
async function stockNight(warehouse: Warehouse, graph: Graph): Promise<void> {
  const actions = inOrder(graph);
  const datasets = new Set(actions.map(({ target }) => `\`${target.database}.${target.schema}\``));
  await warehouse.script([...datasets].map((name) => `CREATE SCHEMA IF NOT EXISTS ${name}`).join(";\n"));
  for (const action of actions)
    await warehouse.script(stockStatements(graph, action, await metadataOf(warehouse, action.target)).join(";\n"));
}

/** The columns and rows of every relation that the project makes. */
async function content(rig: Rig, graph: Graph): Promise<object> {
  const targets = inOrder(graph).map(({ target }) => target);
  const results = await rig.allSql(
    targets.flatMap((target) => [
      `SELECT column_name FROM information_schema.columns
        WHERE table_schema = '${datasetOf(target)}' AND table_name = '${target.name}' ORDER BY ordinal_position`,
      `SELECT * FROM "${datasetOf(target)}".${target.name} ORDER BY ALL`,
    ]),
  );
  const told = targets.map((target, i) => [nameOf(target), [results[2 * i]?.flat(), results[2 * i + 1]]]);
  return Object.fromEntries(told) as object;
}

describe("five nights leave what stock Dataform's statements leave", () => {
  for (const [title, fixture] of Object.entries(FIXTURES)) {
    it(title, { timeout: 300_000 }, async () => {
      const [ours, stock] = [rigOf(fixture), rigOf(fixture)];
      const compiled = await stock.fastbreak("compile", "--json");
      const graph = JSON.parse(compiled.stdout) as Graph;
      for (const [index, sql] of fixture.nights.entries()) {
        await inWarehouse(ours, (warehouse) => warehouse.script(sql));
        await inWarehouse(stock, async (warehouse) => {
          await warehouse.script(sql);
          await stockNight(warehouse, graph);
        });
        await ours.run([]);
        expect(await content(ours, graph), `night ${index + 1}`).toEqual(await content(stock, graph));
      }
      // Nobody knows what operations do, or what tables there will be of a wildcard: these run every night.
      const again = (await ours.run([])).actions.flatMap(({ partitions }) => partitions);
      expect(again.filter(({ decision, reason }) => decision === "run" && reason !== "volatile")).toEqual([]);
    });
  }
});

it("takes part after part until nothing is left, and verify says what stays for the next run", async () => {
  const fixture = FIXTURES["loaders that take a part each night"] as Fixture;
  const rig = rigOf(fixture);
  await inWarehouse(rig, (warehouse) => warehouse.script(fixture.nights[0]));
  const ran = async () => (await rig.run([])).actions.filter(({ status }) => status !== "skipped").length;
  expect(await ran()).toBe(4);
  const verified = await rig.fastbreak("verify");
  expect(verified.stdout).toContain(
    "dwh.by_count  its rows are history, taken part by part; the next run takes 2 more",
  );
  expect(verified.code).toBe(0);
  expect([await ran(), await ran()]).toEqual([4, 4]);
  // A run that finds nothing ends it.
  expect([await ran(), await ran()]).toEqual([3, 0]);
});

it("runs once more after a build of other rows, and verify says what that adds", async () => {
  const fixture = FIXTURES["a first build of other rows than the next"] as Fixture;
  const rig = rigOf(fixture);
  await inWarehouse(rig, (warehouse) => warehouse.script(fixture.nights[0]));
  const ran = async () => (await rig.run([])).actions.filter(({ status }) => status !== "skipped").length;
  expect(await ran()).toBe(4);
  const verified = await rig.fastbreak("verify");
  expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining("the next run adds or changes 1")]);
  expect([await ran(), await ran()]).toEqual([3, 0]);
});

it("runs once more, too, where a date is refreshed beside others that are added to", async () => {
  const rig = await projectOf({
    daily: `config { type: "incremental", uniqueKey: ["n"], bigquery: { partitionBy: "day", labels: { lookback_days: "0" } } }
SELECT n, day FROM \${ref("numbers")} WHERE \${when(incremental(), "n > 0", "n <= 4")}`,
    total: 'config { type: "table" }\nSELECT SUM(n) AS n FROM ${ref("daily")}',
  });
  rigs.push(rig);
  await rig.sql("INSERT INTO raw.numbers VALUES (5, '2024-01-01'), (6, '2024-01-02')");
  for (const _ of [1, 2]) await rig.run([]);
  await rig.sql("INSERT INTO raw.numbers VALUES (7, '2024-01-02')");
  await rig.run(["--full-refresh", "--date", "2024-01-01", "--select", "daily", "total"]);
  await rig.run([]);
  expect(await rig.sql("SELECT n FROM d.total")).toEqual([["22"]]);
});
