/** A project in the style of a public one, and what happens to its sources in five nights. */
export interface Fixture {
  readonly files: Readonly<Record<string, string>>;
  /** GoogleSQL that changes the sources before each night's run. */
  readonly nights: readonly [string, string, string, string, string];
}

const declaration = (schema: string, name: string, more = "") =>
  `config { type: "declaration", schema: "${schema}", name: "${name}"${more} }`;

const appendLog: Fixture = {
  files: {
    "definitions/events.sqlx": declaration("raw", "events"),
    "definitions/event_log.sqlx": `config { type: "incremental", bigquery: { partitionBy: "day" } }
SELECT id, happened_at, DATE(happened_at) AS day, what FROM \${ref("events")}
\${when(incremental(), \`WHERE happened_at > (SELECT MAX(happened_at) FROM \${self()})\`)}`,
    "definitions/events_per_day.sqlx": `config { type: "table" }
SELECT day, COUNT(*) AS events, STRING_AGG(what, ',' ORDER BY id) AS what FROM \${ref("event_log")} GROUP BY day`,
  },
  nights: [
    `CREATE SCHEMA raw; CREATE TABLE raw.events (id INT64, happened_at TIMESTAMP, what STRING);
     INSERT INTO raw.events VALUES (1, '2024-01-01 10:00:00', 'a'), (2, '2024-01-01 11:00:00', 'b')`,
    "INSERT INTO raw.events VALUES (3, '2024-01-02 10:00:00', 'c'), (4, '2024-01-01 09:00:00', 'late')",
    "DELETE FROM raw.events WHERE id <= 3; INSERT INTO raw.events VALUES (5, '2024-01-03 10:00:00', NULL)",
    "UPDATE raw.events SET what = 'corrected' WHERE id = 5",
    "TRUNCATE TABLE raw.events",
  ],
};

const slowlyChanging: Fixture = {
  files: {
    "definitions/customers.sqlx": declaration("crm", "customers"),
    "definitions/dim_customer.sqlx": `config { type: "incremental", uniqueKey: ["customer_id", "valid_from"] }
\${when(!incremental(), \`
SELECT customer_id, city, updated_on AS valid_from, CAST(NULL AS DATE) AS valid_to FROM \${ref("customers")}
\`, \`
SELECT c.customer_id, c.city, c.updated_on AS valid_from, CAST(NULL AS DATE) AS valid_to
FROM \${ref("customers")} AS c
LEFT JOIN \${self()} AS d ON d.customer_id = c.customer_id AND d.valid_to IS NULL
WHERE d.customer_id IS NULL OR d.city != c.city
UNION ALL
SELECT d.customer_id, d.city, d.valid_from, c.updated_on
FROM \${self()} AS d JOIN \${ref("customers")} AS c USING (customer_id)
WHERE d.valid_to IS NULL AND d.city != c.city
\`)}`,
    "definitions/current_customers.sqlx": `config { type: "view" }
SELECT customer_id, city FROM \${ref("dim_customer")} WHERE valid_to IS NULL`,
  },
  nights: [
    `CREATE SCHEMA crm; CREATE TABLE crm.customers (customer_id INT64, city STRING, updated_on DATE);
     INSERT INTO crm.customers VALUES (1, 'Rome', '2024-01-01'), (2, 'Oslo', '2024-01-01')`,
    "UPDATE crm.customers SET city = 'Bonn', updated_on = '2024-01-02' WHERE customer_id = 1",
    "INSERT INTO crm.customers VALUES (3, 'Kyiv', '2024-01-03')",
    "DELETE FROM crm.customers WHERE customer_id = 2",
    "UPDATE crm.customers SET city = 'Rome', updated_on = '2024-01-05' WHERE customer_id = 1",
  ],
};

