import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Rig } from "./rig.js";
import { FIXTURES, type Fixture } from "./stock-nights/fixtures.js";
import {
  type Graph,
  inOrder,
  nameOf,
  stockStatements,
  type TableMetadata,
  type Target,
} from "./stock-nights/stock-statements.js";

const SETTINGS = `defaultProject: home
defaultDataset: dwh
defaultLocation: US
dataformCoreVersion: 3.0.62
`;

const rigs: Rig[] = [];
afterAll(() => rigs.forEach((rig) => void rig.remove()));

function rigOf({ files }: Fixture): Rig {
  const rig = Rig.empty();
  rigs.push(rig);
  for (const [path, text] of Object.entries({ "workflow_settings.yaml": SETTINGS, ...files })) {
    mkdirSync(join(rig.dir, dirname(path)), { recursive: true });
    rig.write(path, text);
  }
  return rig;
}

async function statements(rig: Rig, sql: string): Promise<void> {
  const { code, stderr } = await rig.fastbreak("query", sql);
  if (code !== 0) throw new Error(`${stderr}\n${sql}`);
}

/** What the embedded engine calls a dataset: those of other projects carry the project's name. */
function datasetOf({ database, schema }: Target): string {
  return database === "home" ? schema : `${database}.${schema}`;
}

async function metadataOf(rig: Rig, target: Target): Promise<TableMetadata | undefined> {
  const [schema, name] = [datasetOf(target), target.name];
  const where = `table_schema = '${schema}' AND table_name = '${name}'`;
  const [kind] = await rig.sql(`SELECT table_type FROM information_schema.tables WHERE ${where}`);
  if (kind === undefined) return undefined;
  const columns = await rig.sql(
    `SELECT column_name FROM information_schema.columns WHERE ${where} ORDER BY ordinal_position`,
  );
  return { isView: kind[0] === "VIEW", columns: columns.flat() };
}

/** What `dataform run` does in a night: all statements of all actions, in order. */
async function stockNight(rig: Rig, graph: Graph): Promise<void> {
  const actions = inOrder(graph);
  const datasets = new Set(actions.map(({ target }) => `\`${target.database}.${target.schema}\``));
  await statements(rig, [...datasets].map((name) => `CREATE SCHEMA IF NOT EXISTS ${name}`).join(";\n"));
  for (const action of actions)
    await statements(rig, stockStatements(graph, action, await metadataOf(rig, action.target)).join(";\n"));
}

/** The columns and rows of every relation that the project makes. */
async function content(rig: Rig, graph: Graph): Promise<object> {
  const told: Record<string, unknown> = {};
  for (const { target } of inOrder(graph)) {
    const { columns } = (await metadataOf(rig, target)) ?? { columns: [] };
    told[nameOf(target)] = [columns, await rig.sql(`SELECT * FROM "${datasetOf(target)}".${target.name} ORDER BY ALL`)];
  }
  return told;
}

describe("five nights leave what stock Dataform's statements leave", () => {
  for (const [title, fixture] of Object.entries(FIXTURES)) {
    it(title, { timeout: 300_000 }, async () => {
      const [ours, stock] = [rigOf(fixture), rigOf(fixture)];
      const compiled = await stock.fastbreak("compile", "--json");
      const graph = JSON.parse(compiled.stdout) as Graph;
      for (const [index, sql] of fixture.nights.entries()) {
        for (const rig of [ours, stock]) await statements(rig, sql);
        await stockNight(stock, graph);
        await ours.run([]);
        expect(await content(ours, graph), `night ${index + 1}`).toEqual(await content(stock, graph));
      }
      // Nobody knows what operations do, or what tables there will be of a wildcard: these run every night.
      const again = (await ours.run([])).actions.flatMap(({ partitions }) => partitions);
      expect(again.filter(({ decision, reason }) => decision === "run" && reason !== "volatile")).toEqual([]);
    });
  }
});
