// What `fastbreak serve` costs: a round trip, rows paged out against DuckDB's own fetch plus JSON, many clients at once.
// Usage: node bench/server.mjs [SECONDS [URL]]; SECONDS of 50 clients, 60 without it, once the server keeps as many jobs
// as it ever does; URL: another server that speaks as BigQuery does, in place of one that is started here.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import { setTimeout as later } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";

const CLIENTS = 50;
const ROWS = 100_000;
const COLUMNS = 20;
/** How many jobs the server keeps. */
const KEPT_JOBS = 10_000;

const seconds = Number(process.argv[2] ?? 60);
const given = process.argv[3];
const cli = fileURLToPath(new URL("../bin/fastbreak.cjs", import.meta.url));
const child = given
  ? undefined
  : spawn(process.execPath, [cli, "serve", "--in-memory", "--port", "0", "--json"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
const base = given ?? JSON.parse(String((await once(child.stdout, "data"))[0])).url;
const agent = new http.Agent({ keepAlive: true, maxSockets: CLIENTS + 4 });

function call(path, body) {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? "GET" : "POST";
    const headers = { "content-type": "application/json" };
    const request = http.request(`${base}/bigquery/v2/projects/bench/${path}`, { method, agent, headers }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () => resolve(Buffer.concat(chunks)));
      answer.on("error", reject);
    });
    request.on("error", reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function query(text, more = {}) {
  const answer = JSON.parse(await call("queries", { query: text, useLegacySql: false, ...more }));
  if (answer.error) throw new Error(answer.error.message);
  return answer;
}

const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)];

async function roundTrip() {
  for (let n = 0; n < 100; n += 1) await query("SELECT 1");
  const times = [];
  for (let n = 0; n < 500; n += 1) {
    const start = performance.now();
    await query("SELECT 1");
    times.push(performance.now() - start);
  }
  console.log(`SELECT 1: ${median(times).toFixed(2)} ms at the median, wanted <= 5`);
}

/** The same columns in GoogleSQL and DuckDB's SQL. */
const VALUES = [
  ["n", "n"],
  ["CONCAT('text ', CAST(n AS STRING))", "'text ' || n"],
  ["n / 3", "n / 3"],
  ["TIMESTAMP_SECONDS(n)", "to_timestamp(n)"],
  ["DATE_ADD(DATE '2020-01-01', INTERVAL MOD(n, 1000) DAY)", "DATE '2020-01-01' + (n % 1000)::INTEGER"],
];
const items = (side) =>
  Array.from({ length: COLUMNS }, (_, n) => `${VALUES[n % VALUES.length][side]} AS c${n}`).join(", ");

async function paged() {
  const { jobReference } = await query(`SELECT ${items(0)} FROM UNNEST(GENERATE_ARRAY(1, ${ROWS})) AS n`, {
    maxResults: 0,
  });
  const own = async () => {
    let rows = 0;
    let bytes = 0;
    for (let token = ""; token !== undefined; ) {
      const page = token === "" ? "" : `&pageToken=${encodeURIComponent(token)}`;
      const path = `queries/${jobReference.jobId}?location=US&formatOptions.useInt64Timestamp=true${page}`;
      const body = await call(path);
      bytes += body.length;
      // Before the rows or behind them.
      const around = body.subarray(0, 20_000).toString("latin1") + body.subarray(-2000).toString("latin1");
      token = /"pageToken":\s*"([^"]+)"/.exec(around)?.[1];
      rows += body.toString("latin1").split(/\{"f":/).length - 1;
    }
    if (rows !== ROWS) throw new Error(`${rows} rows came`);
    return bytes;
  };
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const sql = `SELECT ${items(1)} FROM range(1, ${ROWS} + 1) AS r(n)`;
  const plain = async () => JSON.stringify((await connection.runAndReadAll(sql)).getRowsJson()).length;
  const sides = { own: [], plain: [] };
  for (let round = 0; round < 4; round += 1)
    for (const [name, work] of Object.entries({ own, plain })) {
      const start = performance.now();
      await work();
      // The first round warms up.
      if (round > 0) sides[name].push(performance.now() - start);
    }
  const [took, alone] = [median(sides.own), median(sides.plain)];
  const ratio = (took / alone).toFixed(2);
  console.log(
    `${ROWS} rows of ${COLUMNS} columns: ${took.toFixed(0)} ms paged out, ${alone.toFixed(0)} ms by DuckDB's fetch and JSON: ${ratio} times, wanted <= 2`,
  );
}

const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] ?? 0) / 1024;

async function crowd() {
  await query("CREATE SCHEMA crowd");
  await query("CREATE TABLE crowd.log (who INT64, n INT64)");
  let [calls, errors, stopped] = [0, 0, false];
  const work = Array.from({ length: CLIENTS }, async (_, who) => {
    for (let n = 0; !stopped; n += 1) {
      const text =
        n % 10 === 0
          ? `INSERT crowd.log VALUES (${who}, ${n})`
          : `SELECT who, COUNT(*) AS n FROM crowd.log GROUP BY who`;
      await query(text).catch((cause) => {
        errors += 1;
        if (errors < 4) console.log(cause.message);
      });
      calls += 1;
    }
  });
  // The list of jobs fills first: that is no growth which goes on.
  const empty = child ? memory() : 0;
  const began = performance.now();
  while (child && calls < KEPT_JOBS * 1.1) await later(100);
  const filled = ((performance.now() - began) / 1000).toFixed(0);
  const before = calls;
  const seen = [];
  const start = performance.now();
  for (let n = 0; n < 12; n += 1) {
    await later((seconds * 1000) / 12);
    if (child) seen.push(memory().toFixed(0));
  }
  calls -= before;
  stopped = true;
  const took = (performance.now() - start) / 1000;
  await Promise.all(work);
  console.log(
    `${CLIENTS} clients, ${seconds} s: ${calls} calls, ${(calls / took).toFixed(0)} a second, ${errors} errors`,
  );
  if (child)
    console.log(
      `memory in MB: ${empty.toFixed(0)} before, then over ${filled} s the list of jobs fills; over the ${seconds} s: ${seen.join(" ")}`,
    );
}

try {
  await roundTrip();
  await paged();
  await crowd();
} finally {
  agent.destroy();
  child?.kill("SIGTERM");
}