const dataVault: Fixture = {
  files: {
    "definitions/stage.sqlx": declaration("stage", "orders"),
    "includes/vault.js": "module.exports = { key: (name) => `TO_HEX(MD5(UPPER(TRIM(${name}))))` };",
    "definitions/hub_customer.sqlx": `config { type: "incremental" }
SELECT DISTINCT \${vault.key("stage.customer")} AS hub_key, stage.customer, MIN(stage.loaded_on) AS loaded_on
FROM \${ref("orders")} AS stage
\${when(incremental(), \`LEFT JOIN \${self()} AS hub ON hub.hub_key = \${vault.key("stage.customer")}
WHERE hub.hub_key IS NULL\`)}
GROUP BY stage.customer`,
    "definitions/sat_customer.sqlx": `config { type: "incremental", uniqueKey: ["hub_key", "loaded_on"] }
WITH newest AS (
  SELECT \${vault.key("customer")} AS hub_key, segment, MD5(segment) AS difference, loaded_on FROM \${ref("orders")} WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY customer ORDER BY loaded_on DESC, order_id DESC) = 1
)
SELECT newest.* FROM newest
\${when(incremental(), \`LEFT JOIN (
  SELECT * FROM \${self()} WHERE TRUE QUALIFY ROW_NUMBER() OVER (PARTITION BY hub_key ORDER BY loaded_on DESC) = 1
) AS known ON known.hub_key = newest.hub_key AND known.difference = newest.difference
WHERE known.hub_key IS NULL\`)}`,
    "definitions/customers.sqlx": `config { type: "table" }
SELECT customer, segment, sat.loaded_on FROM \${ref("hub_customer")} JOIN \${ref("sat_customer")} AS sat USING (hub_key)`,
  },
  nights: [
    `CREATE SCHEMA stage; CREATE TABLE stage.orders (order_id INT64, customer STRING, segment STRING, loaded_on DATE);
     INSERT INTO stage.orders VALUES (1, 'Ann', 'new', '2024-01-01'), (2, 'Bob', 'new', '2024-01-01')`,
    "TRUNCATE TABLE stage.orders; INSERT INTO stage.orders VALUES (3, 'Ann', 'gold', '2024-01-02'), (4, 'Cid', 'new', '2024-01-02')",
    "SELECT 1",
    "TRUNCATE TABLE stage.orders; INSERT INTO stage.orders VALUES (5, 'Ann', 'gold', '2024-01-04')",
    "INSERT INTO stage.orders VALUES (6, 'Bob', 'old', '2024-01-05')",
  ],
};

const analyticsDay = (day: string, rows: readonly string[]) =>
  `CREATE TABLE analytics_1.events_${day} (event_date STRING, event_name STRING, user_pseudo_id STRING,
     event_params ARRAY<STRUCT<key STRING, value STRUCT<string_value STRING, int_value INT64>>>);
   INSERT INTO analytics_1.events_${day} VALUES ${rows.join(", ")}`;
const analyticsEvent = (day: string, name: string, user: string, session: number) =>
  `('${day}', '${name}', '${user}', [STRUCT('ga_session_id' AS key, STRUCT(CAST(NULL AS STRING) AS string_value, ${session} AS int_value) AS value)])`;

