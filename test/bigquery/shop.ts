/** A small shop: a source by day, a dated model, one behind it with a gate, a log that only grows, a table and a view. */
export const SHOP: Readonly<Record<string, string>> = {
  "definitions/orders.sqlx": 'config { type: "declaration", schema: "raw", name: "orders" }',
  "definitions/daily.sqlx": `config { type: "incremental", uniqueKey: ["day", "city"], bigquery: { partitionBy: "day", clusterBy: ["city"], labels: { lookback_days: "0" } } }
SELECT day, city, COUNT(*) AS orders, SUM(amount) AS amount FROM \${ref("raw", "orders")} GROUP BY day, city`,
  "definitions/form.sqlx": `config { type: "incremental", bigquery: { partitionBy: "day", labels: { lookback_days: "1", history: "rebuild" } } }
SELECT now.day, now.city, SUM(past.amount) AS amount FROM \${ref("daily")} AS now
JOIN \${ref("daily")} AS past ON past.city = now.city AND past.day BETWEEN DATE_SUB(now.day, INTERVAL 1 DAY) AND now.day
GROUP BY 1, 2`,
  "definitions/log.sqlx": `config { type: "incremental" }
SELECT id, city, amount FROM \${ref("raw", "orders")}
\${when(incremental(), \`WHERE id > (SELECT MAX(id) FROM \${self()})\`)}`,
  "definitions/cities.sqlx": `config { type: "table" }
SELECT city, SUM(amount) AS amount FROM \${ref("form")} GROUP BY city`,
  "definitions/big.sqlx": `config { type: "view" }
SELECT * FROM \${ref("cities")} WHERE amount > 10`,
  "definitions/positive.sqlx": `config { type: "assertion" }
SELECT * FROM \${ref("daily")} WHERE amount < 0`,
};

export const SHOP_SEED = `CREATE SCHEMA raw;
CREATE TABLE raw.orders (id INT64, day DATE, city STRING, amount INT64) PARTITION BY day;
INSERT INTO raw.orders VALUES (1, '2024-01-01', 'Oslo', 5), (2, '2024-01-01', 'Rome', 7), (3, '2024-01-02', 'Oslo', 9),
  (4, '2024-01-03', NULL, 2), (5, NULL, 'Rome', 1)`;

/** What the tables must hold, from the orders alone: rows that are missing or too many, by table. */
export const WRONG_ROWS = `WITH
daily AS (SELECT day, city, COUNT(*) AS orders, SUM(amount) AS amount FROM raw.orders GROUP BY day, city),
form AS (SELECT now.day, now.city, SUM(past.amount) AS amount FROM daily AS now JOIN daily AS past
  ON past.city = now.city AND past.day BETWEEN DATE_SUB(now.day, INTERVAL 1 DAY) AND now.day GROUP BY 1, 2),
cities AS (SELECT city, SUM(amount) AS amount FROM form GROUP BY city),
rows_of AS (
  SELECT 'daily' AS name, 1 AS sign, TO_JSON_STRING(t) AS row_text FROM daily AS t UNION ALL
  SELECT 'daily', -1, TO_JSON_STRING(t) FROM shop.daily AS t UNION ALL
  SELECT 'form', 1, TO_JSON_STRING(t) FROM form AS t UNION ALL
  SELECT 'form', -1, TO_JSON_STRING(t) FROM shop.form AS t UNION ALL
  SELECT 'cities', 1, TO_JSON_STRING(t) FROM cities AS t UNION ALL
  SELECT 'cities', -1, TO_JSON_STRING(t) FROM shop.cities AS t UNION ALL
  SELECT 'log', 1, CAST(id AS STRING) FROM (SELECT DISTINCT id FROM shop.log) UNION ALL
  SELECT 'log', -1, CAST(id AS STRING) FROM shop.log UNION ALL
  SELECT 'log', 1, CAST(id AS STRING) FROM raw.orders WHERE id NOT IN (SELECT id FROM shop.log)
)
SELECT name, row_text, SUM(sign) FROM rows_of GROUP BY name, row_text HAVING SUM(sign) != 0 ORDER BY 1, 2`;
