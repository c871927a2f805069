import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";

/** What of the generated SQL is GoogleSQL alone, as DuckDB writes it. */
const DUCKDB = [
  ["UNIX_DATE(day)", "(day - DATE '1970-01-01')"],
  ["DATE_TRUNC(day, MONTH)", "date_trunc('month', day)"],
];

/**
 * The models of a project of `bench/projects.mjs`, in an order in which they can be built.
 * @returns for each its name, its SQLX text, how many days back it reads when it is incremental, and what it reads
 */
export function modelsOf(dir) {
  const found = new Map();
  for (const file of readdirSync(join(dir, "definitions"))) {
    const text = readFileSync(join(dir, "definitions", file), "utf8");
    const name = file.replace(/\.sqlx$/, "");
    const { type, bigquery } = runInNewContext(`(${text.slice("config".length, text.indexOf("\n"))})`);
    if (type === "declaration") continue;
    const lookback = type === "incremental" ? Number(bigquery.labels.lookback_days) : undefined;
    const reads = [];
    sqlOf(text, (schema, table) => reads.push(schema === "raw" ? `raw.${table}` : table));
    found.set(name, { name, text, lookback, reads });
  }
  const ordered = new Set();
  const visit = (model) => {
    for (const read of model.reads) if (found.has(read)) visit(found.get(read));
    ordered.add(model);
  };
  for (const model of found.values()) visit(model);
  return [...ordered];
}

/** The query of a model as DuckDB takes it, with its references written by `ref(schema, table)`. */
export function sqlOf(text, ref) {
  const query = text.slice(text.indexOf("\n") + 1).trim();
  const own = DUCKDB.reduce((sql, [google, duckdb]) => sql.replaceAll(google, duckdb), query);
  return own.replace(/\$\{ref\(([^)]*)\)\}/g, (_, names) => {
    const path = JSON.parse(`[${names}]`);
    return path.length === 1 ? ref("d", path[0]) : ref(...path);
  });
}