const analytics: Fixture = {
  files: {
    "definitions/events.sqlx": declaration("analytics_1", "events_*"),
    "includes/params.js":
      "module.exports = { int: (key) => `(SELECT value.int_value FROM UNNEST(event_params) WHERE key = '${key}')` };",
    "definitions/sessions.sqlx": `config { type: "incremental", uniqueKey: ["session_key"], bigquery: { partitionBy: "day" } }
SELECT
  CONCAT(user_pseudo_id, '-', CAST(\${params.int("ga_session_id")} AS STRING)) AS session_key,
  PARSE_DATE('%Y%m%d', MIN(event_date)) AS day,
  COUNT(*) AS events,
  COUNTIF(event_name = 'purchase') AS purchases
FROM \${ref("events_*")}
WHERE _TABLE_SUFFIX >= \${when(incremental(),
  \`(SELECT FORMAT_DATE('%Y%m%d', DATE_SUB(MAX(day), INTERVAL 1 DAY)) FROM \${self()})\`, "'20240101'")}
GROUP BY session_key`,
  },
  nights: [
    `CREATE SCHEMA analytics_1; ${analyticsDay("20240101", [
      analyticsEvent("20240101", "page_view", "u1", 1),
      analyticsEvent("20240101", "purchase", "u1", 1),
    ])}`,
    analyticsDay("20240102", [analyticsEvent("20240102", "page_view", "u2", 7)]),
    `INSERT INTO analytics_1.events_20240102 VALUES ${analyticsEvent("20240102", "purchase", "u2", 7)}`,
    analyticsDay("20240104", [
      analyticsEvent("20240104", "page_view", "u1", 9),
      analyticsEvent("20240104", "page_view", "u2", 7),
    ]),
    "DROP TABLE analytics_1.events_20240101",
  ],
};

const configured: Fixture = {
  files: {
    "includes/sources.js": `module.exports = [
  { name: "shop", amount: "price * pieces" },
  { name: "web", amount: "amount" },
];`,
    "definitions/models.js": `sources.forEach(({ name, amount }) => {
  declare({ schema: "raw", name });
  publish(\`\${name}_sales\`, { type: "incremental", uniqueKey: ["day"], bigquery: { updatePartitionFilter: "day >= '2024-01-02'", partitionBy: "day" } })
    .query((ctx) => \`SELECT day, SUM(\${amount}) AS amount FROM \${ctx.ref(name)} \${ctx.when(ctx.incremental(), "WHERE day >= '2024-01-02'")} GROUP BY day\`);
});
publish("all_sales", { type: "view" }).query((ctx) =>
  sources.map(({ name }) => \`SELECT '\${name}' AS source, * FROM \${ctx.ref(\`\${name}_sales\`)}\`).join(" UNION ALL "));`,
  },
  nights: [
    `CREATE SCHEMA raw; CREATE TABLE raw.shop (day DATE, price NUMERIC, pieces INT64); CREATE TABLE raw.web (day DATE, amount NUMERIC);
     INSERT INTO raw.shop VALUES ('2024-01-01', 2.5, 2), ('2024-01-02', 1, 1); INSERT INTO raw.web VALUES ('2024-01-01', 7)`,
    "INSERT INTO raw.web VALUES ('2024-01-02', 8), ('2024-01-01', 100)",
    "UPDATE raw.shop SET pieces = 10 WHERE day = '2024-01-02'",
    "DELETE FROM raw.shop WHERE day = '2024-01-02'",
    "INSERT INTO raw.shop VALUES ('2024-01-05', 3, 3)",
  ],
};

const operations: Fixture = {
  files: {
    "definitions/people.sqlx": declaration("raw", "people"),
    "definitions/adults.sqlx": `config { type: "operations", hasOutput: true }
CREATE OR REPLACE TABLE \${self()} AS SELECT name, age FROM \${ref("people")} WHERE age >= 18`,
    "definitions/age_groups.sqlx": `config { type: "operations", hasOutput: true }
CREATE TABLE IF NOT EXISTS \${self()} (age_group STRING, people INT64);
TRUNCATE TABLE \${self()};
INSERT INTO \${self()} SELECT IF(age >= 65, 'old', 'young'), COUNT(*) FROM \${ref("adults")} GROUP BY 1`,
    "definitions/oldest.sqlx": `config { type: "table" }
SELECT name, age, (SELECT MAX(people) FROM \${ref("age_groups")}) AS most FROM \${ref("adults")} WHERE TRUE
QUALIFY RANK() OVER (ORDER BY age DESC) = 1`,
  },
  nights: [
    "CREATE SCHEMA raw; CREATE TABLE raw.people (name STRING, age INT64); INSERT INTO raw.people VALUES ('Ann', 30), ('Bob', 10)",
    "INSERT INTO raw.people VALUES ('Cid', 70), ('Eve', 70)",
    "SELECT 1",
    "UPDATE raw.people SET age = 18 WHERE name = 'Bob'",
    "DELETE FROM raw.people WHERE age > 20",
  ],
};

