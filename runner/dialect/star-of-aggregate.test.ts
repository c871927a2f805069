import { afterAll, beforeAll, expect, it } from "vitest";
import { openEngine } from "../../tools/conformance/scorer.js";
import { translateQuery } from "./index.js";

let engine: Awaited<ReturnType<typeof openEngine>>;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

const ROWS = "(SELECT 'a' AS k, 1 AS v UNION ALL SELECT 'a', 2 UNION ALL SELECT 'b', 3) AS t";

it.each([
  [
    "the last row of a group",
    `SELECT ARRAY_AGG(t ORDER BY v DESC LIMIT 1)[OFFSET(0)].* FROM ${ROWS} GROUP BY k ORDER BY 1`,
  ],
  ["by the table's own column", `SELECT ANY_VALUE(t HAVING MAX v).* FROM ${ROWS} GROUP BY t.k ORDER BY 1`],
  [
    "of a window",
    `SELECT DISTINCT LAST_VALUE(t) OVER (PARTITION BY k ORDER BY v ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING).* FROM ${ROWS} ORDER BY 1`,
  ],
])("a star of an aggregated row: %s", async (_, sql) => {
  const { sql: text, columns } = translateQuery(sql, { find: () => undefined, names: () => [] });
  expect(columns.map(({ name }) => name)).toEqual(["k", "v"]);
  expect((await engine.connection.runAndReadAll(text)).getRows()).toEqual([
    ["a", 2n],
    ["b", 3n],
  ]);
});
