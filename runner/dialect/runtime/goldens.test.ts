import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installMacros } from "./index.js";
import { differences, readGoldenFunctions } from "./testing/golden-functions.js";

let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  await installMacros(connection);
});

afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

describe.each(["farm-fingerprint", "numbers", "times", "strings"])("goldens of the reference: %s", (family) => {
  it.each(readGoldenFunctions(family))("$name", async (golden) => {
    const found = await differences(connection, golden);
    expect(found.slice(0, 12), `${found.length} of ${golden.rows.length} rows differ`).toEqual([]);
  });
});
