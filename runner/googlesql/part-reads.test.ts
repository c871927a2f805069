import { describe, expect, it } from "vitest";
import { scanQuery } from "./index.js";

describe("where a query may stop before the end of what there is", () => {
  it.each([
    ["SELECT id FROM t LIMIT 2", [{ by: "limit", tables: [["t"]] }]],
    ["WITH c AS (FROM d.t |> LIMIT 2) SELECT * FROM c", [{ by: "limit", tables: [["d", "t"]] }]],
    ["SELECT id FROM t WHERE id <= (SELECT MAX(id) FROM own) + 2", [{ by: "value", tables: [["own"]] }]],
    ["SELECT id FROM t WHERE (SELECT MAX(id) FROM own) + 2 >= id", [{ by: "value", tables: [["own"]] }]],
    ["SELECT id FROM t WHERE id BETWEEN 0 AND (SELECT MAX(id) FROM own)", [{ by: "value", tables: [["own"]] }]],
    ["SELECT id FROM t WHERE id > (SELECT MAX(id) FROM own) AND id < 10", []],
    ["SELECT id FROM t WHERE id BETWEEN (SELECT MAX(id) FROM own) AND 10", []],
    ["SELECT ARRAY_AGG(id LIMIT 2) FROM t", []],
  ])("%s", (sql, parts) => {
    expect(scanQuery(sql).parts).toEqual(parts);
  });
});