const packaged: Fixture = {
  files: {
    "package.json": '{ "name": "money", "main": "index.js" }',
    "index.js":
      "module.exports = { euros: (cents) => `ROUND(${cents} / 100, 2)`, tables: require('./definitions/list') };",
    "definitions/list.js": 'module.exports = ["payments", "refunds"];',
    "definitions/models.js": `const { euros, tables } = require("../");
tables.forEach((name) => {
  declare({ schema: "bank", name });
  publish(name + "_in_euros", { type: "incremental" }).query((ctx) =>
    \`SELECT id, \${euros("cents")} AS euros FROM \${ctx.ref("bank", name)} \${ctx.when(ctx.incremental(), \`WHERE id > (SELECT IFNULL(MAX(id), 0) FROM \${ctx.self()})\`)}\`);
});`,
  },
  nights: [
    "CREATE SCHEMA bank; CREATE TABLE bank.payments (id INT64, cents INT64); CREATE TABLE bank.refunds (id INT64, cents INT64)",
    "INSERT INTO bank.payments VALUES (1, 1050), (2, 99)",
    "INSERT INTO bank.refunds VALUES (1, 50); DELETE FROM bank.payments WHERE id = 1",
    "INSERT INTO bank.payments VALUES (2, 1), (5, 700)",
    "SELECT 1",
  ],
};

const projects: Fixture = {
  files: {
    "definitions/stores.sqlx": declaration("shared", "stores", ', database: "company-data"'),
    "definitions/sales.sqlx": declaration("raw", "sales"),
    "definitions/sales_by_city.sqlx": `config { type: "table", database: "reporting", schema: "marts" }
SELECT stores.city, SUM(sales.amount) AS amount FROM \${ref("sales")} AS sales JOIN \${ref("stores")} AS stores USING (store_id)
GROUP BY city`,
    "definitions/cities_seen.sqlx": `config { type: "incremental", uniqueKey: ["city"] }
SELECT city, amount FROM \${ref("sales_by_city")} \${when(incremental(), "WHERE amount > 10")}`,
  },
  nights: [
    `CREATE SCHEMA raw; CREATE SCHEMA shared; CREATE TABLE shared.stores (store_id INT64, city STRING);
     CREATE TABLE raw.sales (store_id INT64, amount INT64); INSERT INTO shared.stores VALUES (1, 'Rome'), (2, 'Oslo');
     INSERT INTO raw.sales VALUES (1, 5), (2, 20)`,
    "INSERT INTO raw.sales VALUES (1, 6)",
    "DELETE FROM raw.sales WHERE store_id = 2",
    "UPDATE shared.stores SET city = 'Bonn' WHERE store_id = 1",
    "SELECT 1",
  ],
};

const checkpoints: Fixture = {
  files: {
    "definitions/orders.sqlx": declaration("raw", "orders"),
    "definitions/order_days.sqlx": `config { type: "incremental", bigquery: { partitionBy: "day" } }
pre_operations {
  DECLARE checkpoint DEFAULT (\${when(incremental(), \`SELECT MAX(day) FROM \${self()}\`, "SELECT DATE '2000-01-01'")});
  \${when(incremental(), \`DELETE FROM \${self()} WHERE day >= checkpoint\`)}
}
SELECT day, COUNT(*) AS orders, SUM(amount) AS amount FROM \${ref("orders")} WHERE day >= checkpoint GROUP BY day
post_operations {
  CREATE SCHEMA IF NOT EXISTS notes;
  CREATE OR REPLACE TABLE notes.newest AS SELECT MAX(day) AS day FROM \${self()}
}`,
  },
  nights: [
    "CREATE SCHEMA raw; CREATE TABLE raw.orders (day DATE, amount INT64); INSERT INTO raw.orders VALUES ('2024-01-01', 1), ('2024-01-02', 2)",
    "INSERT INTO raw.orders VALUES ('2024-01-02', 3), ('2024-01-03', 4)",
    "UPDATE raw.orders SET amount = 50 WHERE day = '2024-01-01'",
    "DELETE FROM raw.orders WHERE day = '2024-01-03'",
    "INSERT INTO raw.orders VALUES ('2024-01-06', 6)",
  ],
};

