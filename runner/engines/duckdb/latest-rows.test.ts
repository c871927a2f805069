import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readLatestRows } from "./latest-rows.js";
import { sqlValue } from "./result-values.js";

const COLUMNS = ["key", "logged_at", "text", "number", "small", "yes", "day", "moment"];

describe("readLatestRows", () => {
  let instance: DuckDBInstance;
  let connection: Awaited<ReturnType<DuckDBInstance["connect"]>>;

  beforeAll(async () => {
    instance = await DuckDBInstance.create(":memory:");
    connection = await instance.connect();
    await connection.run(`SET TimeZone = 'UTC'; CREATE TABLE log AS SELECT * FROM (VALUES
      ('a', 1::BIGINT, 'old', 1::BIGINT, 1::INTEGER, TRUE, DATE '2021-01-01', TIMESTAMPTZ '2021-01-01 00:00:00+00'),
      ('a', 2::BIGINT, 'say "né" \\ {} [,]' || chr(10) || chr(31), 9223372036854775807, -1, FALSE, DATE '0001-01-01',
        TIMESTAMPTZ '2021-11-05 12:00:00.120450+00'),
      ('b', 1::BIGINT, NULL, NULL, NULL, NULL, NULL, NULL),
      ('c', 1::BIGINT, '', -9007199254740993, 0, TRUE, DATE '9999-12-31', TIMESTAMPTZ '1969-12-31 23:59:59.5+00')
    ) AS t(${COLUMNS.join(", ")})`);
  });
  afterAll(() => {
    connection.closeSync();
    instance.closeSync();
  });

  const latest = (columns: readonly string[], where?: Parameters<typeof readLatestRows>[1]["where"]) =>
    readLatestRows(connection, {
      table: { dataset: "main", name: "log" },
      columns,
      key: ["key"],
      newestBy: ["logged_at"],
      ...(where === undefined ? {} : { where }),
    });

  it("gives each value as a query gives it", async () => {
    const reader = await connection.runAndReadAll(
      "SELECT * FROM log QUALIFY row_number() OVER (PARTITION BY key ORDER BY logged_at DESC) = 1",
    );
    const expected = reader
      .getRows()
      .map((row) => Object.fromEntries(row.map((value, index) => [COLUMNS[index], sqlValue(value)])));
    const rows = await latest(COLUMNS);
    const byKey = (a: Record<string, unknown>, b: Record<string, unknown>) =>
      String(a.key).localeCompare(String(b.key));
    expect([...rows].sort(byKey)).toEqual(expected.sort(byKey));
    expect(rows.find(({ key }) => key === "a")).toMatchObject({
      logged_at: 2n,
      number: 9223372036854775807n,
      small: -1,
    });
  });

  it("reads values of other types, too", async () => {
    await connection.run("CREATE OR REPLACE TABLE main.log2 AS SELECT *, [1, 2] AS list, 0.5::DOUBLE AS half FROM log");
    const table = { dataset: "main", name: "log2" };
    const rows = await readLatestRows(connection, {
      table,
      columns: ["key", "list", "half"],
      key: [],
      newestBy: ["key"],
    });
    expect(rows).toEqual([{ key: "c", list: [1, 2], half: 0.5 }]);
  });

  it("gives nothing of a table without such rows", async () => {
    expect(await latest(COLUMNS, { column: "key", values: ["z"], range: undefined })).toEqual([]);
    expect(await latest(["key"], { column: "key", values: ["a"], range: { from: "b", to: "b" } })).toHaveLength(2);
  });
});
