import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createLibrary, installFunctions, installMacros, RUNTIME_VERSION } from "./index.js";
import { attachLibrary, copyLibrary, detachLibrary, LIBRARY_FILE } from "./library-file.js";
import { makeLibrary } from "./make-library.js";

let folder: string;
let connection: DuckDBConnection;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "fastbreak-library-"));
  connection = await (await DuckDBInstance.create(":memory:")).connect();
  installFunctions(connection);
});

afterEach(() => {
  connection.closeSync();
  rmSync(folder, { recursive: true, force: true });
});

const FUNCTIONS = `
SELECT function_name, function_type, parameters, macro_definition FROM duckdb_functions()
WHERE schema_name = 'bq' AND database_name = current_database() ORDER BY ALL`;

async function functions(on: DuckDBConnection): Promise<unknown[]> {
  return (await on.runAndReadAll(FUNCTIONS)).getRowsJson();
}

async function onFile<T>(path: string, work: (on: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(path);
  const opened = await instance.connect();
  try {
    installFunctions(opened);
    return await work(opened);
  } finally {
    opened.closeSync();
    instance.closeSync();
  }
}

/** The library as the statements create it, read from a file: in memory DuckDB prints lambdas in another way. */
async function createdFunctions(): Promise<unknown[]> {
  const path = join(folder, "created.duckdb");
  await onFile(path, createLibrary);
  return onFile(path, functions);
}

it("holds the very functions that the statements create", async () => {
  await makeLibrary(folder);
  expect(await attachLibrary(connection, RUNTIME_VERSION, [join(folder, LIBRARY_FILE)])).toBe(true);
  await copyLibrary(connection);
  await detachLibrary(connection);
  const copied = await functions(connection);
  expect(copied.length).toBeGreaterThan(400);
  expect(copied).toEqual(await createdFunctions());
});

it("is not attached when it is of another version, damaged or missing", async () => {
  await makeLibrary(folder);
  expect(await attachLibrary(connection, "another", [join(folder, LIBRARY_FILE)])).toBe(false);
  const damaged = join(folder, "damaged.duckdb");
  writeFileSync(damaged, "no database");
  expect(await attachLibrary(connection, RUNTIME_VERSION, [damaged])).toBe(false);
  expect(await attachLibrary(connection, RUNTIME_VERSION, [join(folder, "missing.duckdb")])).toBe(false);
  const attached = await connection.runAndReadAll("SELECT count(*) FROM duckdb_databases() WHERE NOT internal");
  expect(attached.getRows()).toEqual([[1n]]);
});

it("leaves the tables of a dataset that is called as its schema where another version is put in its place", async () => {
  await connection.run(
    "CREATE SCHEMA bq; CREATE TABLE bq.mine AS SELECT 1 AS x; CREATE VIEW bq.seen AS SELECT x FROM bq.mine",
  );
  await connection.run("CREATE MACRO bq.runtime_version() AS 'old'; CREATE MACRO bq.gone(a) AS a + 1");
  await installMacros(connection);
  expect((await connection.runAndReadAll("SELECT x, bq.runtime_version() FROM bq.seen")).getRows()).toEqual([
    [1, RUNTIME_VERSION],
  ]);
  await expect(connection.run("SELECT bq.gone(1)")).rejects.toThrow("gone");
});