/** Rows that an incremental run adds have to fulfil a condition; the first build takes all. */
const conditional: Fixture = {
  files: {
    "definitions/orders.sqlx": declaration("raw", "orders"),
    "definitions/orders.js": `const orders = (ctx) => \`SELECT id, day, n FROM \${ctx.ref("orders")}\`;
const recent = "day >= DATE '2024-01-02'";
publish("merged_orders", { type: "incremental", uniqueKey: ["id"] }).query(orders).where(recent);
publish("appended_orders", { type: "incremental" })
  .query((ctx) => \`SELECT id, n FROM \${ctx.ref("orders")} \${ctx.when(ctx.incremental(), "WHERE n < 50")}\`)
  .where("id NOT IN (SELECT id FROM UNNEST([1, 2, 3]) AS id)");`,
  },
  nights: [
    "CREATE SCHEMA raw; CREATE TABLE raw.orders AS SELECT 1 AS id, DATE '2024-01-01' AS day, 5 AS n",
    "INSERT INTO raw.orders VALUES (2, '2024-01-02', 7), (3, '2023-01-01', 9); DELETE FROM raw.orders WHERE id = 1",
    "UPDATE raw.orders SET n = 8 WHERE id = 2; INSERT INTO raw.orders VALUES (4, '2024-01-04', 40), (5, '2024-01-04', 60)",
    "UPDATE raw.orders SET n = n + 1 WHERE id >= 3",
    "TRUNCATE TABLE raw.orders",
  ],
};

/** Loaders that take a part of what there is, and go by their own rows to find the next one. */
const batches: Fixture = {
  files: {
    "definitions/events.sqlx": declaration("raw", "events"),
    "definitions/by_count.sqlx": `config { type: "incremental" }
SELECT id, what FROM \${ref("events")}
WHERE id > \${when(incremental(), \`(SELECT MAX(id) FROM \${self()})\`, "0")} ORDER BY id LIMIT 2`,
    "definitions/by_value.sqlx": `config { type: "incremental" }
SELECT id, what FROM \${ref("events")}
\${when(
  incremental(),
  \`WHERE id > (SELECT MAX(id) FROM \${self()}) AND id <= (SELECT MAX(id) FROM \${self()}) + 2\`,
  "WHERE id <= 2",
)}`,
    "definitions/by_variable.sqlx": `config { type: "incremental" }
pre_operations { DECLARE taken INT64 DEFAULT (\${when(incremental(), \`SELECT MAX(id) FROM \${self()}\`, "SELECT 0")}) }
SELECT id, what FROM \${ref("events")} WHERE id > taken \${when(incremental(), "AND TRUE")} ORDER BY id LIMIT 2`,
    "definitions/taken.sqlx": `config { type: "table" }
SELECT COUNT(*) AS taken FROM \${ref("by_count")} JOIN \${ref("by_value")} USING (id) JOIN \${ref("by_variable")} USING (id)`,
  },
  nights: [
    `CREATE SCHEMA raw; CREATE TABLE raw.events (id INT64, what STRING);
     INSERT INTO raw.events VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd'), (5, 'e')`,
    "SELECT 'nothing new'",
    "SELECT 'nothing new'",
    "SELECT 'nothing new'",
    "SELECT 'nothing new'",
  ],
};

