import { expect, it } from "vitest";
import { queriesOnEngine } from "./test-support/queries.js";

const { rows } = queriesOnEngine();

/** Arrays of 40 letters, each of another order. */
const LISTS =
  "(SELECT k, ARRAY(SELECT STRUCT(FORMAT('%d', MOD(i * (k * 2 + 7), 41)) AS letter, i) FROM UNNEST(GENERATE_ARRAY(1, 80)) AS i) AS list FROM UNNEST(GENERATE_ARRAY(1, 60)) AS k)";

it.each([
  ["DISTINCT", "SELECT DISTINCT letter FROM UNNEST(list)"],
  ["DISTINCT of a star", "SELECT DISTINCT AS STRUCT * EXCEPT (i) FROM UNNEST(list)"],
  ["GROUP BY", "SELECT letter FROM UNNEST(list) GROUP BY letter HAVING COUNT(*) > 0"],
  ["GROUP BY ALL with an offset", "SELECT letter FROM UNNEST(list) WITH OFFSET AS o WHERE o >= 0 GROUP BY ALL"],
])("ARRAY of a query with %s has the order of its first elements", async (_, query) => {
  const ordered = "SELECT letter FROM UNNEST(list) GROUP BY letter ORDER BY MIN(i)";
  const plain = query.includes("AS STRUCT") ? "ARRAY(SELECT e.letter FROM UNNEST(found) AS e)" : "found";
  const sql = `SELECT COUNTIF(TO_JSON_STRING(${plain}) = TO_JSON_STRING(wanted)), COUNT(*) FROM (SELECT ARRAY(${query}) AS found, ARRAY(${ordered}) AS wanted FROM ${LISTS})`;
  expect(await rows(sql)).toEqual([["60", "60"]]);
});

it("the position of an element is in no star", async () => {
  expect(await rows("SELECT ARRAY(SELECT DISTINCT AS STRUCT * FROM UNNEST([STRUCT(1 AS a, 2 AS b)]))")).toEqual([
    [[{ a: "1", b: "2" }]],
  ]);
});

it.each([
  ["of no rows there is no distinct constant", "SELECT DISTINCT 1 FROM UNNEST(CAST([] AS ARRAY<INT64>))", []],
  [
    "an alias of the list hides the offset",
    "SELECT v AS o FROM UNNEST([3, 1, 2, 3]) AS v WITH OFFSET AS o GROUP BY v",
    ["3", "1", "2"],
  ],
  [
    "a field has the name of the offset",
    "SELECT s FROM UNNEST([STRUCT(1 AS s, 2 AS `offset`)]) WITH OFFSET GROUP BY s",
    ["1"],
  ],
])("ARRAY of groups: %s", async (_, query, expected) => {
  expect(await rows(`SELECT ARRAY(${query})`)).toEqual([[expected]]);
});
