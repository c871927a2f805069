import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { translateQuery } from "../runner/dialect/index.js";
import { installFunctions, installMacros } from "../runner/dialect/runtime/index.js";
import { googlesqlLiteral } from "../tools/reference/literals.mjs";

/** Sampled rows of a table with the hashes that GoogleSQL's reference implementation computes (tools/reference). */
interface RecordedTable {
  readonly table: string;
  readonly hashExpression: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
  /** What the embedded engine had published for these rows. */
  readonly published: readonly string[];
  readonly hashes: readonly string[];
}

const { HASH_FIELDS, dataHash } = createRequire(import.meta.url)("./hashing.js") as {
  readonly HASH_FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>>;
  dataHash(table: string): string;
};
const recorded = JSON.parse(
  readFileSync(new URL("../test/goldens/data-hash.golden.json", import.meta.url), "utf8"),
) as RecordedTable[];
/** Tables whose hashed columns are never NULL in the synthetic season. */
const WITHOUT_NULL = new Set(["player_composite_factors", "ml_feature_store_v2"]);
const noTables = { find: () => undefined, names: () => [] };

const instance = await DuckDBInstance.create(":memory:");
const connection = await instance.connect();

beforeAll(async () => {
  await connection.run("SET TimeZone = 'UTC'");
  await installFunctions(connection);
  await installMacros(connection);
});

afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

/** The hash of each row, in order, by the query that the reference was asked. */
async function hashesOnDuckDb({ hashExpression, columns, rows }: RecordedTable): Promise<unknown[]> {
  const fields = columns.map(({ name, type }) => `${name} ${type}`).join(", ");
  const literals = rows.map(
    (row) => `(${columns.map(({ type }, index) => googlesqlLiteral(type, row[index])).join(", ")})`,
  );
  const names = columns.map(({ name }) => `sampled.${name}`).join(", ");
  const query = `SELECT ${hashExpression} AS data_hash FROM (
    SELECT position, ${names} FROM UNNEST(ARRAY<STRUCT<${fields}>>[${literals.join(", ")}]) AS sampled WITH OFFSET AS position
  ) ORDER BY position`;
  const reader = await connection.runAndReadAll(translateQuery(query, noTables).sql);
  return reader.getRows().map((row) => row[0]);
}

describe("data_hash", () => {
  it("is recorded for hashed tables with values of every type, on at least 50 rows, with NULL and without", () => {
    // A new table need not be recorded: its hash is made of the same types by the same rules.
    expect(Object.keys(HASH_FIELDS)).toEqual(expect.arrayContaining(recorded.map(({ table }) => table)));
    const types = (tables: readonly string[]) =>
      new Set(tables.flatMap((table) => Object.values(HASH_FIELDS[table] ?? {}).map((type) => type.split("(")[0])));
    expect(types(recorded.map(({ table }) => table))).toEqual(types(Object.keys(HASH_FIELDS)));
    for (const { table, rows } of recorded) {
      expect(rows.length).toBeGreaterThanOrEqual(50);
      expect(rows.flat().includes(null)).toBe(!WITHOUT_NULL.has(table));
    }
  });

  it.each(recorded.map((table) => [table.table, table] as const))(
    "of %s is on DuckDB what GoogleSQL's reference implementation computes",
    async (table, golden) => {
      expect(golden.hashExpression).toBe(dataHash(table));
      expect(golden.published).toEqual(golden.hashes);
      expect(await hashesOnDuckDb(golden)).toEqual(golden.hashes);
    },
  );
});
