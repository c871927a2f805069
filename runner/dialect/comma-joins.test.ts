import { expect, it } from "vitest";
import { queriesOnEngine } from "./test-support/queries.js";

const { rows, translated } = queriesOnEngine();

const TABLES = "WITH t AS (SELECT 1 AS id, [1, 2] AS a), z AS (SELECT 1 AS id, 'z' AS n)";

it.each([
  [
    "the condition of a JOIN",
    "SELECT t.id, x, n FROM t, UNNEST(t.a) AS x LEFT JOIN z ON t.id = z.id ORDER BY x",
    [
      ["1", "1", "z"],
      ["1", "2", "z"],
    ],
  ],
  [
    "USING",
    "SELECT x, * EXCEPT (a, x) FROM t, UNNEST(t.a) AS x JOIN z USING (id) ORDER BY x",
    [
      ["1", "1", "z"],
      ["2", "1", "z"],
    ],
  ],
  [
    "a later comma",
    "SELECT y.n, e, f FROM z JOIN t ON z.id = t.id, t.a AS e, UNNEST([e]) AS f JOIN z AS y ON y.id = t.id AND f = e ORDER BY e",
    [
      ["z", "1", "1"],
      ["z", "2", "2"],
    ],
  ],
  [
    "a FULL JOIN in parentheses",
    "SELECT n, q FROM z, (t FULL JOIN (SELECT 3 AS q) ON t.id = q) ORDER BY q",
    [
      ["z", null],
      ["z", "3"],
    ],
  ],
])("tables before a comma are in sight of %s behind it", async (_, query, expected) => {
  expect(await rows(`${TABLES} ${query}`)).toEqual(expected);
});

it.each(["RIGHT", "FULL"])("a %s JOIN behind a comma is refused without parentheses", (type) => {
  expect(() => translated(`${TABLES} SELECT 1 FROM t, z ${type} JOIN t AS u ON z.id = u.id`)).toThrow(
    `Syntax error: ${type} JOIN behind a comma must be in parentheses, or CROSS JOIN must stand for the comma`,
  );
});
