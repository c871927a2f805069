import { DuckDBConnection } from "@duckdb/node-api";
import { afterEach, expect, it, vi } from "vitest";
import { openScratchWarehouse } from "./warehouse.js";

afterEach(() => vi.restoreAllMocks());

it("goes on with other connections when a ROLLBACK was interrupted, and keeps nothing of the transaction", async () => {
  const warehouse = await openScratchWarehouse();
  const run = DuckDBConnection.prototype.run;
  let interrupted = 0;
  vi.spyOn(DuckDBConnection.prototype, "run").mockImplementation(function (this: DuckDBConnection, sql, ...rest) {
    if (sql !== "ROLLBACK") return run.call(this, sql, ...rest);
    interrupted += 1;
    return Promise.reject(new Error("INTERRUPT Error: Interrupted!"));
  });
  const failing = warehouse.transaction(async (transaction) => {
    await transaction.execute("CREATE SCHEMA d; CREATE TABLE d.t AS SELECT 1 AS a");
    throw new Error("stopped");
  });
  await expect(failing).rejects.toThrow("stopped");
  expect(interrupted).toBe(1);
  const relations = await warehouse.transaction(async (transaction) => {
    await transaction.execute("CREATE SCHEMA d; CREATE TABLE d.u AS SELECT 1 AS a");
    return transaction.relations();
  });
  expect([...relations.keys()]).toEqual(["d.u"]);
  await warehouse.close();
});