/** The first build takes what later ones do not look at, and the other way round. */
const backfilled: Fixture = {
  files: {
    "definitions/archive.sqlx": declaration("raw", "archive"),
    "definitions/recent.sqlx": declaration("raw", "recent"),
    "definitions/other_table.sqlx": `config { type: "incremental" }
SELECT id, n FROM \${when(incremental(), ref("recent"), ref("archive"))}
\${when(incremental(), \`WHERE id NOT IN (SELECT id FROM \${self()})\`)}`,
    "definitions/other_rows.sqlx": `config { type: "incremental", uniqueKey: ["id"] }
SELECT id, n FROM \${ref("archive")} WHERE \${when(incremental(), "id >= 2", "id < 2")}`,
    "definitions/restricted.sqlx": `config { type: "incremental", uniqueKey: ["id"] }
SELECT id, n FROM \${ref("archive")} \${when(incremental(), "WHERE id >= 2")}`,
    "definitions/taken.sqlx": `config { type: "table" }
SELECT COUNT(*) AS taken FROM \${ref("other_table")} LEFT JOIN \${ref("other_rows")} USING (id)`,
  },
  nights: [
    `CREATE SCHEMA raw; CREATE TABLE raw.archive AS SELECT 1 AS id, 10 AS n UNION ALL SELECT 2, 20;
     CREATE TABLE raw.recent AS SELECT 2 AS id, 21 AS n UNION ALL SELECT 3, 30`,
    "SELECT 'nothing new'",
    "SELECT 'nothing new'",
    "INSERT INTO raw.recent VALUES (4, 40)",
    "UPDATE raw.archive SET n = n + 1 WHERE TRUE",
  ],
};

/** A first build looks at no key, and MERGE only at those of rows that are there. */
const repeated: Fixture = {
  files: {
    "definitions/events.sqlx": declaration("raw", "events"),
    "definitions/newest.sqlx": `config { type: "incremental", uniqueKey: ["id"] }
SELECT id, n FROM \${ref("events")} \${when(incremental(), \`WHERE n > (SELECT MAX(n) FROM \${self()})\`)}`,
    "definitions/per_id.sqlx": `config { type: "table" }
SELECT id, COUNT(*) AS times FROM \${ref("newest")} GROUP BY id`,
  },
  nights: [
    "CREATE SCHEMA raw; CREATE TABLE raw.events AS SELECT 1 AS id, 1 AS n UNION ALL SELECT 1, 2 UNION ALL SELECT 1, 2",
    "INSERT INTO raw.events VALUES (2, 3), (2, 4), (NULL, 4)",
    "INSERT INTO raw.events VALUES (1, 5)",
    "SELECT 'nothing new'",
    "INSERT INTO raw.events VALUES (2, 6), (3, 6), (3, 6)",
  ],
};

/** No incremental(): each night's query gives other rows, because the clock says which. */
const byClock: Fixture = {
  files: {
    "definitions/people.sqlx": declaration("raw", "people"),
    "definitions/snapshots.sqlx": `config { type: "incremental" }
SELECT CURRENT_DATE() AS taken_on, id, city FROM \${ref("people")}`,
    "definitions/snapshot_a_day.sqlx": `config { type: "incremental", bigquery: { partitionBy: "taken_on" } }
pre_operations { CREATE TABLE IF NOT EXISTS \${self()} (taken_on DATE, id INT64) PARTITION BY taken_on; DELETE FROM \${self()} WHERE id > 2 AND taken_on = CURRENT_DATE() }
SELECT CURRENT_DATE() AS taken_on, id FROM \${ref("people")} WHERE id > 2`,
    "definitions/latest.sqlx": `config { type: "incremental", uniqueKey: ["id"] }
SELECT id, city FROM \${ref("people")} WHERE since <= CURRENT_TIMESTAMP()`,
    "definitions/since.sqlx": `config { type: "incremental", uniqueKey: ["id"] }
pre_operations { DECLARE until TIMESTAMP DEFAULT CURRENT_TIMESTAMP() }
SELECT id, city FROM \${ref("people")} WHERE since <= until`,
    "definitions/compiled.sqlx": `config { type: "incremental", uniqueKey: ["id"] }
SELECT id, city FROM \${ref("people")} WHERE DATE(since) <= '\${new Date().toISOString().slice(0, 10)}'`,
    "definitions/cities.sqlx": `config { type: "table" }
SELECT city, COUNT(*) AS people FROM \${ref("latest")} GROUP BY city`,
  },
  nights: [
    `CREATE SCHEMA raw; CREATE TABLE raw.people (id INT64, city STRING, since TIMESTAMP);
     INSERT INTO raw.people VALUES (1, 'Rome', '2024-01-01'), (3, 'Oslo', '2024-01-01')`,
    "UPDATE raw.people SET city = 'Bonn' WHERE id = 1",
    "DELETE FROM raw.people WHERE id = 1; INSERT INTO raw.people VALUES (4, 'Kyiv', '2024-01-02')",
    "DELETE FROM raw.people WHERE id = 4",
    "INSERT INTO raw.people VALUES (5, 'Rome', '9999-01-01')",
  ],
};

