import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { Rig } from "../rig.js";

const DATED = (lookback: number) =>
  `type: "incremental", uniqueKey: ["day", "country"], bigquery: { partitionBy: "day", labels: { lookback_days: "${lookback}" } }`;

const LOADER = `const table = { id: { dataset: "raw", name: "rates" }, primaryKey: ["country"], partitionColumn: undefined, clusterBy: [],
  columns: [{ name: "country", type: "STRING" }, { name: "rate", type: "NUMERIC" }] };
export async function load() {
  return { batches: [{ table, rows: [{ country: "NO", rate: "11.5" }, { country: "IT", rate: "1" }] }], notes: ["rates of 2024-01-04"] };
}
`;

const step = (name: string, after: string) => ({
  model: `shop.${name}`,
  after: [after],
  topic: `${name}-complete`,
  rows: `${name}_rows`,
});

const SETTINGS = {
  threads: 1,
  loaders: { rates: "loaders/rates.mjs", broken: "loaders/broken.mjs" },
  breakers: { loads: { threshold: 2, timeoutSeconds: 86_400 } },
  reports: { by_country: "reports/by_country.sql" },
  sources: { "raw.orders": { key: ["order_id"], loaded_at: "loaded_at", max_age_hours: 1_000_000 } },
  skips: { holidays: { select: ["daily_revenue"], months: [8] } },
  environments: { dev: { schemaSuffix: "dev" } },
  alerts: {
    rules: { large: { sql: "alerts/large.sql", channel: "#sales" } },
    sinks: { log: { type: "file", path: ".fastbreak/alerts.jsonl" } },
  },
  checks: { daily: { days: 1, queries: { orders: "checks/orders.sql", empty: "checks/empty.sql" } } },
  orchestrations: {
    night: {
      phase: "1",
      start: "night-start",
      success: "any-success",
      steps: { daily_revenue: step("daily_revenue", "night-start") },
      target: {
        model: "shop.recent_revenue",
        name: "recent_revenue",
        topic: "recent-revenue-start",
        source: "all_complete",
        complete: ["recent-revenue-complete"],
        rows: "recent_revenue_rows",
      },
      behind: ["shop.countries"],
      retries: 1,
      retryAfterSeconds: 0,
    },
  },
};

const ORDERS = "`acme`.`raw`.`orders`";
const POLICY = {
  project: "acme",
  accounts: { analyst: { read: ["shop"] }, loader: { write: ["raw"], read: ["raw"] } },
  probes: [
    { name: "reads revenue", account: "analyst", sql: "SELECT COUNT(*) FROM shop.countries", expect: { atLeast: 1 } },
    { name: "no raw orders", account: "analyst", sql: `SELECT COUNT(*) FROM ${ORDERS}`, expect: { refused: "raw" } },
    { name: "counts orders", account: "loader", sql: `SELECT COUNT(*) FROM ${ORDERS}`, expect: { exactly: 7 } },
  ],
};

