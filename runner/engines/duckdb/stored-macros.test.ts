import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openDuckDbWarehouse } from "./warehouse.js";

it.each([
  "SELECT ARRAY(SELECT x + 1 FROM UNNEST(GENERATE_ARRAY(1, y)) AS x WHERE x > 1 ORDER BY x) FROM UNNEST([3.0]) AS y",
  "SELECT ARRAY(SELECT x + o FROM UNNEST(GENERATE_ARRAY(1, y)) AS x WITH OFFSET AS o WHERE o > 0 ORDER BY x) FROM UNNEST([3.0]) AS y",
])("functions that are stored in a file read no name of the query: %s", async (sql) => {
  const dir = mkdtempSync(join(tmpdir(), "macros-"));
  const warehouse = await openDuckDbWarehouse(join(dir, "w.duckdb"), { create: true, alone: true });
  try {
    expect((await warehouse.script(sql)).rows?.rows).toEqual([[[3, sql.includes("x + o") ? 5 : 4]]]);
  } finally {
    await warehouse.close();
    rmSync(dir, { recursive: true });
  }
});