/** No incremental() either: the table is there before its first build, and each night's query gives what it does not have yet. */
const byOwnRows: Fixture = {
  files: {
    "definitions/readings.sqlx": declaration("raw", "readings"),
    "definitions/hub_meter.sqlx": `config { type: "incremental", uniqueKey: ["meter"], bigquery: { partitionBy: "loaded_on" } }
pre_operations { CREATE TABLE IF NOT EXISTS \${self()} (meter INT64, loaded_on DATE) PARTITION BY loaded_on }
SELECT DISTINCT reading.meter, DATE '2024-01-01' AS loaded_on
FROM \${ref("readings")} AS reading LEFT JOIN \${self()} AS known ON known.meter = reading.meter WHERE known.meter IS NULL`,
    "definitions/reading_log.sqlx": `config { type: "incremental" }
pre_operations { DECLARE newest INT64 DEFAULT (SELECT IFNULL(MAX(id), 0) FROM \${self()}) }
SELECT id, meter, value FROM \${ref("readings")} WHERE id > newest`,
    "definitions/loaded.sqlx": `config { type: "incremental" }
pre_operations {
  CREATE TABLE IF NOT EXISTS \${self()} (id INT64, value INT64);
  DELETE FROM \${self()} WHERE id IN (SELECT id FROM \${ref("readings")})
}
SELECT id, value FROM \${ref("readings")}`,
    "definitions/by_function.sqlx": `config { type: "incremental" }
pre_operations { CREATE TEMP FUNCTION newest() AS ((SELECT MAX(id) FROM \${self()})) }
SELECT id, meter, value FROM \${ref("readings")} WHERE id > IFNULL(newest(), 0)`,
    "definitions/make_room.sqlx": `config { type: "operations", hasOutput: true }
CREATE OR REPLACE TABLE \${self()} (id INT64);
CREATE OR REPLACE PROCEDURE dwh.delete_delivered() BEGIN DELETE FROM dwh.called WHERE id IN (SELECT id FROM raw.readings); END`,
    "definitions/called.sqlx": `config { type: "incremental", dependencies: ["make_room"] }
pre_operations { CREATE TABLE IF NOT EXISTS \${self()} (id INT64, value INT64); CALL dwh.delete_delivered() }
SELECT id, value FROM \${ref("readings")}`,
    "definitions/replaced.sqlx": `config { type: "incremental" }
pre_operations {
  CREATE TABLE IF NOT EXISTS \${self()} (id INT64, value INT64);
  EXECUTE IMMEDIATE "DELETE FROM \${self()} WHERE id IN (SELECT id FROM raw.readings)"
}
SELECT id, value FROM \${ref("readings")}`,
    "definitions/meters.sqlx": `config { type: "table" }
SELECT COUNT(*) AS meters FROM \${ref("hub_meter")}`,
  },
  nights: [
    `CREATE SCHEMA raw; CREATE TABLE raw.readings (id INT64, meter INT64, value INT64);
     INSERT INTO raw.readings VALUES (1, 7, 10), (2, 8, 20);
     CREATE SCHEMA IF NOT EXISTS dwh; CREATE TABLE dwh.reading_log (id INT64, meter INT64, value INT64);
     CREATE TABLE dwh.by_function LIKE dwh.reading_log`,
    "SELECT 'nothing new'",
    "INSERT INTO raw.readings VALUES (3, 9, 30), (4, 7, 11)",
    "DELETE FROM raw.readings WHERE id < 4",
    "UPDATE raw.readings SET value = 12 WHERE id = 4",
  ],
};

