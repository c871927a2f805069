// Prints, as JSON, how long the engine takes for GoogleSQL and DuckDB for the same written by hand: `[{ name, ours, theirs }]`, milliseconds.
// Usage: pace ROWS TURNS

import { connectEmbedded } from "../runner/api/embedded.js";
import { type KnownTable, translateSql } from "../runner/api/index.js";

const ROWS = Number(process.argv[2] ?? 500_000);
const TURNS = Number(process.argv[3] ?? 5);

const TABLE = `CREATE TABLE t AS SELECT i AS id,
  CASE WHEN i % 20 = 0 THEN 'x' || i ELSE (i % 100000)::VARCHAR END AS dirty_int,
  CASE WHEN i % 20 = 0 THEN 'n/a' ELSE ((i % 100000) / 7.0)::DOUBLE::VARCHAR END AS dirty_float,
  CASE WHEN i % 20 = 0 THEN '2021-13-45' ELSE (DATE '2020-01-01' + (i % 1000)::INTEGER)::VARCHAR END AS dirty_date,
  ((i % 10000) / 100.0)::DECIMAL(38, 9) AS price, ((i % 13) + 0.25)::DECIMAL(38, 9) AS quantity,
  ((i % 10000) / 100.0)::DECIMAL(18, 2) AS plain_price, ((i % 13) + 0.25)::DECIMAL(18, 2) AS plain_quantity,
  '{"a": ' || i || ', "b": {"c": "v' || (i % 100) || '"}, "d": [1, 2, 3]}' AS document,
  TIMESTAMPTZ '2021-01-01 00:00:00+00' + INTERVAL 1 SECOND * ((i * 37) % 31536000) AS seen_at,
  DATE '2020-01-01' + (i % 1500)::INTEGER AS day,
  [{'key': 'page', 'value': 'p' || (i % 40)}, {'key': 'session', 'value': 's' || i}, {'key': 'engaged', 'value': '1'}] AS params,
  'text ' || (i % 1000) || ' Körper' AS words
  FROM range(${ROWS}) r(i)`;

const param = [
  { name: "key", type: "STRING" },
  { name: "value", type: "STRING" },
] as const;
const COLUMNS: KnownTable["columns"] = [
  { name: "id", type: "INT64" },
  { name: "dirty_int", type: "STRING" },
  { name: "dirty_float", type: "STRING" },
  { name: "dirty_date", type: "STRING" },
  { name: "price", type: "NUMERIC" },
  { name: "quantity", type: "NUMERIC" },
  { name: "document", type: "STRING" },
  { name: "seen_at", type: "TIMESTAMP" },
  { name: "day", type: "DATE" },
  { name: "params", type: { kind: "array", element: { kind: "struct", fields: param } } },
  { name: "words", type: "STRING" },
];

