import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RowObject, TableDefinition } from "../../port/port.js";
import type { SqlType } from "../../port/sql-types.js";
import { readCatalog } from "./catalog.js";
import { mergeRows, replaceRows } from "./merge-rows.js";

const TABLE: TableDefinition = {
  id: { dataset: "raw", name: "games" },
  columns: [
    { name: "id", type: "STRING", required: true },
    { name: "day", type: "DATE", required: true },
    { name: "at", type: "TIMESTAMP" },
    { name: "points", type: "INT64" },
    { name: "price", type: "NUMERIC" },
    { name: "data_hash", type: "STRING" },
  ],
  primaryKey: ["id"],
  partitionColumn: "day",
  clusterBy: ["id"],
};

let connection: DuckDBConnection;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(":memory:")).connect();
});
afterAll(() => connection.closeSync());
beforeEach(async () => {
  await connection.run("DROP SCHEMA IF EXISTS raw CASCADE");
});

const merge = async (rows: readonly RowObject[]) =>
  mergeRows(connection, (await readCatalog(connection)).get("raw.games"), TABLE, rows);
const game = (id: string, points: number, extra: RowObject = {}): RowObject => ({
  id,
  day: "2021-11-15",
  points,
  data_hash: `h${points}`,
  ...extra,
});

describe("mergeRows", () => {
  it("makes the table with its layout and stores exact values", async () => {
    await merge([game("a", 1, { at: "2021-11-15 23:30:00.5+00:00", price: "-0.123456789" })]);
    const relation = (await readCatalog(connection)).get("raw.games");
    expect(relation).toMatchObject({
      partitionColumn: "day",
      primaryKey: ["id"],
      clusterBy: ["id"],
      columns: TABLE.columns.map(({ name, type }) => ({ name, type })),
    });
    const reader = await connection.runAndReadAll(
      'SELECT id, CAST(day AS VARCHAR), epoch_us("at"), points, CAST(price AS VARCHAR) FROM raw.games',
    );
    expect(reader.getRowsJson()).toEqual([["a", "2021-11-15", "1637019000500000", "1", "-0.123456789"]]);
  });

  it("stores lists of structs, an empty one and a missing one, which is empty too", async () => {
    const field = (name: string, type: SqlType) => ({ name, type });
    const event: SqlType = { kind: "struct", fields: [field("at", "TIMESTAMP"), field("what", "STRING")] };
    const table = { ...TABLE, columns: [...TABLE.columns, field("events", { kind: "array", element: event })] };
    const events = [[], null, [{ at: "2021-11-15 00:00:00+00:00", what: null }]];
    const rows = events.map((value, index) => game(String(index), index, { events: value }));
    expect(await mergeRows(connection, undefined, table, rows)).toMatchObject({ inserted: 3 });
    const reader = await connection.runAndReadAll(
      "SELECT CAST([epoch_us(e.at) FOR e IN events] AS VARCHAR) FROM raw.games ORDER BY id",
    );
    expect(reader.getRows()).toEqual([["[]"], ["[]"], ["[1636934400000000]"]]);
  });

  it("changes nothing when the same rows come again", async () => {
    expect(await merge([game("a", 1), game("b", 2)])).toEqual({ read: 2, inserted: 2, updated: 0, unchanged: 0 });
    expect(await merge([game("a", 1), game("b", 2)])).toEqual({ read: 2, inserted: 0, updated: 0, unchanged: 2 });
  });

  it("updates a row whose hash moved, inserts a new key and keeps what is not mentioned", async () => {
    await merge([game("a", 1), game("b", 2)]);
    expect(await merge([game("b", 3), game("c", 4)])).toEqual({ read: 2, inserted: 1, updated: 1, unchanged: 0 });
    const reader = await connection.runAndReadAll("SELECT id, points FROM raw.games ORDER BY id");
    expect(reader.getRowsJson()).toEqual([
      ["a", "1"],
      ["b", "3"],
      ["c", "4"],
    ]);
  });

  it("deletes what does not come again of the scopes, and nothing else", async () => {
    const day = (date: string) => ({ day: date });
    await merge([game("a", 1), game("b", 2), game("c", 3, day("2021-11-16")), game("d", 4, day("2021-11-17"))]);
    const replace = async (rows: readonly RowObject[], ...days: string[]) =>
      replaceRows(connection, (await readCatalog(connection)).get("raw.games"), TABLE, rows, () => [
        { columns: ["day"], values: days.map((value) => [value]) },
        { columns: ["id", "points"], values: [["d", null]] },
      ]);
    // `c` moves into the scope's day and `b` is gone; `d` has points, so that its scope is another row.
    expect(await replace([game("a", 1), game("c", 5)], "2021-11-15", "2021-11-16")).toEqual({
      read: 2,
      inserted: 0,
      updated: 1,
      unchanged: 1,
      deleted: 1,
    });
    const reader = await connection.runAndReadAll("SELECT id, CAST(day AS VARCHAR) FROM raw.games ORDER BY id");
    expect(reader.getRowsJson()).toEqual([
      ["a", "2021-11-15"],
      ["c", "2021-11-15"],
      ["d", "2021-11-17"],
    ]);
    expect(await replace([], "2021-11-15")).toMatchObject({ read: 0, deleted: 2 });
  });

  it("compares all columns of a table without a hash", async () => {
    const plain = { ...TABLE, columns: TABLE.columns.filter(({ name }) => name !== "data_hash") };
    const replace = async (...rows: RowObject[]) =>
      replaceRows(connection, (await readCatalog(connection)).get("raw.games"), plain, rows, () => []);
    await replace(game("a", 1), game("b", 2));
    expect(await replace(game("a", 1), game("b", 3))).toMatchObject({ updated: 1, unchanged: 1 });
  });

  it("writes what an equal hash would keep out, where the table says by which columns rows are compared", async () => {
    const table = { ...TABLE, comparedBy: ["points"] };
    const replace = async (...rows: RowObject[]) =>
      replaceRows(connection, (await readCatalog(connection)).get("raw.games"), table, rows, () => []);
    const hash = { data_hash: "0123456789abcdef" };
    await replace(game("a", 1, hash), game("b", 2, hash));
    expect(await replace(game("a", 1, hash), game("b", 3, hash))).toMatchObject({ updated: 1, unchanged: 1 });
  });

  it("refuses two rows of one key", async () => {
    await expect(merge([game("a", 1), game("a", 2)])).rejects.toThrow(
      "raw.games: two rows have the same key (id) = (a)",
    );
  });

  it.each([
    [{ points: 1.5 }, /column points: 1\.5 is not a INT64/],
    [{ day: "2021-11-31x" }, /column day: "2021-11-31x" is not a DATE/],
    [{ price: "1,5" }, /column price: "1,5" is not a NUMERIC/],
    [{ at: "yesterday" }, /column at: "yesterday" is not a TIMESTAMP/],
  ])("refuses %j", async (extra, message) => {
    await expect(merge([game("a", 1, extra)])).rejects.toThrow(message);
  });
});