/** The first build keeps all rows; statements that run on the table once it is there remove some of them, and add others. */
const cleaned: Fixture = {
  files: {
    "definitions/visits.sqlx": declaration("raw", "visits"),
    "definitions/recent_visits.sqlx": `config { type: "incremental", uniqueKey: ["id"] }
pre_operations { \${when(incremental(), \`DELETE FROM \${self()} WHERE day < DATE_SUB(CURRENT_DATE(), INTERVAL 30 DAY)\`)} }
SELECT id, day FROM \${ref("visits")} \${when(incremental(), \`WHERE id > (SELECT MAX(id) FROM \${self()})\`)}`,
    "definitions/visits_of_the_year.sqlx": `config { type: "incremental", uniqueKey: ["id"] }
SELECT id, day FROM \${ref("visits")} \${when(incremental(), \`WHERE id > (SELECT MAX(id) FROM \${self()})\`)}
post_operations { \${when(incremental(), \`DELETE FROM \${self()} WHERE day < '2024-01-01'\`)} }`,
    "definitions/odd_and_even.sqlx": `config { type: "incremental" }
pre_operations { \${when(incremental(), \`DELETE FROM \${self()} WHERE TRUE;
INSERT INTO \${self()} SELECT id, 'even' FROM \${ref("visits")} WHERE MOD(id, 2) = 0\`)} }
SELECT id, 'odd' AS kind FROM \${ref("visits")} WHERE MOD(id, 2) = 1`,
    "definitions/late_visits.sqlx": `config { type: "incremental", uniqueKey: ["id"] }
pre_operations { \${when(incremental(), \`DELETE FROM \${self()} WHERE id = 1\`)} }
SELECT id, day FROM \${ref("visits")} \${when(incremental(), \`WHERE id > (SELECT MAX(id) FROM \${self()})\`)}`,
    "definitions/counted.sqlx": `config { type: "table" }
SELECT COUNT(*) AS visits FROM \${ref("visits_of_the_year")}`,
  },
  nights: [
    `CREATE SCHEMA raw; CREATE TABLE raw.visits (id INT64, day DATE);
     INSERT INTO raw.visits VALUES (1, '2023-06-01'), (2, '2024-02-01'), (3, '9999-01-01')`,
    "SELECT 'nothing new'",
    "INSERT INTO raw.visits VALUES (4, '2023-07-01'), (5, '2024-03-01')",
    "DELETE FROM raw.visits WHERE id = 2",
    "SELECT 'nothing new'",
  ],
};

export const FIXTURES: Readonly<Record<string, Fixture>> = {
  "a log that appends what is newer": appendLog,
  "a slowly changing dimension of type 2": slowlyChanging,
  "a data vault with LEFT JOIN on itself": dataVault,
  "GA4 events of a day in a table each": analytics,
  "models of a configuration in JavaScript": configured,
  "operations that build tables": operations,
  'a package with require("../")': packaged,
  "tables of several projects": projects,
  "checkpoints in pre_operations": checkpoints,
  "conditions of what is added": conditional,
  "loaders that take a part each night": batches,
  "a first build of other rows than the next": backfilled,
  "keys that repeat": repeated,
  "rows that go by the clock": byClock,
  "one query that goes by the table's own rows": byOwnRows,
  "statements that clean a table once it is there": cleaned,
};
