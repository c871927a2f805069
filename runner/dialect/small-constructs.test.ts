import { afterAll, beforeAll, expect, it } from "vitest";
import { openEngine } from "../../tools/conformance/scorer.js";
import { translateQuery } from "./index.js";

let engine: Awaited<ReturnType<typeof openEngine>>;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

const translated = (sql: string) => translateQuery(sql, { find: () => undefined, names: () => [] }).sql;
const rows = async (sql: string) => (await engine.connection.runAndReadAll(translated(sql))).getRowsJson();

const ROWS = "(SELECT 1 AS x, 5 AS y, 'p' AS k UNION ALL SELECT 3, 1, 'p' UNION ALL SELECT 9, 2, 'q')";

it.each<[string, unknown[][]]>([
  [
    `SELECT * FROM ${ROWS} PIVOT (MAX(x HAVING MIN y) AS a, ANY_VALUE(x HAVING MAX y) AS b FOR k IN ('p', 'q', 'r'))`,
    [["3", "1", "9", "9", null, null]],
  ],
  [
    "SELECT 1 AS a FULL UNION ALL BY NAME SELECT 3 AS c",
    [
      ["1", null],
      [null, "3"],
    ],
  ],
])("%s", async (sql, expected) => {
  expect(await rows(sql)).toEqual(expected);
});

it.each([
  ["SELECT 1 AS a LEFT UNION ALL BY NAME SELECT 3 AS c", "There is no shared column"],
  [
    "SELECT * FROM (SELECT 1 AS a) AS t MATCH_RECOGNIZE (ORDER BY a PATTERN (x) DEFINE x AS TRUE)",
    "MATCH_RECOGNIZE is not",
  ],
  ["SELECT * FROM (SELECT 1 AS a) MATCH_RECOGNIZE (ORDER BY a PATTERN (x) DEFINE x AS TRUE)", "MATCH_RECOGNIZE is not"],
])("refuses %s", (sql, message) => {
  expect(() => translated(sql)).toThrow(message);
});
