import { describe, expect, it } from "vitest";
import { scanQuery } from "./index.js";

describe("names that something else than a column of the name has", () => {
  it.each([
    ["SELECT day, t.day AS DAY, n AS other FROM t", ["other"]],
    ["WITH c AS (SELECT DATE_ADD(day, INTERVAL 1 DAY) AS day FROM t) SELECT day FROM c", ["day"]],
    ["SELECT * REPLACE (x + 1 AS day) FROM t", ["day"]],
    ["SELECT day FROM UNNEST(GENERATE_DATE_ARRAY('2024-01-01', '2024-01-02')) AS day", ["day"]],
    ["FROM t |> SELECT day |> RENAME day AS d2 |> EXTEND n + 1 AS m", ["d2", "m"]],
    ["SELECT day, SUM(n) AS total FROM t GROUP BY day", ["total"]],
  ])("%s", (sql, names) => {
    expect(scanQuery(sql).computed).toEqual(names);
  });
});
