import { describe, expect, it } from "vitest";
import type { Catalog } from "../googlesql/catalog.js";
import type { ColumnSource } from "../googlesql/lineage.js";
import type { Column, SqlType } from "../port/sql-types.js";
import { diagnoseQuery } from "./diagnose.js";

const item: SqlType = {
  kind: "struct",
  fields: [
    { name: "sku", type: "STRING" },
    { name: "price", type: "INT64" },
  ],
};
const TABLES: Readonly<Record<string, readonly Column[]>> = {
  t: [
    { name: "id", type: "INT64" },
    { name: "a", type: "INT64" },
    { name: "b", type: "INT64" },
    { name: "day", type: "DATE" },
  ],
  u: [
    { name: "id", type: "INT64" },
    { name: "c", type: "INT64" },
    { name: "name", type: "STRING" },
  ],
  orders: [
    { name: "id", type: "INT64" },
    { name: "items", type: { kind: "array", element: item } },
    { name: "main", type: item },
  ],
};

const catalog: Catalog = {
  find: (path) => {
    const name = path.at(-1) ?? "";
    const columns = Object.hasOwn(TABLES, name) ? TABLES[name] : undefined;
    return columns && { path: ["ds", name], columns };
  },
  names: () => Object.keys(TABLES),
};

/** `column = values | conditions` of each output column, then what decides the rows. */
function lineage(sql: string): readonly string[] {
  const { errors, lineage: found } = diagnoseQuery(sql, catalog);
  expect(errors).toEqual([]);
  const list = (sources: readonly ColumnSource[]) =>
    sources.map(({ relation, column }) => `${relation.replace("ds.", "")}.${column}`).join(" ");
  const columns = (found?.columns ?? []).map(({ name, values, conditions }) =>
    [`${name} =`, list(values), conditions.length > 0 ? `| ${list(conditions)}` : ""]
      .filter((part) => part !== "")
      .join(" "),
  );
  return found !== undefined && found.rows.length > 0 ? [...columns, `rows: ${list(found.rows)}`] : columns;
}

