// A mixture of what the other lists have apart, as analysts and test suites write it.
// https://cloud.google.com/bigquery/docs/reference/standard-sql/query-syntax
const S = `WITH KeyValue AS (
  SELECT 1 AS row_id, 'a' AS key, 10 AS value, 1.5 AS price, DATE '2024-01-31' AS day, TIMESTAMP '2024-01-31 23:30:00' AS ts, [STRUCT('x' AS tag, 1 AS w), ('y', NULL)] AS tags UNION ALL
  SELECT 2, 'b', NULL, -2.5, DATE '2024-02-29', NULL, [] UNION ALL
  SELECT 3, 'a', 30, NULL, NULL, TIMESTAMP '2023-12-31 00:00:00', [('z', 5)] UNION ALL
  SELECT 4, NULL, -40, 1e10, DATE '2023-01-01', TIMESTAMP '2024-02-29 12:00:00', NULL UNION ALL
  SELECT 5, 'c', 10, 0.0, DATE '2024-01-31', TIMESTAMP '2024-01-31 23:30:00', [('x', 7), ('x', 8)])
`;
const q = (text) => S + text;

export const queries = [
  q(
    "SELECT key, SUM(value) AS total, RANK() OVER (ORDER BY SUM(value) DESC) AS r FROM KeyValue GROUP BY key ORDER BY r, key",
  ),
  q(
    "SELECT key, value, SUM(value) OVER (PARTITION BY key ORDER BY row_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS running FROM KeyValue",
  ),
  q("SELECT t.tag, SUM(t.w) AS w FROM KeyValue, UNNEST(tags) AS t GROUP BY t.tag HAVING SUM(t.w) > 1"),
  q("SELECT row_id, (SELECT STRING_AGG(tag, '+' ORDER BY w DESC) FROM UNNEST(tags)) AS joined FROM KeyValue"),
  q(
    "SELECT row_id, ARRAY(SELECT AS STRUCT tag, w * 2 AS w2 FROM UNNEST(tags) WHERE w IS NOT NULL ORDER BY w DESC) AS doubled FROM KeyValue",
  ),
  q(
    "SELECT row_id, (SELECT w FROM UNNEST(tags) WHERE tag = 'x' LIMIT 1) IS NULL AS missing FROM KeyValue WHERE ARRAY_LENGTH(tags) < 2",
  ),
  q("SELECT DATE_TRUNC(day, MONTH) AS m, COUNT(*) AS c, COUNT(DISTINCT key) AS k FROM KeyValue GROUP BY m ORDER BY m"),
  q(
    "SELECT EXTRACT(YEAR FROM day) AS y, EXTRACT(ISOWEEK FROM ts) AS w, COUNTIF(price > 0) FROM KeyValue GROUP BY 1, 2",
  ),
  q(
    "SELECT key, ARRAY_AGG(STRUCT(day, value) IGNORE NULLS ORDER BY day DESC LIMIT 1)[OFFSET(0)].value AS latest FROM KeyValue GROUP BY key",
  ),
  q("SELECT key, MAX(ts) - MIN(ts) AS span FROM KeyValue GROUP BY key"),
  q("SELECT key, MAX(day) AS d, DATE_ADD(MAX(day), INTERVAL COUNT(*) MONTH) AS later FROM KeyValue GROUP BY key"),
  q("SELECT * EXCEPT (tags, ts) REPLACE (IFNULL(value, 0) AS value) FROM KeyValue WHERE key IS NOT NULL"),
  q("SELECT AS STRUCT row_id, key FROM KeyValue WHERE row_id < 3"),
  q("SELECT x.row_id, y.row_id FROM KeyValue AS x JOIN KeyValue AS y ON x.value = y.value AND x.row_id < y.row_id"),
  q(
    "SELECT x.key, COUNT(y.row_id) FROM KeyValue AS x LEFT JOIN KeyValue AS y ON y.day > x.day AND y.price >= x.price GROUP BY x.key",
  ),
  q("SELECT row_id FROM KeyValue WHERE (key, value) IN (SELECT ('a', 10) UNION ALL SELECT ('c', 10))"),
  q("SELECT row_id FROM KeyValue WHERE value > (SELECT AVG(value) FROM KeyValue) ORDER BY price NULLS LAST"),
  q("SELECT k.row_id FROM KeyValue AS k WHERE EXISTS (SELECT 1 FROM k.tags AS t WHERE t.w > k.row_id)"),
  q("SELECT k.row_id, t.tag, o FROM KeyValue AS k LEFT JOIN k.tags AS t WITH OFFSET AS o ON t.w > 1"),
  q("SELECT row_id, tag FROM KeyValue CROSS JOIN UNNEST(tags) WHERE w BETWEEN 1 AND 7 ORDER BY row_id, tag"),
  q(
    "SELECT key, value FROM KeyValue QUALIFY ROW_NUMBER() OVER (PARTITION BY key ORDER BY value DESC NULLS LAST, row_id) = 1",
  ),
  q(
    "SELECT day, price, AVG(price) OVER (ORDER BY UNIX_DATE(day) RANGE BETWEEN 30 PRECEDING AND CURRENT ROW) AS avg30 FROM KeyValue",
  ),
  q(
    "SELECT row_id, LAST_VALUE(value IGNORE NULLS) OVER (ORDER BY row_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS prev FROM KeyValue",
  ),
  q(
    "SELECT row_id, value - LAG(value, 1, 0) OVER (ORDER BY row_id) AS delta, SAFE_DIVIDE(value, LAG(value) OVER (ORDER BY row_id)) AS ratio FROM KeyValue",
  ),
  q(
    "SELECT COALESCE(key, 'none') AS k, IF(value > 10, 'high', IF(value IS NULL, 'unknown', 'low')) AS band, COUNT(*) FROM KeyValue GROUP BY k, band",
  ),
  q(
    "SELECT CASE WHEN price < 0 THEN 'neg' WHEN price = 0 THEN 'zero' WHEN price > 0 THEN 'pos' END AS sign, ARRAY_AGG(row_id ORDER BY row_id) FROM KeyValue GROUP BY sign",
  ),
  q(
    "SELECT ROUND(AVG(price), 2), ROUND(STDDEV(price), 3), CAST(SUM(price) AS INT64), SUM(CAST(price AS NUMERIC)) FROM KeyValue",
  ),
  q(
    "SELECT FORMAT('%s-%03d', IFNULL(key, '?'), row_id), CONCAT(key, '/', CAST(value AS STRING)), key || value FROM KeyValue",
  ),
  q("SELECT TO_JSON_STRING(t) FROM KeyValue AS t"),
  q("SELECT TO_JSON_STRING(STRUCT(key, value, tags)) FROM KeyValue"),
  q("SELECT JSON_VALUE(TO_JSON(STRUCT(key AS k, tags AS t)), '$.t[0].tag') FROM KeyValue"),
  q("SELECT TO_HEX(SHA256(CONCAT(IFNULL(key, ''), '|', CAST(row_id AS STRING)))) FROM KeyValue"),
  q(
    "SELECT FORMAT_TIMESTAMP('%Y-%m-%d %H', ts, 'America/New_York'), DATE(ts, 'Asia/Tokyo'), TIMESTAMP_TRUNC(ts, WEEK(MONDAY)) FROM KeyValue",
  ),
  q(
    "SELECT DATE_DIFF(DATE '2024-03-31', day, MONTH), DATE_DIFF(DATE '2024-03-31', day, QUARTER), DATE_DIFF(day, DATE '2024-01-01', ISOWEEK), LAST_DAY(day, WEEK(SUNDAY)) FROM KeyValue",
  ),
  q(
    "SELECT TIMESTAMP_DIFF(ts, TIMESTAMP '2024-01-01', HOUR), UNIX_SECONDS(ts), TIMESTAMP_ADD(ts, INTERVAL value SECOND), EXTRACT(DAYOFYEAR FROM ts AT TIME ZONE 'Europe/Berlin') FROM KeyValue",
  ),
  q(
    "SELECT d, COUNT(k.row_id) FROM UNNEST(GENERATE_DATE_ARRAY('2024-01-30', '2024-02-02')) AS d LEFT JOIN KeyValue AS k ON k.day = d GROUP BY d ORDER BY d",
  ),
  q(
    ", Agg AS (SELECT key, SUM(value) AS v FROM KeyValue GROUP BY key), Top AS (SELECT * FROM Agg WHERE v IS NOT NULL ORDER BY v DESC LIMIT 2) SELECT k.row_id, t.v FROM KeyValue AS k JOIN Top AS t USING (key) ORDER BY row_id",
  ).replace(")\n, Agg", "), Agg"),
  q("SELECT key FROM KeyValue WHERE value > 5 EXCEPT DISTINCT SELECT key FROM KeyValue WHERE price < 1"),
  q(
    "(SELECT key, 'x' AS src FROM KeyValue ORDER BY row_id LIMIT 1) UNION ALL (SELECT key, 'y' FROM KeyValue ORDER BY row_id DESC LIMIT 1)",
  ),
  q(
    "SELECT * FROM (SELECT key, EXTRACT(YEAR FROM day) AS y, value FROM KeyValue WHERE day IS NOT NULL) PIVOT (SUM(value) AS s, COUNT(*) AS c FOR y IN (2023, 2024))",
  ),
  q(
    "SELECT key, metric, amount FROM (SELECT key, CAST(value AS FLOAT64) AS value, price FROM KeyValue) UNPIVOT (amount FOR metric IN (value AS 'v', price AS 'p')) ORDER BY key, metric, amount",
  ),
  q(
    "SELECT STRING_AGG(DISTINCT key, ',' ORDER BY key), ARRAY_TO_STRING(ARRAY_AGG(key IGNORE NULLS ORDER BY row_id DESC), '') FROM KeyValue",
  ),
  q(
    "SELECT COUNT(*), COUNT(DISTINCT value), SUM(DISTINCT value), AVG(value), MIN(key), MAX(day), LOGICAL_OR(price < 0), BIT_XOR(value), ANY_VALUE(key HAVING MAX value) FROM KeyValue",
  ),
  q("SELECT value, COUNT(*) AS c FROM KeyValue GROUP BY value HAVING c > 1 OR value IS NULL ORDER BY c DESC, value"),
  q("SELECT DISTINCT value, price > 0 AS p FROM KeyValue ORDER BY p, value"),
  q(
    "SELECT row_id, GREATEST(value, row_id), LEAST(price, CAST(row_id AS FLOAT64)), ABS(price), SIGN(value), MOD(value, 7), DIV(value, 7), POW(value, 2), SQRT(ABS(price)) FROM KeyValue",
  ),
  q(
    "SELECT SAFE_CAST(key AS INT64), SAFE_CAST(CAST(price AS STRING) AS NUMERIC), CAST(value AS BOOL), CAST(price AS STRING), CAST(day AS TIMESTAMP), CAST(ts AS DATETIME), CAST(ts AS STRING) FROM KeyValue",
  ),
  q(
    "SELECT REGEXP_REPLACE(key, '[ab]', '*'), REGEXP_CONTAINS(key, '^a'), SPLIT(key || ',z', ','), UPPER(key), LPAD(key, 3, '0'), REPEAT(key, value - 8), INITCAP(key), STRPOS('cab', key) FROM KeyValue",
  ),
  q("SELECT row_id, value / row_id, value * price, value + 1.5, -price, value - row_id * 2, price / 0.5 FROM KeyValue"),
  q(
    "SELECT row_id, value IS NULL, value = 10, value <> 10, value IN (10, NULL), NOT (value > 10), value > 10 AND price > 0, value > 10 OR price > 0 FROM KeyValue",
  ),
  q(
    "SELECT row_id, day + 1, day - 31, DATE_SUB(day, INTERVAL row_id MONTH), day BETWEEN '2024-01-01' AND '2024-12-31' FROM KeyValue",
  ),
  q(
    "SELECT PERCENTILE_CONT(price, 0.5) OVER (), PERCENTILE_DISC(value, 0.5) OVER (PARTITION BY key), NTILE(2) OVER (ORDER BY row_id) FROM KeyValue",
  ),
  q("SELECT k.* FROM KeyValue AS k WHERE k.row_id IN UNNEST([1, 5]) ORDER BY 1"),
  q("SELECT ARRAY_CONCAT_AGG(tags ORDER BY row_id DESC) FROM KeyValue"),
  q("SELECT t.* FROM KeyValue AS k, k.tags AS t ORDER BY w NULLS FIRST LIMIT 3"),
  q(
    "SELECT (SELECT AS STRUCT key, value FROM KeyValue WHERE row_id = 1).key, (SELECT COUNT(*) FROM KeyValue), ARRAY_LENGTH(ARRAY(SELECT 1 FROM KeyValue))",
  ),
  q(
    "SELECT SUM(IF(key = 'a', value, 0)) AS a, SUM(CASE key WHEN 'b' THEN 1 ELSE 0 END) AS b, COUNT(IF(price > 1, 1, NULL)) AS c FROM KeyValue",
  ),
  q(
    "SELECT x FROM (SELECT row_id * 2 AS x FROM KeyValue) WHERE x > 4 UNION DISTINCT SELECT value FROM KeyValue ORDER BY x NULLS LAST LIMIT 5",
  ),
  q("SELECT key, COUNT(*) * 100 / SUM(COUNT(*)) OVER () AS pct FROM KeyValue GROUP BY key"),
  q(
    "SELECT row_id, FIRST_VALUE(day) OVER w AS f, COUNT(*) OVER w AS c FROM KeyValue WINDOW w AS (PARTITION BY key ORDER BY row_id DESC)",
  ),
  q("SELECT MIN(d) FROM (SELECT DATE_DIFF(day, LAG(day) OVER (ORDER BY day), DAY) AS d FROM KeyValue)"),
  q("SELECT a.key FROM KeyValue AS a WHERE a.value = (SELECT MAX(b.value) FROM KeyValue AS b WHERE b.key = a.key)"),
  q(
    "SELECT key, (SELECT COUNT(*) FROM KeyValue AS b WHERE b.key = a.key AND b.row_id <> a.row_id) AS others FROM KeyValue AS a",
  ),
  q("SELECT row_id FROM KeyValue WHERE NOT EXISTS (SELECT 1 FROM UNNEST(tags) AS t WHERE t.tag = 'x')"),
  q("SELECT IF(row_id = 1, (SELECT 1 / (row_id - 1)), 0) FROM KeyValue WHERE row_id > 1"),
  q(
    "SELECT row_id, IF(value IS NULL, 0, (SELECT SUM(10 / value) FROM KeyValue AS b WHERE b.value IS NOT NULL)) FROM KeyValue",
  ),
  "WITH RECURSIVE t AS (SELECT 1 AS id, 0 AS parent UNION ALL SELECT 2, 1 UNION ALL SELECT 3, 1 UNION ALL SELECT 4, 3), p AS (SELECT id, CAST(id AS STRING) AS path FROM t WHERE parent = 0 UNION ALL SELECT t.id, p.path || '>' || t.id FROM p JOIN t ON t.parent = p.id) SELECT * FROM p ORDER BY path",
  "SELECT n, ARRAY(SELECT x FROM UNNEST(GENERATE_ARRAY(1, n)) AS x WHERE MOD(n, x) = 0) FROM UNNEST([6, 7]) AS n",
  "SELECT w, COUNT(*) FROM UNNEST(SPLIT('a b a', ' ')) AS w GROUP BY w",
  "SELECT x, y FROM UNNEST([1, 2]) AS x WITH OFFSET AS o JOIN UNNEST(['a', 'b']) AS y WITH OFFSET AS p ON o = p",
  "SELECT AVG(x), STDDEV_POP(x), VARIANCE(x) FROM UNNEST([1, 2, 3, 4]) AS x",
  "SELECT SUM(x), MAX(x), ARRAY_AGG(x ORDER BY x) FROM UNNEST([NUMERIC '0.1', NUMERIC '0.2', NUMERIC '-1e-9']) AS x",
  "SELECT * FROM UNNEST([STRUCT(TIMESTAMP '2024-03-10 06:59:59' AS t), STRUCT(TIMESTAMP '2024-03-10 07:00:00')]), UNNEST([EXTRACT(HOUR FROM t AT TIME ZONE 'America/New_York')]) AS h",
  "SELECT DATETIME(t, z), FORMAT_TIMESTAMP('%Z %z', t, z) FROM UNNEST([TIMESTAMP '2024-07-01 00:00:00']) AS t, UNNEST(['UTC', 'Asia/Kolkata', '+02:30', 'America/St_Johns']) AS z",
];
