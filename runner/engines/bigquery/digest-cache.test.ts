import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { DigestCache } from "./digest-cache.js";

it("knows nothing of a table whose columns have changed their names or places: its partitions do not tell", () => {
  const folder = mkdtempSync(join(tmpdir(), "digests-"));
  const path = join(folder, "digests.json");
  const cache = new DigestCache(path);
  const known = {
    columns: "day DATE, b INT64",
    token: "7",
    seen: "7",
    covered: "all" as const,
    partitions: { "2024-01-01": [3, "3:1:2", "5"] as const },
  };
  cache.keep("SELECT b", known);
  cache.save();
  const later = new DigestCache(path);
  expect(later.find("SELECT b", "day DATE, b INT64")).toEqual(known);
  expect(later.find("SELECT b", "day DATE, old_b INT64, b INT64")).toMatchObject({ token: null, partitions: {} });
  rmSync(folder, { recursive: true });
});