/** A shop: two sources, a view, two dated tables in a chain, a table behind them, gates, a unit test, and one of everything else. */
const SHOP: Readonly<Record<string, string>> = {
  "dataform.json": JSON.stringify({
    warehouse: "bigquery",
    defaultDatabase: "acme",
    defaultSchema: "shop",
    assertionSchema: "checks",
  }),
  "package.json": "{}",
  "fastbreak.json": JSON.stringify(SETTINGS, undefined, 2),
  "definitions/orders.sqlx":
    'config { type: "declaration", schema: "raw", name: "orders", description: "Orders as they come in" }',
  "definitions/customers.sqlx": 'config { type: "declaration", schema: "raw", name: "customers" }',
  "definitions/stg_orders.sqlx": `config { type: "view", description: "Orders that were paid", tags: ["staging"] }
SELECT o.order_id, o.day, c.country, o.amount
FROM \${ref("raw", "orders")} AS o JOIN \${ref("raw", "customers")} AS c USING (customer_id)
WHERE o.status = 'paid'`,
  "definitions/daily_revenue.sqlx": `config { ${DATED(0)}, tags: ["nightly"] }
SELECT day, country, SUM(amount) AS revenue, COUNT(*) AS orders FROM \${ref("stg_orders")} GROUP BY day, country`,
  "definitions/recent_revenue.sqlx": `config { ${DATED(2)}, tags: ["nightly"] }
SELECT now.day, now.country, SUM(past.revenue) AS revenue
FROM \${ref("daily_revenue")} AS now
JOIN \${ref("daily_revenue")} AS past
  ON past.country = now.country AND past.day BETWEEN DATE_SUB(now.day, INTERVAL 2 DAY) AND now.day
GROUP BY 1, 2`,
  "definitions/countries.sqlx": `config { type: "table" }
SELECT country, MAX(revenue) AS best_revenue FROM \${ref("recent_revenue")} GROUP BY country`,
  "definitions/no_refunds.sqlx": `config { type: "assertion" }
SELECT day, country FROM \${ref("daily_revenue")} WHERE revenue < 0`,
  "definitions/enough.sqlx": `config { type: "assertion", tags: ["gate"], description: "Revenue of every country" }
SELECT day, CONCAT(country, ' sold too little') AS reason, revenue AS actual_value, 3 AS threshold
FROM \${ref("daily_revenue")} WHERE revenue < 3`,
  "definitions/single_orders.sqlx": `config { type: "assertion", tags: ["warn"] }
SELECT day, country FROM \${ref("daily_revenue")} WHERE orders = 1 AND country = 'IT'`,
  "definitions/stg_orders_test.sqlx": `config { type: "test", dataset: "stg_orders" }
input "raw", "orders" { SELECT 1 AS order_id, DATE '2024-01-01' AS day, 7 AS customer_id, 5 AS amount, 'paid' AS status }
input "raw", "customers" { SELECT 7 AS customer_id, 'NO' AS country }
SELECT 1 AS order_id, DATE '2024-01-01' AS day, 'NO' AS country, 5 AS amount`,
  "migrations/0001_notes.sql":
    'CREATE SCHEMA IF NOT EXISTS `{{dataset "ops"}}`;\nCREATE TABLE IF NOT EXISTS `{{dataset "ops"}}`.notes (day DATE, note STRING);\n',
  "migrations/0002_author.sql": 'ALTER TABLE `{{dataset "ops"}}`.notes ADD COLUMN IF NOT EXISTS author STRING;\n',
  "loaders/rates.mjs": LOADER,
  "loaders/broken.mjs": 'export async function load() { throw new Error("the exchange rate service is down"); }\n',
  "reports/by_country.sql":
    "-- Revenue of each country in the window\nSELECT country, SUM(revenue) AS revenue FROM shop.daily_revenue WHERE day BETWEEN from_date AND to_date GROUP BY country ORDER BY country",
  "alerts/large.sql": `SELECT day, 'large_day' AS alert, country AS subject, 'warning' AS severity,
  FORMAT('%s sold for %d on one day', country, revenue) AS message, revenue AS value
FROM shop.daily_revenue WHERE revenue > 20 AND day BETWEEN from_date AND to_date`,
  "checks/orders.sql":
    "-- Orders of the window\nSELECT day, SUM(orders) AS orders FROM shop.daily_revenue WHERE day BETWEEN from_date AND to_date GROUP BY day",
  "checks/empty.sql":
    "-- Countries without revenue\nSELECT country FROM shop.daily_revenue WHERE revenue = 0 AND day BETWEEN from_date AND to_date",
  "policy.json": JSON.stringify(POLICY),
  "more/raw/customers.csv": "customer_id,country\n1,NO\n2,IT\n3,SE\n",
};

/** The folder with the rows of the sources, which stand here and on the server that stands for BigQuery. */
export const CLOUD = "cloud";
const ROWS = `CREATE SCHEMA IF NOT EXISTS raw;
CREATE TABLE raw.customers AS SELECT 1 AS customer_id, 'NO' AS country UNION ALL SELECT 2, 'IT';
CREATE TABLE raw.orders (order_id INT64, day DATE, customer_id INT64, amount INT64, status STRING, loaded_at TIMESTAMP)
  PARTITION BY day;
INSERT INTO raw.orders VALUES
  (1, '2024-01-01', 1, 10, 'paid', '2024-01-02 01:00:00+00'), (2, '2024-01-01', 2, 7, 'paid', '2024-01-02 01:00:00+00'),
  (3, '2024-01-02', 1, 5, 'open', '2024-01-03 01:00:00+00'), (4, '2024-01-02', 1, 12, 'paid', '2024-01-03 01:00:00+00'),
  (5, '2024-01-03', 1, 9, 'paid', '2024-01-04 01:00:00+00'), (6, '2024-01-03', 2, 4, 'paid', '2024-01-04 01:00:00+00'),
  (7, '2024-01-03', 1, 16, 'paid', '2024-01-04 01:00:00+00');`;

/** The project in a folder of its own: its rows are there, nothing has run. */
async function shop(): Promise<Rig> {
  const rig = Rig.empty();
  rig.bringLibrary();
  for (const [path, text] of Object.entries(SHOP)) {
    mkdirSync(dirname(join(rig.dir, path)), { recursive: true });
    rig.write(path, text);
  }
  mkdirSync(join(rig.dir, CLOUD));
  rig.write(`${CLOUD}/rows.sql`, ROWS);
  await done(rig, "query", ROWS);
  return rig;
}

/** The same, built as it is on a morning: a run, an environment, a loader that has failed too often. */
export async function builtShop(): Promise<Rig> {
  const rig = await shop();
  await done(rig, "run", "--concurrency", "1");
  await done(rig, "run", "--concurrency", "1", "--environment", "dev", "--select", "daily_revenue");
  await rig.fastbreak("load", "broken");
  await rig.fastbreak("load", "broken");
  return rig;
}

async function done(rig: Rig, ...args: string[]): Promise<void> {
  const { code, stdout, stderr } = await rig.fastbreak(...args);
  if (code !== 0) throw new Error(`${args.join(" ")}: exit code ${code}: ${stdout}${stderr}`);
}
