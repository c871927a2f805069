import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openDuckDbWarehouse } from "./warehouse.js";

it("functions that are stored in a file read no name of the query", async () => {
  const dir = mkdtempSync(join(tmpdir(), "macros-"));
  const warehouse = await openDuckDbWarehouse(join(dir, "w.duckdb"), { create: true, alone: true });
  try {
    const made = "UNNEST(GENERATE_ARRAY(1, y)) AS x";
    const { rows } = await warehouse.script(
      `SELECT ARRAY(SELECT x + 1 FROM ${made} WHERE x > 1 ORDER BY x), ARRAY(SELECT x + o FROM ${made} WITH OFFSET AS o WHERE o > 0 ORDER BY x) FROM UNNEST([3.0]) AS y`,
    );
    expect(rows?.rows).toEqual([
      [
        [3, 4],
        [3, 5],
      ],
    ]);
  } finally {
    await warehouse.close();
    rmSync(dir, { recursive: true });
  }
});
