import { expect, it } from "vitest";
import { queriesOnEngine } from "./test-support/queries.js";

const { rows } = queriesOnEngine();

const DOCS = `WITH t AS (SELECT '{"a": {"b": 1.25}}' AS doc, 1 AS k UNION ALL SELECT '{"a": 2}', 2)`;
const OWN = "(SELECT doc FROM t AS u WHERE u.k = t.k)";

it.each([
  ["JSON_VALUE", `JSON_VALUE(${OWN}, '$.a.b')`, ["1.25", null]],
  ["JSON_QUERY within JSON_VALUE", `JSON_VALUE(JSON_QUERY(${OWN}, '$.a'), '$.b')`, ["1.25", null]],
  ["REGEXP_EXTRACT", `REGEXP_EXTRACT(${OWN}, CONCAT('b', '": (.)'))`, ["1", null]],
  ["ROUND", `ROUND(1.25, (SELECT MIN(u.k) FROM t AS u WHERE u.k = t.k) - 1)`, ["1.0", "1.3"]],
  [
    "FORMAT_DATE",
    `FORMAT_DATE((SELECT CONCAT('%', 'Y') FROM t AS u WHERE u.k = t.k), DATE '2024-01-02')`,
    ["2024", "2024"],
  ],
  ["ARRAY_INCLUDES", "ARRAY_INCLUDES([1, 3], (SELECT u.k FROM t AS u WHERE u.k = t.k))", [true, false]],
  [
    "a subquery around the call",
    `(SELECT MAX(JSON_VALUE((SELECT u.doc FROM t AS u WHERE u.k = t.k LIMIT 1), '$.a.b') || x) FROM UNNEST(['x']) AS x)`,
    ["1.25x", null],
  ],
])("a call takes a subquery: %s", async (_, call, expected) => {
  const found = await rows(`${DOCS} SELECT ${call} AS v FROM t ORDER BY k`);
  expect(found.map(([v]) => (typeof v === "number" ? v.toFixed(1) : v))).toEqual(expected);
});
