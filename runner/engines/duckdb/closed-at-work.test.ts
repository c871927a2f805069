import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openDuckDbWarehouse } from "./warehouse.js";

const LONG =
  "SELECT COUNT(*) FROM UNNEST(GENERATE_ARRAY(1, 100000)) a, UNNEST(GENERATE_ARRAY(1, 100000)) b WHERE a < b";

it("ends what is still at work when it is closed, and keeps what was committed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fastbreak-close-"));
  const path = join(folder, "w.duckdb");
  try {
    const warehouse = await openDuckDbWarehouse(path, { create: true, alone: true });
    await warehouse.script("CREATE SCHEMA d; CREATE TABLE d.t AS SELECT 1 AS k");
    const working = ["INSERT INTO d.t (k) VALUES (2)", "DELETE FROM d.t WHERE TRUE"].map((change) =>
      warehouse.transaction(async (transaction) => {
        await transaction.execute(change);
        await transaction.query(LONG);
      }),
    );
    const results = Promise.allSettled([...working, warehouse.script(`CREATE TABLE d.u AS SELECT 3 AS k; ${LONG}`)]);
    await warehouse.transaction((transaction) => transaction.query("SELECT 1"));
    await warehouse.close();
    expect((await results).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    const again = await openDuckDbWarehouse(path, { create: false });
    const rows = await again.transaction(async (transaction) => (await transaction.query("SELECT k FROM d.t")).rows);
    expect(rows).toEqual([[1n]]);
    await again.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
