import { afterEach, describe, expect, it } from "vitest";
import type { Rig } from "./rig.js";
import { projectOf } from "./small-project.js";
import { type GraphAction, stockStatements } from "./stock-nights/stock-statements.js";

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

/** Builds the table with the columns of `before`, then runs the model with those of `after` over one more row. */
async function changed(strategy: Strategy, before: string, after: string, more = ""): Promise<string | null> {
  rig = await projectOf({ kept: model(strategy, before, more) });
  await rig.sql("CREATE TABLE raw.rows AS SELECT 1::BIGINT AS id, 'x' AS a, 1.5::DOUBLE AS b, ['l'] AS l");
  await rig.run([]);
  await rig.sql("INSERT INTO raw.rows VALUES (2, 'y', 2.5, ['m'])");
  rig.write("definitions/kept.sqlx", model(strategy, after, more));
  const { code, stdout } = await rig.fastbreak("run", "--json");
  const { actions } = JSON.parse(stdout) as Awaited<ReturnType<Rig["run"]>>;
  const error = actions.find(({ name }) => name === "d.kept")?.error ?? null;
  expect(code).toBe(error === null ? 0 : 1);
  return error;
}

async function columnsOf(): Promise<readonly string[]> {
  const rows = await rig.sql(
    "SELECT column_name FROM information_schema.columns WHERE table_schema = 'd' AND table_name = 'kept' ORDER BY ordinal_position",
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
  const changes = [
    ["id, a", "id, a, b"],
    ["id, a", "id"],
    ["id, a", "id, b, l"],
    ["id, a", "a, id"],
  ] as const;
  it.each(STRATEGIES.flatMap((strategy) => changes.map((change) => [strategy, ...change] as const)))(
    "%s from %s to %s",
    async (strategy, before, after) => {
      const error = await changed(strategy, before, after);
      const expected = stockColumns(strategy, before.split(", "), after.split(", "));
      expect(error === null).toBe(expected !== undefined);
      expect(await columnsOf()).toEqual(expected ?? before.split(", "));
      const rows = expected === undefined ? 1 : 2;
      expect(await rig.sql("SELECT COUNT(*) FROM d.kept")).toEqual([[String(rows)]]);
    },
  );
});

describe("rows of a table whose columns change", () => {
  it("have values in the columns that are added from then on, arrays none before", async () => {
    expect(await changed("EXTEND", "id, a", "id, a, b, l")).toBe(null);
    expect(await rig.sql("SELECT * FROM d.kept ORDER BY id")).toEqual([
      ["1", "x", "null", "[]"],
      ["2", "y", "2.5", '["m"]'],
    ]);
  });

  it("are merged with the new columns, under a filter of the table's partitions too", async () => {
    for (const more of ["", ', bigquery: { updatePartitionFilter: "id > 0" }']) {
      expect(await changed("SYNCHRONIZE", "id, a", "id, b", `, uniqueKey: ["id"]${more}`)).toBe(null);
      expect(await rig.sql("SELECT * FROM d.kept ORDER BY id")).toEqual([
        ["1", "null"],
        ["2", "2.5"],
      ]);
      if (more === "") rig.remove();
    }
  });

  it.each(STRATEGIES)("are coerced to the table's types and never converted (%s)", async (strategy) => {
    expect(await changed(strategy, "id, b AS v", "id, id AS v")).toBe(null);
    expect(await rig.sql("SELECT * FROM d.kept ORDER BY id")).toEqual([
      ["1", "1.5"],
      ["2", "2"],
    ]);
    rig.remove();
    expect(await changed(strategy, "id, id AS v", "id, b AS v")).toMatch(
      /d\.kept: the query gives v as FLOAT64, and the column is INT64; cast it in the query, or run with --full-refresh/,
    );
    rig.remove();
    expect(await changed(strategy, "id, DATE '2024-01-01' AS v", "id, '2024-01-02' AS v")).toMatch(
      /the query gives v as STRING, and the column is DATE/,
    );
  });
});
