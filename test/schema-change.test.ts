import { afterEach, describe, expect, it } from "vitest";
import { type Rig, runWithin } from "./rig.js";
import { projectOf } from "./small-project.js";
import { type GraphAction, stockStatements } from "./stock-nights/stock-statements.js";

runWithin();

let rig: Rig;
afterEach(() => rig.remove());

const STRATEGIES = ["IGNORE", "FAIL", "EXTEND", "SYNCHRONIZE"] as const;
type Strategy = (typeof STRATEGIES)[number];

/** An incremental table that takes what is newer, with some columns of the source; merged by its key where it has one. */
function model(strategy: Strategy, columns: string, more = ""): string {
  return `config { type: "incremental", onSchemaChange: "${strategy}"${more} }
SELECT ${columns} FROM raw.rows
\${when(incremental(), \`WHERE id > (SELECT MAX(id) FROM \${self()})\`)}`;
}

interface Change {
  readonly strategy: Strategy;
  readonly before: string;
  readonly after: string;
  readonly more?: string;
}

/**
 * Builds a table for each change with the columns of `before`, then runs its model with those of `after` over one more row.
 * The tables are `kept_0`, `kept_1` and so on.
 * @returns what was wrong with each; null: nothing
 */
async function changed(changes: readonly Change[]): Promise<readonly (string | null)[]> {
  const models = (columns: "before" | "after") =>
    Object.fromEntries(
      changes.map(({ strategy, more, [columns]: text }, index) => [`kept_${index}`, model(strategy, text, more)]),
    );
  rig = await projectOf(models("before"));
  await rig.sql("CREATE TABLE raw.rows AS SELECT 1::BIGINT AS id, 'x' AS a, 1.5::DOUBLE AS b, ['l'] AS l");
  await rig.run([]);
  await rig.sql("INSERT INTO raw.rows VALUES (2, 'y', 2.5, ['m'])");
  for (const [name, text] of Object.entries(models("after"))) rig.write(`definitions/${name}.sqlx`, text);
  const { code, stdout } = await rig.fastbreak("run", "--json");
  const { actions } = JSON.parse(stdout) as Awaited<ReturnType<Rig["run"]>>;
  const errors = changes.map((_change, index) => actions.find(({ name }) => name === `d.kept_${index}`)?.error ?? null);
  expect(code).toBe(errors.every((error) => error === null) ? 0 : 1);
  return errors;
}

async function columnsOf(name: string): Promise<readonly string[]> {
  const rows = await rig.sql(
    `SELECT column_name FROM information_schema.columns WHERE table_schema = 'd' AND table_name = '${name}' ORDER BY ordinal_position`,
  );
  return rows.flat();
}

/** What the procedure that stock Dataform calls does to a table's columns; undefined: it raises an error. */
function stockColumns(strategy: Strategy, before: readonly string[], after: readonly string[]) {
  const target = { database: "p", schema: "d", name: "kept" };
  const table = {
    target,
    enumType: "INCREMENTAL",
    query: "SELECT 1",
    incrementalQuery: "SELECT 2",
    onSchemaChange: STRATEGIES.indexOf(strategy),
    bigquery: {},
  } as GraphAction;
  const graph = { tables: [table], projectConfig: { warehouse: "bigquery" }, dataformCoreVersion: "3.0.62" };
  const text = stockStatements(graph, table, { isView: false, columns: before }).join("\n");
  const added = after.filter((name) => !before.includes(name));
  const removed = before.filter((name) => !after.includes(name));
  if (text.includes("IF ARRAY_LENGTH(columns_added) > 0 OR ARRAY_LENGTH(columns_removed) > 0 THEN\n  RAISE"))
    return added.length + removed.length > 0 ? undefined : before;
  if (text.includes("IF ARRAY_LENGTH(columns_removed) > 0 THEN\n  RAISE") && removed.length > 0) return undefined;
  const drops = text.includes("DROP COLUMN IF EXISTS");
  const adds = text.includes("ADD COLUMN IF NOT EXISTS");
  // Without a procedure, INSERT names the columns of the table: the query must have them.
  if (!drops && removed.length > 0) return undefined;
  return [...before.filter((name) => !drops || !removed.includes(name)), ...(adds ? added : [])];
}

describe("onSchemaChange does to the columns of a table what stock Dataform's procedure does", () => {
  const pairs = [
    ["id, a", "id, a, b"],
    ["id, a", "id"],
    ["id, a", "id, b, l"],
    ["id, a", "a, id"],
  ] as const;
  const changes = STRATEGIES.flatMap((strategy) => pairs.map(([before, after]) => ({ strategy, before, after })));

  it("whatever comes and goes, by every strategy", async () => {
    const errors = await changed(changes);
    for (const [index, { strategy, before, after }] of changes.entries()) {
      const expected = stockColumns(strategy, before.split(", "), after.split(", "));
      const title = `${strategy} from ${before} to ${after}`;
      expect(errors[index] === null, title).toBe(expected !== undefined);
      expect(await columnsOf(`kept_${index}`), title).toEqual(expected ?? before.split(", "));
      const rows = expected === undefined ? 1 : 2;
      expect(await rig.sql(`SELECT COUNT(*) FROM d.kept_${index}`), title).toEqual([[String(rows)]]);
    }
  });
});

describe("rows of a table whose columns change", () => {
  it("have values in the columns that are added from then on, arrays none before", async () => {
    expect(await changed([{ strategy: "EXTEND", before: "id, a", after: "id, a, b, l" }])).toEqual([null]);
    expect(await rig.sql("SELECT * FROM d.kept_0 ORDER BY id")).toEqual([
      ["1", "x", "null", "[]"],
      ["2", "y", "2.5", '["m"]'],
    ]);
  });

  it("are merged with the new columns, under a filter of the table's partitions too", async () => {
    const change = { strategy: "SYNCHRONIZE", before: "id, a", after: "id, b" } as const;
    const key = ', uniqueKey: ["id"]';
    const filter = ', bigquery: { updatePartitionFilter: "id > 0" }';
    expect(
      await changed([
        { ...change, more: key },
        { ...change, more: `${key}${filter}` },
      ]),
    ).toEqual([null, null]);
    for (const name of ["kept_0", "kept_1"])
      expect(await rig.sql(`SELECT * FROM d.${name} ORDER BY id`)).toEqual([
        ["1", "null"],
        ["2", "2.5"],
      ]);
  });

  it("are coerced to the table's types and never converted, by every strategy", async () => {
    const errors = await changed(
      STRATEGIES.flatMap((strategy) => [
        { strategy, before: "id, b AS v", after: "id, id AS v" },
        { strategy, before: "id, id AS v", after: "id, b AS v" },
        { strategy, before: "id, DATE '2024-01-01' AS v", after: "id, '2024-01-02' AS v" },
      ]),
    );
    for (const [index, strategy] of STRATEGIES.entries()) {
      const [coerced, narrower, text] = errors.slice(3 * index);
      expect(coerced, strategy).toBe(null);
      expect(await rig.sql(`SELECT * FROM d.kept_${3 * index} ORDER BY id`), strategy).toEqual([
        ["1", "1.5"],
        ["2", "2"],
      ]);
      expect(narrower, strategy).toMatch(
        /: the query gives v as FLOAT64, and the column is INT64; cast it in the query, or run with --full-refresh/,
      );
      expect(text, strategy).toMatch(/the query gives v as STRING, and the column is DATE/);
    }
  });
});
