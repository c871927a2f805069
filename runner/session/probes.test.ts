import { describe, expect, it } from "vitest";
import { refusedDataset } from "./probes.js";

const STORE = { write: ["predictions"], read: ["precompute"], roles: [] };

describe("what an account may not", () => {
  it.each([
    ["SELECT 1", undefined],
    ["SELECT * FROM precompute.cache JOIN `p`.predictions.store USING (id)", undefined],
    ["INSERT INTO predictions.store (n) SELECT n FROM precompute.cache", undefined],
    ["CREATE TABLE predictions.probe (n INT64); DROP TABLE predictions.probe", undefined],
    ["SELECT * FROM raw.games", { does: "read", dataset: "raw" }],
    ["SELECT (SELECT MAX(n) FROM raw.games) AS n FROM precompute.cache", { does: "read", dataset: "raw" }],
    ["DELETE FROM precompute.cache WHERE FALSE", { does: "write", dataset: "precompute" }],
    ["IF FALSE THEN TRUNCATE TABLE precompute.cache; END IF", { does: "write", dataset: "precompute" }],
    [
      "MERGE precompute.cache AS c USING predictions.store AS s ON FALSE WHEN NOT MATCHED THEN INSERT ROW",
      { does: "write", dataset: "precompute" },
    ],
    ["INSERT INTO predictions.store (n) SELECT n FROM raw.games", { does: "read", dataset: "raw" }],
  ])("%s", (sql, refused) => {
    expect(refusedDataset(STORE, sql)).toEqual(refused);
  });

  it("is everything where there is no such account", () => {
    expect(refusedDataset(undefined, "SELECT * FROM precompute.cache")).toEqual({
      does: "read",
      dataset: "precompute",
    });
  });
});
