import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { wideDecimals } from "./parquet-footer.js";

describe("wide decimals of a Parquet file", () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), "footer-"));
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  it("are none in files of every other type, however many columns and rows they have", async () => {
    const path = join(dir, "f.parquet");
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const many = Array.from({ length: 40 }, (_, index) => `i AS c${index}`).join(", ");
    await connection.run(`COPY (SELECT ${many}, i::DECIMAL(38, 9) AS d, [{'a': i, 'b': MAP {'k': i > 1}}] AS l, now() AS t
      FROM range(300000) AS r(i)) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 2048, KV_METADATA {note: 'x'})`);
    connection.closeSync();
    expect(await wideDecimals(path)).toEqual([]);
  });

  it("are left to the engine where the file is none", async () => {
    const path = join(dir, "none");
    for (const text of ["", "no Parquet at all", "\xff\xff\xff\x7fPAR1"]) {
      writeFileSync(path, text, "latin1");
      expect(await wideDecimals(path)).toEqual([]);
    }
    // A text of 127 bytes that are not there.
    writeFileSync(path, "\x18\x7f\x02\x00\x00\x00PAR1", "latin1");
    await expect(wideDecimals(path)).rejects.toThrow("its footer is damaged");
  });
});
