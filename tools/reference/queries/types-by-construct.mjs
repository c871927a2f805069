// Every scalar type in every construct: what holds for INT64 has to hold for BIGNUMERIC and BYTES too.
// https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types
const VALUES = {
  BOOL: ["TRUE", "FALSE", "TRUE"],
  INT64: ["7", "-9223372036854775808", "7"],
  FLOAT64: ["1.5", "CAST('nan' AS FLOAT64)", "-0.0"],
  NUMERIC: ["NUMERIC '99999999999999999999999999999.999999999'", "NUMERIC '-1.5'", "NUMERIC '-1.50'"],
  BIGNUMERIC: ["BIGNUMERIC '1e38'", "BIGNUMERIC '-0.00000000000000000000000000000000000001'", "BIGNUMERIC '1e38'"],
  STRING: ["'b'", "''", "'ä'"],
  BYTES: ["b'\\xff'", "b''", "b'a'"],
  DATE: ["DATE '2024-02-29'", "DATE '0001-01-01'", "DATE '9999-12-31'"],
  DATETIME: [
    "DATETIME '2024-02-29 12:00:00.000001'",
    "DATETIME '0001-01-01 00:00:00'",
    "DATETIME '2024-02-29 12:00:00.000001'",
  ],
  TIME: ["TIME '23:59:59.999999'", "TIME '00:00:00'", "TIME '12:00:00'"],
  TIMESTAMP: [
    "TIMESTAMP '2024-02-29 12:00:00+00'",
    "TIMESTAMP '0001-01-01 00:00:00+00'",
    "TIMESTAMP '9999-12-31 23:59:59.999999+00'",
  ],
  INTERVAL: ["INTERVAL 1 MONTH", "INTERVAL -25 HOUR", "INTERVAL 30 DAY"],
  "STRUCT<a INT64, b STRING>": [
    "STRUCT(1 AS a, 'x' AS b)",
    "STRUCT(2 AS a, CAST(NULL AS STRING) AS b)",
    "STRUCT(1 AS a, 'x' AS b)",
  ],
  JSON: ["JSON '{\"a\": 1}'", "JSON 'null'", "JSON '[1]'"],
};
const CONSTRUCTS = [
  "SELECT x FROM t ORDER BY x, id",
  "SELECT id, x FROM t ORDER BY x DESC NULLS FIRST, id",
  "SELECT x, COUNT(*) FROM t GROUP BY x",
  "SELECT DISTINCT x FROM t",
  "SELECT MIN(x), MAX(x), COUNT(x), COUNT(DISTINCT x) FROM t",
  "SELECT ANY_VALUE(x HAVING MAX id), ARRAY_AGG(x IGNORE NULLS ORDER BY id), ARRAY_AGG(x ORDER BY id DESC LIMIT 2) FROM t",
  "SELECT ARRAY_AGG(DISTINCT x IGNORE NULLS ORDER BY x) FROM t",
  "SELECT MAX(id HAVING MIN x), COUNT(* HAVING MAX x) FROM t",
  "SELECT id, LAG(x) OVER (ORDER BY id), LEAD(x, 1, $0) OVER (ORDER BY id), FIRST_VALUE(x IGNORE NULLS) OVER (ORDER BY id), LAST_VALUE(x) OVER (ORDER BY id ROWS 1 PRECEDING), NTH_VALUE(x, 2) OVER (ORDER BY id) FROM t",
  "SELECT id, RANK() OVER (ORDER BY x), DENSE_RANK() OVER (ORDER BY x DESC), CUME_DIST() OVER (ORDER BY x) FROM t",
  "SELECT id, COUNT(*) OVER (PARTITION BY x) FROM t",
  "SELECT id, MIN(x) OVER (ORDER BY id ROWS 1 PRECEDING), MAX(x) OVER (ORDER BY id DESC), ANY_VALUE(x) OVER (PARTITION BY id) FROM t",
  "SELECT id, PERCENTILE_DISC(x, 0.5) OVER () FROM t",
  "SELECT id, ARRAY_AGG(x) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t",
  "SELECT id FROM t WHERE x = $0",
  "SELECT id FROM t WHERE x != $1 OR x IS NULL",
  "SELECT id, x < $0, x >= $1, x BETWEEN $1 AND $0 FROM t",
  "SELECT id, x IN ($0, $1), x NOT IN ($1, NULL), x IN UNNEST([$0]) FROM t",
  "SELECT id FROM t WHERE x IN (SELECT x FROM t WHERE id < 3)",
  "SELECT id, x IS DISTINCT FROM $0, x IS NOT DISTINCT FROM NULL, x IS NULL FROM t",
  "SELECT GREATEST($0, $1), LEAST($0, $1)",
  "SELECT id, IF(id = 1, x, $1), CASE WHEN id > 2 THEN x END, COALESCE(x, $0), IFNULL(x, $1), NULLIF(x, $0) FROM t",
  "SELECT id, CASE x WHEN $0 THEN 'first' WHEN $1 THEN 'second' ELSE 'other' END FROM t",
  "SELECT a.id, b.id FROM t AS a JOIN t AS b ON a.x = b.x",
  "SELECT x, a.id, b.id FROM t AS a FULL JOIN (SELECT * FROM t WHERE id > 1) AS b USING (x)",
  "SELECT x FROM t UNION DISTINCT SELECT $0",
  "SELECT x FROM t EXCEPT DISTINCT SELECT $0",
  "SELECT x FROM t INTERSECT DISTINCT SELECT $1",
  "SELECT x FROM t UNION ALL SELECT NULL",
  "SELECT [x, $0], [x][OFFSET(0)], ARRAY_LENGTH([x, x]), ARRAY_CONCAT([x], [$1]), ARRAY_REVERSE([x, $0]) FROM t",
  "SELECT e FROM t, UNNEST([x, $1]) AS e WHERE id = 1",
  "SELECT ARRAY(SELECT x FROM t ORDER BY id), (SELECT x FROM t WHERE id = 1), EXISTS(SELECT x FROM t)",
  "SELECT STRUCT(x AS f, id).f, STRUCT(x, id), (x, 1) FROM t",
  "SELECT s.f, s FROM (SELECT STRUCT(x AS f) AS s FROM t)",
  "SELECT STRUCT(x) = STRUCT($0), (x, 1) IN (($0, 1)) FROM t",
  "SELECT TO_JSON_STRING(x), TO_JSON_STRING(STRUCT(x AS f)), TO_JSON_STRING([x]) FROM t",
  "SELECT FORMAT('%t %T', x, x) FROM t",
  "SELECT CAST(x AS STRING) FROM t",
  "SELECT SAFE_CAST(CAST(x AS STRING) AS %TYPE) FROM t",
  "SELECT TO_JSON(x) FROM t",
  "SELECT CAST(NULL AS %TYPE), CAST([] AS ARRAY<%TYPE>), ARRAY<%TYPE>[$0, NULL], STRUCT<f %TYPE>($1)",
  "SELECT SUM(IF(x = $0, 1, 0)), COUNTIF(x IS NULL) FROM t",
  "SELECT APPROX_COUNT_DISTINCT(x) FROM t",
  "SELECT x, GROUPING(x) FROM t GROUP BY ROLLUP(x)",
  "SELECT * FROM (SELECT x, id FROM t) PIVOT (COUNT(id) FOR x IN ($0 AS a, $1 AS b))",
  "SELECT * FROM (SELECT id, x, IF(id = 2, NULL, x) AS y FROM t) UNPIVOT (v FOR n IN (x, y))",
  "SELECT id FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY x, id) = 1",
  "WITH RECURSIVE r AS (SELECT x, 1 AS n FROM t WHERE id = 1 UNION ALL SELECT x, n + 1 FROM r WHERE n < 3) SELECT * FROM r",
  "SELECT FARM_FINGERPRINT(TO_JSON_STRING(x)), x FROM t WHERE x IS NOT NULL",
  "SELECT STRING_AGG(CAST(x AS STRING), ',' ORDER BY id) FROM t",
  "SELECT MAX_BY(x, id), MIN_BY(id, x) FROM t",
];

export const queries = Object.entries(VALUES).flatMap(([type, values]) => {
  const rows = [...values, "NULL", values[0]].map((value, i) =>
    i === 0 ? `SELECT 1 AS id, ${value} AS x` : `SELECT ${i + 1}, ${value}`,
  );
  const table = `WITH t AS (${rows.join(" UNION ALL ")}) `;
  // DISTINCT arrays in order keep DuckDB's place for NaN, and DuckDB takes one of equal intervals for another (docs/dialect.md).
  const left = { FLOAT64: "ARRAY_AGG(DISTINCT x", INTERVAL: "UNPIVOT" }[type];
  return CONSTRUCTS.filter((text) => left === undefined || !text.includes(left)).map((text) => {
    const filled = text.replaceAll("$0", values[0]).replaceAll("$1", values[1]).replaceAll("%TYPE", type);
    return filled.startsWith("WITH RECURSIVE r")
      ? filled.replace("WITH RECURSIVE r", `WITH RECURSIVE t AS (${rows.join(" UNION ALL ")}), r`)
      : table + filled;
  });
});
