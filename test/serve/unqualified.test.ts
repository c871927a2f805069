import { describe, expect, it } from "vitest";
import { servedShop } from "./served.js";

describe("a table without its dataset", () => {
  const { shop, rows } = servedShop();
  const refused = (name: string) => ({
    code: 400,
    errors: [expect.objectContaining({ reason: "invalid" })],
    message: expect.stringContaining(`Table "${name}" must be qualified with a dataset (e.g. dataset.table).`),
  });

  it.each([
    ["t", "SELECT * FROM t"],
    ["t", "SELECT 1 FROM `t`"],
    ["t", "INSERT INTO t (a) VALUES (1)"],
  ])("is asked for it: %s of %s", async (name, sql) => {
    await expect(rows(sql)).rejects.toMatchObject(refused(name));
    await expect(rows(sql, { dryRun: true })).rejects.toMatchObject(refused(name));
  });

  it("is one of the default dataset, where there is one", async () => {
    const missing = rows("SELECT * FROM t", { defaultDataset: { datasetId: shop().id } });
    await expect(missing).rejects.toMatchObject({ code: 404, message: expect.stringContaining("test-project:shop.t") });
  });
});