/** What a row of the table costs: the expression in GoogleSQL and, by hand, in DuckDB. */
const PAIRS: readonly (readonly [name: string, googlesql: string, byHand: string])[] = [
  ["SAFE_CAST to INT64, 5 % bad", "SUM(SAFE_CAST(dirty_int AS INT64))", "sum(TRY_CAST(dirty_int AS BIGINT))"],
  ["SAFE_CAST to FLOAT64, 5 % bad", "SUM(SAFE_CAST(dirty_float AS FLOAT64))", "sum(TRY_CAST(dirty_float AS DOUBLE))"],
  ["SAFE_CAST to DATE, 5 % bad", "MAX(SAFE_CAST(dirty_date AS DATE))", "max(TRY_CAST(dirty_date AS DATE))"],
  [
    "SAFE.PARSE_DATE, 5 % bad",
    "MAX(SAFE.PARSE_DATE('%Y-%m-%d', dirty_date))",
    "max(try_strptime(dirty_date, '%Y-%m-%d')::DATE)",
  ],
  // NUMERIC is DECIMAL(38, 9): DuckDB's own product of two of them has 18 decimals and does not round.
  ["NUMERIC product", "MAX(price * quantity)", "max(price * quantity)"],
  ["SUM of NUMERIC", "SUM(price)", "sum(price)"],
  ["SUM of NUMERIC products", "SUM(price * quantity)", "sum(price * quantity)"],
  ["NUMERIC product, DECIMAL(18, 2) by hand", "MAX(price * quantity)", "max(plain_price * plain_quantity)"],
  ["JSON_VALUE", "MAX(JSON_VALUE(document, '$.b.c'))", "max(document->>'$.b.c')"],
  ["PARSE_JSON field", "MAX(STRING(PARSE_JSON(document).b.c))", "max(document::JSON->>'$.b.c')"],
  [
    "GA4 parameter lookup",
    "MAX((SELECT value FROM UNNEST(params) WHERE key = 'session'))",
    "max(list_filter(params, lambda p: p.key = 'session')[1].value)",
  ],
  [
    "EXISTS over UNNEST",
    "COUNTIF(EXISTS(SELECT 1 FROM UNNEST(params) WHERE key = 'engaged'))",
    "count(*) FILTER (len(list_filter(params, lambda p: p.key = 'engaged')) > 0)",
  ],
  [
    "ARRAY(SELECT ...) over UNNEST",
    "SUM(ARRAY_LENGTH(ARRAY(SELECT value FROM UNNEST(params) WHERE key <> 'page')))",
    "sum(len(list_transform(list_filter(params, lambda p: p.key <> 'page'), lambda p: p.value)))",
  ],
  [
    "DATE of TIMESTAMP with a zone",
    "MAX(DATE(seen_at, 'America/New_York'))",
    "max((seen_at AT TIME ZONE 'America/New_York')::DATE)",
  ],
  [
    "TIMESTAMP_TRUNC with a zone",
    "MAX(TIMESTAMP_TRUNC(seen_at, DAY, 'America/New_York'))",
    "max(date_trunc('day', seen_at AT TIME ZONE 'America/New_York') AT TIME ZONE 'America/New_York')",
  ],
  [
    "FORMAT_TIMESTAMP with a zone",
    "MAX(FORMAT_TIMESTAMP('%Y-%m-%d %H', seen_at, 'America/New_York'))",
    "max(strftime(seen_at AT TIME ZONE 'America/New_York', '%Y-%m-%d %H'))",
  ],
  [
    "DATE_DIFF MONTH",
    "SUM(DATE_DIFF(day, DATE '2019-01-01', MONTH))",
    "sum(date_diff('month', DATE '2019-01-01', day))",
  ],
  ["CAST STRING to TIMESTAMP", "MAX(CAST(CAST(day AS STRING) AS TIMESTAMP))", "max(day::VARCHAR::TIMESTAMPTZ)"],
  [
    "CONTAINS_SUBSTR",
    "COUNTIF(CONTAINS_SUBSTR(words, 'KÖRPER'))",
    "count(*) FILTER (contains(lower(words), 'körper'))",
  ],
  [
    "ARRAY_AGG ... LIMIT 1",
    "COUNT(first[OFFSET(0)]) FROM (SELECT ARRAY_AGG(words ORDER BY seen_at LIMIT 1) AS first FROM main.t GROUP BY MOD(id, 20000))",
    "count(first) FROM (SELECT arg_min(words, seen_at) AS first FROM main.t GROUP BY id % 20000)",
  ],
];

const connection = await connectEmbedded(":memory:");
await connection.run("SET threads = 1");
await connection.run(TABLE);
const measured = [];
for (const [name, googlesql, byHand] of PAIRS) {
  const { sql } = await translateSql(statement(googlesql), [{ dataset: "main", name: "t", columns: COLUMNS }]);
  const taken: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
  for (let turn = 0; turn < TURNS; turn += 1) {
    taken.ours.push(await cpuOf(sql));
    taken.theirs.push(await cpuOf(statement(byHand)));
  }
  measured.push({ name, ours: median(taken.ours), theirs: median(taken.theirs) });
}
process.stdout.write(JSON.stringify(measured));

function statement(select: string): string {
  return select.includes(" FROM (") ? `SELECT ${select}` : `SELECT ${select} FROM main.t`;
}

/** Milliseconds of processor time. */
async function cpuOf(sql: string): Promise<number> {
  const before = process.cpuUsage();
  await connection.runAndReadAll(sql);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
