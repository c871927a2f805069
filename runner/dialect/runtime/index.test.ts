import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { installMacros, RUNTIME_VERSION } from "./index.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fastbreak-runtime-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function withDatabase<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(join(folder, "warehouse.duckdb"));
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function values(connection: DuckDBConnection, sql: string): Promise<unknown[]> {
  return (await connection.runAndReadAll(sql)).getRows().flat();
}

const MACRO_IDS = "SELECT max(function_oid) FROM duckdb_functions() WHERE schema_name = 'bq'";

describe("installMacros", () => {
  it("installs once: the library is there when the database is opened again", async () => {
    const first = await withDatabase(async (connection) => {
      await installMacros(connection);
      return values(connection, "SELECT bq.runtime_version(), bq.float64_to_string(1e15)");
    });
    expect(first).toEqual([RUNTIME_VERSION, "1e+15"]);
    await withDatabase(async (connection) => {
      const before = await values(connection, MACRO_IDS);
      await installMacros(connection);
      expect(await values(connection, MACRO_IDS)).toEqual(before);
      expect(await values(connection, "SELECT bq.round_float64(2.34567::DOUBLE, 4)")).toEqual([2.3457]);
    });
  });

  it("replaces the library of another version whole", async () => {
    await withDatabase(async (connection) => {
      await connection.run("CREATE SCHEMA bq");
      await connection.run("CREATE MACRO bq.runtime_version() AS 'older'");
      await connection.run("CREATE MACRO bq.no_longer_there(x) AS x");
      await installMacros(connection);
      expect(await values(connection, "SELECT bq.runtime_version()")).toEqual([RUNTIME_VERSION]);
      expect(
        await values(connection, "SELECT count(*) FROM duckdb_functions() WHERE function_name = 'no_longer_there'"),
      ).toEqual([0n]);
    });
  });
});

describe("bq.safe", () => {
  it("holds back a failure that occurs twice in a projection", async () => {
    await withDatabase(async (connection) => {
      await installMacros(connection);
      const sql =
        "SELECT bq.safe(bq.string_to_int64(s)), bq.safe(bq.string_to_int64(s) + 1) FROM (VALUES ('1'), ('x')) AS t(s)";
      expect(await values(connection, sql)).toEqual([1n, 2n, null, null]);
    });
  });
});

describe("refusals", () => {
  it.each([
    ["bq.int64_div(x, 0)", "division by zero: 5 / 0"],
    ["bq.string_to_date('2023-02-' || (x + 25))", "2023-02-30"],
    ["bq.timestamp_from_datetime(TIMESTAMP '2024-01-01' + to_days(x::INTEGER), '+25:00')", "Invalid time zone: +25:00"],
    ["bq_regexp_extract(x::VARCHAR, '(', 1, 1)", "Cannot parse regular expression"],
    ["bq.float64_sqrt(-x::DOUBLE)", "Argument to SQRT cannot be negative"],
  ])("%s fails and says why", async (expression, message) => {
    await withDatabase(async (connection) => {
      await installMacros(connection);
      await expect(values(connection, `SELECT ${expression} FROM range(5, 6) AS t(x)`)).rejects.toThrow(message);
    });
  });
});
