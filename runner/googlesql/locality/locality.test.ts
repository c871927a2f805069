import { describe, expect, it } from "vitest";
import { followedQuery } from "./index.js";
import { find } from "./test-support/tables.js";

const usesOf = (sql: string, column: string): Record<string, string> => {
  const uses = followedQuery(sql, find)?.usesOf(column) ?? [];
  const told: Record<string, string> = {};
  for (const { place, keyedBy, columns } of uses)
    told[`${place.table} by ${keyedBy ?? "nothing"}`] = [...columns].sort().join(" ");
  return told;
};

describe("what rows of one key need", () => {
  it.each<[string, string, Record<string, string>]>([
    ["rows of the key alone", "SELECT k, v FROM d.t", { "d.t by k": "k v" }],
    ["a pipe", "FROM d.t |> WHERE v > 1 |> ORDER BY v |> SELECT t.k, t.w", { "d.t by k": "k v w" }],
    ["columns that a pipe adds", "FROM d.t |> EXTEND v + 1 AS n |> SELECT k, n", { "d.t by k": "k v" }],
    ["what is asked under another name", "SELECT k AS key, v + w AS s FROM d.t AS a", {}],
    ["the group", "SELECT k, SUM(v) AS s FROM d.t GROUP BY k", { "d.t by k": "k v" }],
    [
      "every group of a greater one",
      "SELECT ANY_VALUE(k) AS k, team FROM d.t GROUP BY team",
      { "d.t by nothing": "k team" },
    ],
    [
      "the partition of a window",
      "SELECT k, LAG(v) OVER (PARTITION BY k, team ORDER BY w) AS p FROM d.t",
      { "d.t by k": "k team v w" },
    ],
    [
      "every partition that has it",
      "SELECT k, RANK() OVER (PARTITION BY team ORDER BY w) AS p FROM d.t",
      { "d.t by nothing": "k team w" },
    ],
    ["a named window", "SELECT k, RANK() OVER w1 AS p FROM d.t WINDOW w1 AS (PARTITION BY k)", { "d.t by k": "k" }],
    ["the first rows of all", "SELECT k, v FROM d.t ORDER BY w LIMIT 3", { "d.t by nothing": "k v w" }],
    [
      "partners of the key",
      "SELECT t.k, u.x FROM d.t LEFT JOIN d.u AS u ON u.k = t.k",
      { "d.t by k": "k", "d.u by k": "k x" },
    ],
    [
      "partners of anything",
      "SELECT t.k, u.x FROM d.t LEFT JOIN d.u AS u ON u.x = t.v",
      { "d.t by k": "k v", "d.u by nothing": "x" },
    ],
    [
      "a table whose project or dataset another table is called like",
      "SELECT d.k, u.x FROM `d.t` AS d LEFT JOIN `d.u` AS u ON u.x = d.v",
      { "d.t by k": "k v", "d.u by nothing": "x" },
    ],
    [
      "what has no partner",
      "SELECT u.k, t.v FROM d.t LEFT JOIN d.u AS u ON u.k = t.k",
      { "d.t by nothing": "k v", "d.u by nothing": "k" },
    ],
    [
      "a column that WHERE makes equal",
      "SELECT t.k FROM d.t, d.u AS u WHERE u.k = t.k",
      { "d.t by k": "k", "d.u by k": "k" },
    ],
    [
      "not what an OR makes equal",
      "SELECT t.k FROM d.t, d.u AS u WHERE u.k = t.k OR u.x = 1",
      { "d.t by k": "k", "d.u by nothing": "k x" },
    ],
    ["USING", "SELECT k, x FROM d.t JOIN d.u USING (k)", { "d.t by k": "k", "d.u by k": "k x" }],
    ["arms of a union", "SELECT k FROM d.t UNION ALL SELECT k FROM d.u", { "d.t by k": "k", "d.u by k": "k" }],
    [
      "all rows of a subquery",
      "SELECT k, (SELECT MAX(x) FROM d.u) AS m FROM d.t",
      { "d.t by k": "k", "d.u by nothing": "x" },
    ],
    [
      "what a window and a group tell apart by the partner's column",
      "WITH h AS (SELECT t.team, u.k, u.x, RANK() OVER (PARTITION BY t.k ORDER BY u.x) AS n FROM d.t JOIN d.u AS u ON u.k = t.k) SELECT k, SUM(x) AS s FROM h WHERE n < 3 GROUP BY k",
      { "d.t by k": "k", "d.u by k": "k x" },
    ],
    [
      "partners of a partner",
      "SELECT t.k, s.x FROM d.t JOIN d.u AS u ON u.k = t.k LEFT JOIN d.u AS s ON s.k = u.k",
      { "d.t by k": "k", "d.u by k": "k x" },
    ],
    [
      "columns that another reader of a common table reads",
      "WITH a AS (SELECT * FROM d.t), b AS (SELECT team, SUM(v) AS s FROM a GROUP BY team) SELECT a.k, a.w, b.s FROM a JOIN b ON b.team = a.team",
      { "d.t by k": "k team w", "d.t by nothing": "team v" },
    ],
    [
      "the condition under an alias",
      "SELECT k, ROW_NUMBER() OVER (PARTITION BY team ORDER BY v) AS n FROM d.t QUALIFY n = 1",
      { "d.t by nothing": "k team v" },
    ],
    [
      "every partition, where the condition knows something else by the name of the key",
      "SELECT o AS k FROM (SELECT k AS o, team AS k FROM d.t QUALIFY RANK() OVER (PARTITION BY k ORDER BY v) = 1)",
      { "d.t by nothing": "k team v" },
    ],
    [
      "the same of a named window",
      "SELECT o AS k FROM (SELECT k AS o, team AS k FROM d.t QUALIFY RANK() OVER n = 1 WINDOW n AS (PARTITION BY k))",
      { "d.t by nothing": "k team" },
    ],
    [
      "the whole row of a table that is called like a column",
      "SELECT b.k, TO_JSON_STRING(x) AS j FROM d.u AS b CROSS JOIN (SELECT team, v FROM d.t) AS x",
      { "d.u by k": "k x", "d.t by nothing": "team v" },
    ],
    [
      "what a query within the condition reads by an alias",
      "SELECT o AS k FROM (SELECT k AS o, v AS team FROM d.t QUALIFY RANK() OVER (ORDER BY w) < (SELECT COUNT(*) FROM d.u WHERE x = team))",
      { "d.t by nothing": "k team v w", "d.u by nothing": "x" },
    ],
    [
      "the partition that the condition names by an alias",
      "SELECT o AS k FROM (SELECT k AS o, v FROM d.t QUALIFY RANK() OVER (PARTITION BY o ORDER BY v) = 1)",
      { "d.t by k": "k v" },
    ],
  ])("is %s", (_, sql, expected) => {
    if (Object.keys(expected).length > 0) expect(usesOf(sql, "k")).toEqual(expected);
    else expect(usesOf(sql, "key")).toEqual({ "d.t by k": "k v w" });
  });

  const placesOf = (sql: string, column: string): readonly string[] =>
    followedQuery(sql, find)
      ?.keyedPlaces(column)
      .map(({ place, column: by }) => `${sql.slice(place.start, place.end)} by ${by}`) ?? [];

  it.each<[string, string, readonly string[]]>([
    [
      "of a common table whose own table others read whole",
      "WITH a AS (SELECT * FROM d.t), s AS (SELECT team, SUM(v) AS s FROM a GROUP BY team) SELECT b.k, s.s FROM a AS b JOIN s ON s.team = b.team",
      ["a by k"],
    ],
    [
      "of the table alone, where all of a common table is made of them",
      "WITH a AS (SELECT * FROM d.t), b AS (SELECT k, SUM(v) AS s FROM a GROUP BY k) SELECT b.k, b.s FROM b",
      ["d.t by k"],
    ],
    [
      "of the innermost name that is made of others too",
      "WITH a AS (SELECT k, RANK() OVER (ORDER BY v) AS n FROM d.t), b AS (SELECT k, n FROM a) SELECT k, n FROM b",
      ["a by k"],
    ],
    [
      "of no name that is asked for by two columns",
      "WITH a AS (SELECT k, team AS o, RANK() OVER (ORDER BY v) AS n FROM d.t), b AS (SELECT k, o, n FROM a) SELECT x.k FROM b AS x UNION ALL SELECT y.o FROM b AS y",
      ["b by k", "b by o"],
    ],
  ])("leaves out the rows of other keys %s", (_, sql, expected) => expect(placesOf(sql, "k")).toEqual(expected));

  it.each([
    "SELECT k FROM d.t TABLESAMPLE SYSTEM (10 PERCENT)",
    "SELECT k FROM d.unknown",
    "SELECT k, nobody FROM d.t",
    "SELECT k, v - d.average() AS above FROM d.t",
    "SELECT k, d.total(v) AS total FROM d.t GROUP BY k",
    "WITH RECURSIVE r AS (SELECT k FROM d.t UNION ALL SELECT k FROM r) SELECT k FROM r",
    "SELECT * FROM d.t PIVOT (SUM(v) FOR team IN ('a', 'b'))",
  ])("is not known of %s", (sql) => expect(followedQuery(sql, find)).toBeUndefined());
});

it("does not follow the original rows of a pipe", () => {
  expect(followedQuery("FROM d.t |> SET v = w |> SELECT k, t.v", find)).toBeUndefined();
  expect(followedQuery("FROM d.t |> SET v = w |> SELECT k, v", find)).toBeDefined();
});
