// PIVOT, UNPIVOT, grouping sets, GROUP BY ALL and pipe operators. The reference does not know the newer ones: `same` is an equivalent that it knows.
// https://cloud.google.com/bigquery/docs/reference/standard-sql/query-syntax, pipe-syntax
const T =
  "WITH t AS (SELECT 'a' AS k, 1 AS y, 10 AS n, 0.5 AS x UNION ALL SELECT 'a', 2, 20, 1.5 UNION ALL SELECT 'b', 1, NULL, 2.5 UNION ALL SELECT NULL, 2, 40, NULL UNION ALL SELECT 'b', 1, 7, -1.0) ";
const q = (sql) => T + sql;
const same = (sql, equivalent) => ({ sql: T + sql, same: T + equivalent });
const pipe = same;

export const queries = [
  q("SELECT * FROM (SELECT k, y, n FROM t) PIVOT (SUM(n) FOR y IN (1, 2))"),
  q("SELECT * FROM (SELECT k, y, n FROM t) PIVOT (SUM(n) AS s, COUNT(*) AS c FOR y IN (1 AS one, 2 AS two, 3))"),
  q("SELECT * FROM (SELECT k, n FROM t) PIVOT (SUM(n) FOR k IN ('a', 'b', NULL))"),
  q("SELECT * FROM (SELECT y, n, k FROM t) PIVOT (ANY_VALUE(n) FOR k IN ('a' AS `A x`))"),
  q("SELECT * FROM (SELECT n, y FROM t) PIVOT (AVG(n) FOR y IN (1, 2)) AS p"),
  q("SELECT p.a FROM (SELECT k, n FROM t) PIVOT (MAX(n) FOR k IN ('a', 'b')) AS p"),
  q("SELECT * FROM (SELECT k, y, n FROM t) PIVOT (SUM(n) FOR y + 1 IN (2, 3))"),
  q("SELECT * FROM t PIVOT (COUNT(*) FOR k IN ('a'))"),
  q("SELECT * FROM (SELECT x, n FROM t) PIVOT (SUM(n) FOR x IN (0.5, 2.5))"),
  q("SELECT * FROM (SELECT k, y, n FROM t) PIVOT (SUM(n) AS s, MAX(n) AS s FOR y IN (1))"),
  q("SELECT * FROM (SELECT k, y, n FROM t) PIVOT (SUM(n), MAX(n) FOR y IN (1))"),
  q("SELECT * FROM (SELECT k, y, n FROM t) PIVOT (SUM(n) FOR y IN (1, 1))"),
  q("SELECT * FROM (SELECT k, y, n FROM t) PIVOT (n FOR y IN (1))"),
  q("SELECT * FROM (SELECT k, y, n FROM t) PIVOT (SUM(n) FOR y IN ('a'))"),
  q("SELECT * FROM (SELECT STRUCT(k, y) AS s, n FROM t) PIVOT (SUM(n) FOR s IN (('a', 1) AS a1, ('b', 1) AS b1))"),
  q(
    "SELECT * FROM (SELECT DATE '2024-01-01' AS d, n FROM t) PIVOT (SUM(n) FOR d IN (DATE '2024-01-01', DATE '2024-01-02' AS other))",
  ),
  q(
    "SELECT * FROM (SELECT k, y, n FROM t) PIVOT (ARRAY_AGG(n IGNORE NULLS ORDER BY n DESC LIMIT 1) AS top FOR y IN (1, 2)) ORDER BY k",
  ),
  q("SELECT * FROM (SELECT k, y, n FROM t) PIVOT (SUM(n) FOR y IN (1, 2)) JOIN t USING (k)"),
  q("SELECT * FROM (SELECT k, TRUE AS f, n FROM t) PIVOT (SUM(n) FOR f IN (TRUE, FALSE))"),
  q("SELECT * FROM (SELECT k, y, n FROM t) PIVOT (COUNTIF(n > 5) FOR y IN (1, 2)) WHERE k = 'a'"),
  q("SELECT * FROM (SELECT k, y, n FROM t) UNPIVOT (v FOR c IN (y, n))"),
  q("SELECT * FROM (SELECT k, y, n FROM t) UNPIVOT INCLUDE NULLS (v FOR c IN (y AS 'first', n AS 'second'))"),
  q("SELECT * FROM (SELECT k, y, n FROM t) UNPIVOT EXCLUDE NULLS (v FOR c IN (y AS 1, n AS 2)) AS u ORDER BY v, k"),
  q(
    "SELECT * FROM (SELECT k, y, n, y + 1 AS y2, n + 1 AS n2 FROM t) UNPIVOT ((a, b) FOR c IN ((y, n) AS 'old', (y2, n2) AS 'new'))",
  ),
  q("SELECT * FROM (SELECT k, y, n FROM t) UNPIVOT (v FOR c IN (k, n))"),
  q("SELECT * FROM (SELECT k, y, n FROM t) UNPIVOT (v FOR c IN (missing))"),
  q("SELECT * FROM (SELECT k, y, n FROM t) UNPIVOT (k FOR c IN (y, n))"),
  q("SELECT * FROM (SELECT k, y, n FROM t) UNPIVOT ((a, b) FOR c IN ((y, n)))"),
  q("SELECT c, SUM(v) FROM (SELECT y, n FROM t) UNPIVOT (v FOR c IN (y, n)) GROUP BY c"),
  same(
    "SELECT k, y, SUM(n) FROM t GROUP BY ROLLUP(k, y)",
    "SELECT k, y, SUM(n) FROM t GROUP BY k, y UNION ALL SELECT k, NULL, SUM(n) FROM t GROUP BY k UNION ALL SELECT NULL, NULL, SUM(n) FROM t",
  ),
  same(
    "SELECT k, y, SUM(n) FROM t GROUP BY CUBE(k, y)",
    "SELECT k, y, SUM(n) FROM t GROUP BY k, y UNION ALL SELECT k, NULL, SUM(n) FROM t GROUP BY k UNION ALL SELECT NULL, y, SUM(n) FROM t GROUP BY y UNION ALL SELECT NULL, NULL, SUM(n) FROM t",
  ),
  same(
    "SELECT k, y, SUM(n) FROM t GROUP BY GROUPING SETS(k, y, ())",
    "SELECT k, CAST(NULL AS INT64), SUM(n) FROM t GROUP BY k UNION ALL SELECT NULL, y, SUM(n) FROM t GROUP BY y UNION ALL SELECT NULL, NULL, SUM(n) FROM t",
  ),
  same(
    "SELECT k, y, SUM(n), GROUPING(k), GROUPING(y) FROM t GROUP BY ROLLUP(k, y)",
    "SELECT k, y, SUM(n), 0, 0 FROM t GROUP BY k, y UNION ALL SELECT k, NULL, SUM(n), 0, 1 FROM t GROUP BY k UNION ALL SELECT NULL, NULL, SUM(n), 1, 1 FROM t",
  ),
  same(
    "SELECT y, y + 1, COUNT(*) FROM t GROUP BY ROLLUP(y, y + 1)",
    "SELECT y, y + 1, COUNT(*) FROM t GROUP BY y UNION ALL SELECT y, y + 1, COUNT(*) FROM t GROUP BY y UNION ALL SELECT NULL, NULL, COUNT(*) FROM t",
  ),
  same(
    "SELECT y, y + 1, COUNT(*) FROM t GROUP BY GROUPING SETS(y, y + 1)",
    "SELECT y, y + 1, COUNT(*) FROM t GROUP BY y UNION ALL SELECT NULL, CAST(NULL AS INT64), COUNT(*) FROM t GROUP BY y",
  ),
  same(
    "SELECT UPPER(k) AS u, COUNT(*) FROM t GROUP BY ROLLUP(u) ORDER BY u NULLS LAST, 2",
    "SELECT UPPER(k) AS u, COUNT(*) FROM t GROUP BY u UNION ALL SELECT NULL, COUNT(*) FROM t ORDER BY u NULLS LAST, 2",
  ),
  same(
    "SELECT k, COUNT(*) FROM t GROUP BY ROLLUP(k) HAVING COUNT(*) > 1",
    "SELECT * FROM (SELECT k, COUNT(*) AS c FROM t GROUP BY k UNION ALL SELECT NULL, COUNT(*) FROM t) WHERE c > 1",
  ),
  same("SELECT COUNT(*) FROM t GROUP BY ()", "SELECT COUNT(*) FROM t"),
  same("SELECT COUNT(*) FROM t WHERE FALSE GROUP BY GROUPING SETS((), k)", "SELECT COUNT(*) FROM t WHERE FALSE"),
  same(
    "SELECT k, y, SUM(n) FROM t GROUP BY GROUPING SETS((k, y), ROLLUP(k))",
    "SELECT k, y, SUM(n) FROM t GROUP BY k, y UNION ALL SELECT k, NULL, SUM(n) FROM t GROUP BY k UNION ALL SELECT NULL, NULL, SUM(n) FROM t",
  ),
  same(
    "SELECT k, y, COUNT(*) FROM t GROUP BY ROLLUP((k, y))",
    "SELECT k, y, COUNT(*) FROM t GROUP BY k, y UNION ALL SELECT NULL, NULL, COUNT(*) FROM t",
  ),
  same("SELECT k, SUM(n) FROM t GROUP BY ALL", "SELECT k, SUM(n) FROM t GROUP BY k"),
  same("SELECT k, y + 1, SUM(n) FROM t GROUP BY ALL", "SELECT k, y + 1, SUM(n) FROM t GROUP BY k, y + 1"),
  same("SELECT SUM(n) FROM t GROUP BY ALL", "SELECT SUM(n) FROM t"),
  same("SELECT k, y FROM t GROUP BY ALL ORDER BY k, y", "SELECT k, y FROM t GROUP BY k, y ORDER BY k, y"),
  same("SELECT k, SUM(n) + y FROM t GROUP BY ALL", "SELECT k, SUM(n) + y FROM t GROUP BY k"),
  same("SELECT *, COUNT(*) FROM t GROUP BY ALL", "SELECT k, y, n, x, COUNT(*) FROM t GROUP BY k, y, n, x"),
  same(
    "SELECT k, RANK() OVER (ORDER BY COUNT(*)) FROM t GROUP BY ALL",
    "SELECT k, RANK() OVER (ORDER BY COUNT(*)) FROM t GROUP BY k",
  ),
  pipe("SELECT * FROM t |> WHERE y = 1 |> SELECT k, n", "SELECT k, n FROM t WHERE y = 1"),
  {
    sql: `${T}FROM t |> AGGREGATE SUM(n) AS s GROUP BY k |> ORDER BY s DESC |> LIMIT 1`,
    same: `${T}SELECT k, SUM(n) AS s FROM t GROUP BY k ORDER BY s DESC LIMIT 1`,
  },
  pipe(
    "FROM t |> AGGREGATE COUNT(*) AS c, SUM(n) GROUP AND ORDER BY k DESC",
    "SELECT k, COUNT(*) AS c, SUM(n) FROM t GROUP BY k ORDER BY k DESC",
  ),
  pipe("FROM t |> AGGREGATE COUNT(*)", "SELECT COUNT(*) FROM t"),
  pipe("FROM t |> AGGREGATE GROUP BY k", "SELECT k FROM t GROUP BY k"),
  pipe(
    "FROM t |> AGGREGATE SUM(n) AS s GROUP BY ROLLUP(k)",
    "SELECT k, SUM(n) FROM t GROUP BY k UNION ALL SELECT NULL, SUM(n) FROM t",
  ),
  pipe(
    "FROM t |> AGGREGATE SUM(n) AS s GROUP BY GROUPING SETS(k, y)",
    "SELECT k, CAST(NULL AS INT64), SUM(n) FROM t GROUP BY k UNION ALL SELECT NULL, y, SUM(n) FROM t GROUP BY y",
  ),
  pipe("FROM t |> AGGREGATE SUM(n) AS s DESC GROUP BY k", "SELECT k, SUM(n) AS s FROM t GROUP BY k ORDER BY s DESC"),
  pipe(
    "FROM t |> EXTEND n * 2 AS m, y + 1 AS z |> WHERE m > 20 |> DROP n, x",
    "SELECT k, y, n * 2 AS m, y + 1 AS z FROM t WHERE n * 2 > 20",
  ),
  pipe("FROM t |> SET n = IFNULL(n, 0), y = y * 10", "SELECT k, y * 10 AS y, IFNULL(n, 0) AS n, x FROM t"),
  pipe("FROM t |> RENAME n AS m, k kk |> SELECT kk, m", "SELECT k AS kk, n AS m FROM t"),
  pipe("FROM t |> AS u |> SELECT u.k, u.n + 1 AS p", "SELECT k, n + 1 AS p FROM t"),
  pipe(
    "FROM t |> EXTEND SUM(n) OVER (PARTITION BY k) AS s |> SELECT k, s",
    "SELECT k, SUM(n) OVER (PARTITION BY k) AS s FROM t",
  ),
  pipe(
    "FROM t |> WINDOW RANK() OVER (ORDER BY n) AS r |> WHERE r = 1 |> SELECT k, r",
    "SELECT * FROM (SELECT k, RANK() OVER (ORDER BY n) AS r FROM t) WHERE r = 1",
  ),
  pipe("FROM t |> SELECT DISTINCT k |> ORDER BY k NULLS LAST", "SELECT DISTINCT k FROM t ORDER BY k NULLS LAST"),
  pipe("FROM t |> SELECT k |> DISTINCT", "SELECT DISTINCT k FROM t"),
  pipe(
    "FROM t |> JOIN (SELECT 'a' AS k, 100 AS w) USING (k)",
    "SELECT * FROM t JOIN (SELECT 'a' AS k, 100 AS w) USING (k)",
  ),
  pipe(
    "FROM t |> LEFT JOIN UNNEST([1, 3]) AS z ON t.y = z |> SELECT k, z",
    "SELECT k, z FROM t LEFT JOIN UNNEST([1, 3]) AS z ON t.y = z",
  ),
  pipe(
    "FROM t |> CROSS JOIN UNNEST([1, 2]) AS z |> AGGREGATE COUNT(*)",
    "SELECT COUNT(*) FROM t CROSS JOIN UNNEST([1, 2]) AS z",
  ),
  pipe(
    "FROM t |> SELECT y |> UNION ALL (SELECT 9), (SELECT 8)",
    "SELECT y FROM t UNION ALL SELECT 9 UNION ALL SELECT 8",
  ),
  pipe("FROM t |> SELECT y |> EXCEPT DISTINCT (SELECT 1)", "SELECT y FROM t EXCEPT DISTINCT SELECT 1"),
  pipe(
    "FROM t |> SELECT k, y, n |> PIVOT (SUM(n) FOR y IN (1, 2))",
    "SELECT * FROM (SELECT k, y, n FROM t) PIVOT (SUM(n) FOR y IN (1, 2))",
  ),
  pipe(
    "FROM t |> SELECT k, y, n |> UNPIVOT (v FOR c IN (y, n))",
    "SELECT * FROM (SELECT k, y, n FROM t) UNPIVOT (v FOR c IN (y, n))",
  ),
  pipe("FROM t |> ORDER BY n DESC |> LIMIT 2 OFFSET 1 |> SELECT n", "SELECT n FROM t ORDER BY n DESC LIMIT 2 OFFSET 1"),
  pipe(
    "SELECT k FROM t ORDER BY n LIMIT 3 |> WHERE k IS NOT NULL",
    "SELECT * FROM (SELECT k FROM t ORDER BY n LIMIT 3) WHERE k IS NOT NULL",
  ),
  pipe("SELECT (FROM t |> AGGREGATE MAX(n)) AS m", "SELECT (SELECT MAX(n) FROM t) AS m"),
  pipe(
    "SELECT ARRAY(FROM t |> WHERE n > 8 |> SELECT n |> ORDER BY n) AS l",
    "SELECT ARRAY(SELECT n FROM t WHERE n > 8 ORDER BY n) AS l",
  ),
  pipe("FROM (FROM t |> WHERE y = 1) |> AGGREGATE COUNT(*)", "SELECT COUNT(*) FROM t WHERE y = 1"),
  pipe("FROM t |> WITH u AS (SELECT 1 AS one) |> JOIN u ON t.y = u.one |> SELECT k", "SELECT k FROM t WHERE y = 1"),
  pipe(
    "FROM t |> AGGREGATE SUM(n) AS s GROUP BY k AS key |> WHERE s > 10 |> SELECT key",
    "SELECT k FROM t GROUP BY k HAVING SUM(n) > 10",
  ),
  pipe(
    "FROM t |> WHERE n > 8 |> EXTEND ROW_NUMBER() OVER (ORDER BY n) AS r |> AGGREGATE MAX(r)",
    "SELECT COUNT(*) FROM t WHERE n > 8",
  ),
  pipe(
    "FROM t |> SELECT k, n |> AGGREGATE ARRAY_AGG(n IGNORE NULLS ORDER BY n) AS l GROUP BY k |> EXTEND ARRAY_LENGTH(l) AS c |> DROP l",
    "SELECT k, COUNT(n) FROM t GROUP BY k",
  ),
  pipe("FROM t |> ASSERT n IS NULL OR n > 0 |> AGGREGATE COUNT(*)", "SELECT COUNT(*) FROM t"),
  pipe("FROM t |> ASSERT n > 1000, 'too small'", "SELECT ERROR('too small')"),
  pipe("FROM t |> DISTINCT |> AGGREGATE COUNT(*)", "SELECT COUNT(*) FROM (SELECT DISTINCT * FROM t)"),
  same("SELECT k, n FROM t UNION ALL BY NAME SELECT n, k FROM t", "SELECT k, n FROM t UNION ALL SELECT k, n FROM t"),
  same(
    "SELECT k, n FROM t FULL OUTER UNION ALL BY NAME SELECT n, y FROM t",
    "SELECT k, n, NULL FROM t UNION ALL SELECT NULL, n, y FROM t",
  ),
  same(
    "SELECT k, n FROM t LEFT OUTER UNION ALL BY NAME SELECT n, y FROM t",
    "SELECT k, n FROM t UNION ALL SELECT NULL, n FROM t",
  ),
  same(
    "SELECT k, n FROM t INNER UNION DISTINCT BY NAME SELECT n, y FROM t",
    "SELECT n FROM t UNION DISTINCT SELECT n FROM t",
  ),
  same("SELECT k, n FROM t UNION ALL BY NAME ON (n) SELECT n, y FROM t", "SELECT n FROM t UNION ALL SELECT n FROM t"),
  same(
    "SELECT n, k FROM t EXCEPT DISTINCT BY NAME SELECT k, n FROM t WHERE y = 1",
    "SELECT n, k FROM t EXCEPT DISTINCT SELECT n, k FROM t WHERE y = 1",
  ),
  same("SELECT k, n FROM t UNION ALL CORRESPONDING SELECT n, y FROM t", "SELECT n FROM t UNION ALL SELECT n FROM t"),
  same("SELECT k, n FROM t UNION ALL BY NAME SELECT n, y FROM t", "SELECT missing FROM t"),
  same(
    "SELECT k, n FROM t UNION ALL STRICT CORRESPONDING SELECT n, k FROM t",
    "SELECT k, n FROM t UNION ALL SELECT k, n FROM t",
  ),
  same("SELECT k, n FROM t INTERSECT ALL SELECT k, n FROM t WHERE y = 1", "SELECT k, n FROM t WHERE y = 1"),
  same("SELECT y FROM t EXCEPT ALL SELECT 1", "SELECT y FROM UNNEST([1, 1, 2, 2]) AS y"),
];
