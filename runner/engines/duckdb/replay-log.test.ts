import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { addedColumn } from "../../dialect/print/added-column.js";
import { installMacros } from "../../dialect/runtime/index.js";
import { openDatabase } from "./open.js";

const folder = mkdtempSync(join(tmpdir(), "replay-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The file and the log that a process leaves that is killed behind some statements. */
async function killedAfter(statements: readonly string[]): Promise<string> {
  const here = mkdtempSync(join(folder, "case-"));
  const [path, left] = [join(here, "w.duckdb"), join(here, "left.duckdb")];
  const file = await openDatabase(path, { create: true });
  const connection = await file.connect();
  await installMacros(connection);
  await connection.run("CHECKPOINT");
  for (const statement of statements) await connection.run(statement);
  copyFileSync(path, left);
  copyFileSync(`${path}.wal`, `${left}.wal`);
  connection.closeSync();
  await file.close();
  return left;
}

const FILLED = "CREATE TABLE t AS SELECT 1 AS a, DATE '2024-01-01' AS d, {'x': 1, 'y': 2} AS s";

describe("what a killed process has left", () => {
  it.each([
    "ALTER TABLE t ALTER COLUMN d SET DEFAULT date_trunc('day', now())",
    "ALTER TABLE t ALTER COLUMN a SET DEFAULT bq.float64_to_int64(1.5)",
    "ALTER TABLE t ADD COLUMN l INTEGER[] DEFAULT CAST([] AS INTEGER[])",
    addedColumn("t", { name: "l", type: { kind: "array", element: "INT64" } }).join("; "),
    "ALTER TABLE t ADD COLUMN s.z INTEGER",
    "ALTER TABLE t DROP COLUMN s.y",
    "ALTER TABLE t RENAME COLUMN s.y TO z",
    "ALTER TABLE t ALTER COLUMN a TYPE VARCHAR USING concat(a, 'x')",
  ])("is there when the file is opened again: %s", async (change) => {
    const left = await killedAfter([FILLED, change, "INSERT INTO t (d) VALUES (DATE '2024-01-02')"]);
    for (let times = 0; times < 2; times += 1) {
      const file = await openDatabase(left, { create: false });
      const connection = await file.connect();
      const reader = await connection.runAndReadAll("SELECT COUNT(*) FROM t");
      expect(reader.getRows()).toEqual([[2n]]);
      connection.closeSync();
      await file.close();
    }
    expect(existsSync(`${left}.wal`)).toBe(false);
  });
});
