import { expect, it } from "vitest";
import { queriesOnEngine } from "./test-support/queries.js";

const { rows, translated } = queriesOnEngine();

it("a star of a wide STRUCT is computed once, also where other clauses name its fields", async () => {
  const wide = Array.from({ length: 300 }, (_, i) => `${i} AS column_number_${i}`).join(", ");
  const sql = `WITH a AS (SELECT 1 AS id, ${wide}), b AS (SELECT 2 AS id, ${wide})
    SELECT id, column_number_7, n FROM (
      SELECT IF(a.id IS NOT NULL, a, b).* REPLACE (IFNULL(a.column_number_7, 0) * 10 AS column_number_7),
        ROW_NUMBER() OVER (ORDER BY a.id DESC) AS n
      FROM a FULL JOIN b USING (id) WHERE TRUE QUALIFY n < 3 AND column_number_8 = 8 ORDER BY column_number_9) ORDER BY n`;
  expect(await rows(sql)).toEqual([
    ["1", "70", "1"],
    ["2", "0", "2"],
  ]);
  expect(translated(sql).sql.length).toBeLessThan(200_000);
});
