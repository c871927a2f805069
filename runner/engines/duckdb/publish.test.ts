import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { PublishCounts } from "../../port/port.js";
import type { Column } from "../../port/sql-types.js";
import { readCatalog } from "./catalog.js";
import { publishStage } from "./publish.js";

const COLUMNS: readonly Column[] = [
  { name: "k", type: "STRING" },
  { name: "day", type: "DATE" },
  { name: "v", type: "INT64" },
  { name: "note", type: "STRING" },
  { name: "data_hash", type: "STRING" },
  { name: "created_at", type: "INT64" },
  { name: "processed_at", type: "INT64" },
  { name: "version", type: "INT64" },
];
const TARGET = { dataset: "d", name: "t" };

interface Row {
  readonly k: string;
  readonly day: number;
  readonly v: number;
  readonly note: string;
}

let connection: DuckDBConnection;
let clock = 0;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(":memory:")).connect();
});
afterAll(() => connection.closeSync());
beforeEach(async () => {
  await connection.run("DROP SCHEMA IF EXISTS d CASCADE");
  clock = 0;
});

async function publish(
  rows: readonly Row[],
  options: { days?: readonly number[]; keyed?: boolean; columns?: readonly Column[] } = {},
): Promise<PublishCounts> {
  clock += 1;
  const columns = options.columns ?? COLUMNS;
  const values = rows.map(
    ({ k, day, v, note }) =>
      `('${k}', DATE '2021-11-0${day}', ${v}::BIGINT, '${note}', 'hash${v}', ${clock}::BIGINT, ${clock}::BIGINT, 1::BIGINT)`,
  );
  const list = COLUMNS.map(({ name }) => name).join(", ");
  const body =
    values.length === 0
      ? `SELECT * FROM (VALUES ('', DATE '2021-11-01', 0::BIGINT, '', '', 0::BIGINT, 0::BIGINT, 1::BIGINT)) x(${list}) WHERE FALSE`
      : `SELECT * FROM (VALUES ${values.join(", ")}) x(${list})`;
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE stage AS SELECT ${columns.map(({ name }) => name).join(", ")} FROM (${body})`,
  );
  const published = await publishStage(connection, await readCatalog(connection), {
    stage: { name: "stage", columns, rows: rows.length },
    target: TARGET,
    partitions: {
      within: (options.days ?? [1, 2, 3]).map((day) => ({ from: `2021-11-0${day}`, to: `2021-11-0${day}` })),
      outside: undefined,
    },
    partitionColumn: "day",
    clusterBy: [],
    key: options.keyed === false ? [] : ["k"],
    rowColumns: { created: "created_at", updated: "processed_at", revision: "version" },
    rowHash: "data_hash",
  });
  return published.counts;
}

async function stored(columns = "k, day, v, note"): Promise<string[]> {
  const reader = await connection.runAndReadAll(`SELECT ${columns} FROM d.t ORDER BY ALL`);
  return reader.getRowsJson().map((row) => row.join(" "));
}

const row = (k: string, day: number, v: number, note = ""): Row => ({ k, day, v, note });

describe("publishStage", () => {
  it("creates the table, then touches nothing when nothing differs", async () => {
    expect(await publish([row("a", 1, 1), row("b", 2, 2)])).toMatchObject({ inserted: 2 });
    expect(await publish([row("a", 1, 1), row("b", 2, 2)])).toEqual({
      inserted: 0,
      updated: 0,
      refreshed: 0,
      deleted: 0,
      unchanged: 2,
    });
    expect(await stored("k, processed_at, version")).toEqual(["a 1 1", "b 1 1"]);
  });

  it("inserts new keys, updates changed hashes, deletes vanished keys, keeps created_at and counts the revision", async () => {
    await publish([row("a", 1, 1), row("b", 2, 2), row("c", 3, 3)]);
    expect(await publish([row("a", 1, 1), row("b", 2, 20), row("d", 3, 4)])).toEqual({
      inserted: 1,
      updated: 1,
      refreshed: 0,
      deleted: 1,
      unchanged: 1,
    });
    expect(await stored("k, v, created_at, processed_at, version")).toEqual(["a 1 1 1 1", "b 20 1 2 2", "d 4 2 2 1"]);
  });

  it("refreshes columns outside the hash without a new processed_at", async () => {
    await publish([row("a", 1, 1, "old")]);
    expect(await publish([row("a", 1, 1, "new")])).toMatchObject({ updated: 0, refreshed: 1 });
    expect(await stored("k, note, processed_at, version")).toEqual(["a new 1 1"]);
  });

  it("leaves partitions that were not built alone", async () => {
    await publish([row("a", 1, 1), row("b", 2, 2)]);
    await publish([row("c", 2, 3)], { days: [2] });
    expect(await stored("k")).toEqual(["a", "c"]);
  });

  it("follows added, dropped and retyped columns", async () => {
    const narrow = COLUMNS.filter(({ name }) => name !== "note");
    await publish([row("a", 1, 1)], { columns: narrow });
    await publish([row("a", 1, 2, "x")]);
    expect(await stored("k, v, note")).toEqual(["a 2 x"]);
    await publish([row("a", 1, 3)], { columns: narrow });
    expect((await readCatalog(connection)).get("d.t")?.columns.map(({ name }) => name)).not.toContain("note");
  });

  it("has the columns of the query in their order and case, and keeps the values of those that stay", async () => {
    await publish([row("a", 1, 1, "x"), row("b", 2, 2, "y")]);
    const reversed = [...COLUMNS].reverse().map((column) => (column.name === "v" ? { ...column, name: "V" } : column));
    await publish([row("a", 1, 1, "x")], { columns: reversed, days: [1] });
    const table = (await readCatalog(connection)).get("d.t");
    expect(table?.columns).toEqual(reversed);
    expect(table?.partitionColumn).toBe("day");
    expect(await stored("k, v, note")).toEqual(["a 1 x", "b 2 y"]);
  });

  it.each([["two rows with one unique key", [row("a", 1, 1), row("a", 1, 2)]]])(
    "refuses %s and names it",
    async (message, rows) => {
      await expect(publish(rows)).rejects.toThrow(
        new RegExp(`d\\.t produced ${message.replace("two", "2")} \\(k\\) = \\(a\\)`),
      );
    },
  );

  const rows = fc.uniqueArray(
    fc.record({
      k: fc.constantFrom("a", "b", "c", "d", "e"),
      day: fc.integer({ min: 1, max: 3 }),
      v: fc.integer({ min: 0, max: 2 }),
      note: fc.constantFrom("", "x"),
    }),
    { selector: ({ k }) => k },
  );

  it.each([true, false])("leaves exactly the staged rows after any history (keyed: %s)", async (keyed) => {
    await fc.assert(
      fc.asyncProperty(fc.array(rows, { minLength: 1, maxLength: 5 }), async (history) => {
        await connection.run("DROP SCHEMA IF EXISTS d CASCADE");
        for (const staged of history) {
          const before = await stored().catch(() => ["no table yet"]);
          const counts = await publish(staged, { keyed });
          const expected = staged.map(({ k, day, v, note }) => `${k} 2021-11-0${day} ${v} ${note}`).sort();
          expect(await stored()).toEqual(expected);
          if (before.join() === expected.join())
            expect(counts.inserted + counts.updated + counts.refreshed + counts.deleted).toBe(0);
        }
      }),
      { numRuns: 40 },
    );
  });
});
