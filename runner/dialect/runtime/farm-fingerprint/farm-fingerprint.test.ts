import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readGoldenFunctions } from "../testing/golden-functions.js";
import { farmFingerprint, registerFarmFingerprint } from "./index.js";

let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  instance = await DuckDBInstance.create(":memory:");
  connection = await instance.connect();
  registerFarmFingerprint(connection);
});

afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

/** Compares the function on every row of a table with the plain one. */
async function mismatches(query: string): Promise<{ rows: number; wrong: unknown[] }> {
  const result = await connection.runAndReadAll(query);
  const rows = result.getRows() as [string | null, bigint | null][];
  return {
    rows: rows.length,
    wrong: rows.filter(([text, hash]) => (text === null ? null : farmFingerprint(text)) !== hash),
  };
}

describe("farmFingerprint", () => {
  const [ofString, ofBytes] = readGoldenFunctions("farm-fingerprint");

  it("equals the reference for every length", () => {
    for (const [i, [text]] of ofString!.rows.entries()) {
      if (text !== null)
        expect(String(farmFingerprint(text as string)), `length ${(text as string).length}`).toBe(ofString!.results[i]);
    }
  });

  it("equals the reference for bytes", () => {
    for (const [i, [text]] of ofBytes!.rows.entries()) {
      if (text !== null)
        expect(String(farmFingerprint(Buffer.from(text as string, "base64")))).toBe(ofBytes!.results[i]);
    }
  });

  it("takes text longer than its memory", () => {
    const text = "0123456789".repeat(100_000);
    expect(farmFingerprint(text)).toBe(farmFingerprint(Buffer.from(text)));
  });
});

describe("farm_fingerprint in DuckDB", () => {
  it.each([
    [
      "short, long and NULL mixed",
      "CASE WHEN i % 7 = 0 THEN NULL WHEN i % 3 = 0 THEN i::VARCHAR ELSE repeat(i::VARCHAR, (i % 50)::INTEGER) END",
    ],
    ["not ASCII", "repeat('é日🏀', (i % 9)::INTEGER) || i"],
    ["repeated values, as a dictionary stores them", "'some repeated value ' || (i % 5)"],
    ["a constant", "'one constant longer than a header'"],
  ])("hashes stored and computed text: %s", async (_name, expression) => {
    await connection.run(
      `CREATE OR REPLACE TABLE texts AS SELECT i, ${expression} AS x FROM range(5000) AS numbers(i)`,
    );
    expect(await mismatches("SELECT x, farm_fingerprint(x) FROM texts")).toEqual({ rows: 5000, wrong: [] });
    expect(await mismatches("SELECT x, farm_fingerprint(x) FROM texts ORDER BY hash(i)")).toEqual({
      rows: 5000,
      wrong: [],
    });
    expect(
      await mismatches("SELECT x, farm_fingerprint(x) FROM (SELECT x || '!' || i AS x FROM texts WHERE i % 3 = 1)"),
    ).toEqual({ rows: 1667, wrong: [] });
  });

  it("hashes a compressed column that was read back from a checkpoint", async () => {
    await connection.run(
      "CREATE OR REPLACE TABLE texts AS SELECT 'https://example.com/players/' || (i * 7919 % 100003) AS x FROM range(20000) AS numbers(i)",
    );
    await connection.run("CHECKPOINT");
    expect(await mismatches("SELECT x, farm_fingerprint(x) FROM texts")).toEqual({ rows: 20_000, wrong: [] });
  });

  it("hashes a vector of more text than one batch", async () => {
    expect(
      await mismatches(
        "SELECT repeat(chr((65 + i)::INTEGER), 700000 + i::INTEGER) AS x, farm_fingerprint(x) FROM range(20) AS numbers(i)",
      ),
    ).toEqual({
      rows: 20,
      wrong: [],
    });
  });

  it("is BIGINT and takes BLOB", async () => {
    const result = await connection.runAndReadAll(
      "SELECT farm_fingerprint(from_hex('00ff10')), typeof(farm_fingerprint('a')), farm_fingerprint(NULL::BLOB)",
    );
    expect(result.getRows()).toEqual([[farmFingerprint(Uint8Array.of(0, 255, 16)), "BIGINT", null]]);
  });

  it("is known to every connection of the database, and may be registered again", async () => {
    const other = await instance.connect();
    registerFarmFingerprint(other);
    const result = await other.runAndReadAll("SELECT farm_fingerprint('abc')");
    expect(result.getRows()).toEqual([[2640714258260161385n]]);
    other.closeSync();
  });
});