const CASES: readonly (readonly [title: string, sql: string, ...expected: string[]])[] = [
  ["an expression", "SELECT a + b AS x, 1 AS one FROM ds.t", "x = t.a t.b", "one ="],
  ["a filter", "SELECT a FROM ds.t WHERE b > 1", "a = t.a", "rows: t.b"],
  ["a condition of CASE", "SELECT CASE WHEN a > 1 THEN b END AS x FROM ds.t", "x = t.a t.b"],
  ["a pipe that sets", "FROM ds.t |> SET a = b |> EXTEND t.a AS old |> SELECT a, old", "a = t.b", "old = t.a"],
  ["a pipe that drops", "FROM ds.t |> DROP a |> WHERE t.a > 1 |> SELECT t.b AS x", "x = t.b", "rows: t.a"],
  ["a WITH expression", "SELECT WITH(x AS a + 1, x * b) AS y FROM ds.t", "y = t.a t.b"],
  [
    "gaps that are filled",
    "SELECT day, a FROM GAP_FILL(TABLE ds.t, 'day', INTERVAL 1 DAY, partitioning_columns => ['id'])",
    "day = t.day",
    "a = t.a | t.day",
    "rows: t.day t.id",
  ],
  ["a join", "SELECT t.a, u.c FROM ds.t JOIN ds.u ON t.id = u.id", "a = t.a", "c = u.c", "rows: t.id u.id"],
  ["USING", "SELECT id, c FROM ds.t LEFT JOIN ds.u USING (id)", "id = t.id", "c = u.c", "rows: t.id u.id"],
  ["a full join", "SELECT id FROM ds.t FULL JOIN ds.u USING (id)", "id = t.id u.id", "rows: t.id u.id"],
  [
    "groups",
    "SELECT day, SUM(a) AS s, COUNT(*) AS n FROM ds.t GROUP BY day HAVING MAX(b) > 1",
    "day = t.day",
    "s = t.a",
    "n =",
    "rows: t.b t.day",
  ],
  ["GROUP BY a place", "SELECT a + 1 AS x, MAX(b) AS m FROM ds.t GROUP BY 1", "x = t.a", "m = t.b", "rows: t.a"],
  ["GROUP BY an alias", "SELECT a + 1 AS x, MAX(b) AS m FROM ds.t GROUP BY x", "x = t.a", "m = t.b", "rows: t.a"],
  ["GROUP BY ALL", "SELECT a, MAX(b) AS m FROM ds.t GROUP BY ALL", "a = t.a", "m = t.b", "rows: t.a"],
  [
    "GROUPING SETS",
    "SELECT a, b, SUM(id) AS s FROM ds.t GROUP BY GROUPING SETS ((a), (b))",
    "a = t.a",
    "b = t.b",
    "s = t.id",
    "rows: t.a t.b",
  ],
  ["an aggregate's order", "SELECT ARRAY_AGG(a ORDER BY b) AS x FROM ds.t", "x = t.a | t.b"],
  ["ANY_VALUE HAVING", "SELECT ANY_VALUE(a HAVING MAX b) AS x FROM ds.t", "x = t.a | t.b"],
  [
    "windows",
    "SELECT SUM(a) OVER (PARTITION BY b ORDER BY day) AS x, ROW_NUMBER() OVER w AS n FROM ds.t WINDOW w AS (ORDER BY id)",
    "x = t.a | t.b t.day",
    "n = | t.id",
  ],
  [
    "QUALIFY",
    "SELECT a FROM ds.t QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY day) = 1",
    "a = t.a",
    "rows: t.day t.id",
  ],
  [
    "common table expressions",
    "WITH x AS (SELECT id, a AS v FROM ds.t WHERE b = 1), y AS (SELECT id, v + 1 AS w FROM x) SELECT w FROM y WHERE id > 0",
    "w = t.a",
    "rows: t.b t.id",
  ],
  ["stars", "SELECT * EXCEPT (day, b) REPLACE (a + b AS a) FROM ds.t", "id = t.id", "a = t.a t.b"],
  ["a star of a table", "SELECT u.*, t.a FROM ds.t, ds.u", "id = u.id", "c = u.c", "name = u.name", "a = t.a"],
  ["UNION ALL", "SELECT a AS x FROM ds.t WHERE b = 1 UNION ALL SELECT c FROM ds.u", "x = t.a u.c", "rows: t.b"],
  ["UNION DISTINCT", "SELECT a AS x FROM ds.t UNION DISTINCT SELECT c FROM ds.u", "x = t.a u.c", "rows: t.a u.c"],
  ["EXCEPT", "SELECT a AS x FROM ds.t EXCEPT DISTINCT SELECT c FROM ds.u", "x = t.a", "rows: t.a u.c"],
  ["DISTINCT", "SELECT DISTINCT a FROM ds.t", "a = t.a", "rows: t.a"],
  ["an order without limit", "SELECT a FROM ds.t ORDER BY b", "a = t.a"],
  ["the first rows", "SELECT a FROM ds.t ORDER BY b, day LIMIT 3", "a = t.a", "rows: t.b t.day"],
  ["the first rows by an alias", "SELECT a AS z FROM ds.t ORDER BY z LIMIT 3", "z = t.a", "rows: t.a"],
  [
    "the first rows of a union",
    "(SELECT a FROM ds.t UNION ALL SELECT c FROM ds.u) ORDER BY a LIMIT 3",
    "a = t.a u.c",
    "rows: t.a u.c",
  ],
  ["a scalar subquery", "SELECT (SELECT MAX(c) FROM ds.u WHERE u.id = t.id) AS x FROM ds.t", "x = u.c | t.id u.id"],
  ["EXISTS", "SELECT EXISTS (SELECT 1 FROM ds.u WHERE u.id = t.id) AS x FROM ds.t", "x = | t.id u.id"],
  ["IN", "SELECT a IN (SELECT c FROM ds.u) AS x FROM ds.t", "x = t.a u.c"],
  ["IN as a filter", "SELECT a FROM ds.t WHERE id IN (SELECT id FROM ds.u)", "a = t.a", "rows: t.id u.id"],
  ["UNNEST", "SELECT i.price FROM ds.orders, UNNEST(items) AS i", "price = orders.items", "rows: orders.items"],
  [
    "UNNEST by a path",
    "SELECT i.price FROM ds.orders AS o, o.items AS i",
    "price = orders.items",
    "rows: orders.items",
  ],
  [
    "elements of an array",
    "SELECT (SELECT i.price FROM UNNEST(items) AS i WHERE i.sku = 'x') AS p, (SELECT SUM(i.price) FROM UNNEST(items) AS i) AS s FROM ds.orders",
    "p = orders.items",
    "s = orders.items",
  ],
  ["a STRUCT column", "SELECT main.price AS p FROM ds.orders", "p = orders.main"],
  [
    "fields of a STRUCT that the query makes",
    "WITH x AS (SELECT STRUCT(a AS one, b AS two) AS s FROM ds.t) SELECT s.two, s FROM x",
    "two = t.b",
    "s = t.a t.b",
  ],
  ["fields of a row", "WITH x AS (SELECT t FROM ds.t) SELECT t.a AS a FROM x AS x", "a = t.a"],
  [
    "an array of STRUCTs and back",
    "WITH x AS (SELECT ARRAY_AGG(STRUCT(a, b) ORDER BY day) AS list FROM ds.t) SELECT e.b FROM x, UNNEST(list) AS e",
    "b = t.b | t.day",
    "rows: t.a t.b t.day",
  ],
  [
    "an element of an array of STRUCTs",
    "SELECT ARRAY_AGG(STRUCT(a, b) ORDER BY day LIMIT 1)[OFFSET(0)].b AS x FROM ds.t",
    "x = t.b | t.day",
  ],
  [
    "SELECT AS STRUCT",
    "SELECT x.k FROM UNNEST(ARRAY(SELECT AS STRUCT a AS k, b AS l FROM ds.t)) AS x",
    "k = t.a",
    "rows: t.a t.b",
  ],
  [
    "PIVOT",
    "SELECT * FROM (SELECT id, a, b FROM ds.t) PIVOT (SUM(a) FOR b IN (1 AS one, 2 AS two))",
    "id = t.id",
    "one = t.a | t.b",
    "two = t.a | t.b",
    "rows: t.id",
  ],
  [
    "UNPIVOT",
    "SELECT * FROM (SELECT id, a, b FROM ds.t) UNPIVOT (v FOR k IN (a, b))",
    "id = t.id",
    "v = t.a t.b",
    "k =",
    "rows: t.a t.b",
  ],
  [
    "recursion",
    "WITH RECURSIVE r AS (SELECT id, a, b FROM ds.t UNION ALL SELECT r.id, r.b, u.c FROM r JOIN ds.u ON u.id = r.id) SELECT a, b FROM r",
    "a = t.a t.b u.c",
    "b = t.b u.c",
    "rows: t.id u.id",
  ],
  [
    "pipes",
    "FROM ds.t |> WHERE b = 1 |> AGGREGATE SUM(a) AS s GROUP BY day |> EXTEND s * 2 AS d |> SELECT d, day",
    "d = t.a",
    "day = t.day",
    "rows: t.b t.day",
  ],
  ["names in another case", "SELECT A FROM ds.t WHERE T.B = 1", "A = t.a", "rows: t.b"],
];

describe("lineage", () => {
  it.each(CASES)("sees through %s", (_, sql, ...expected) => {
    expect(lineage(sql)).toEqual(expected);
  });

  it("is not told of a query with errors", () => {
    expect(diagnoseQuery("SELECT a, missing FROM ds.t", catalog).lineage).toBeUndefined();
  });
});
