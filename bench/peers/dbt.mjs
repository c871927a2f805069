import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { timed } from "../measure.mjs";
import { write } from "../projects.mjs";
import { aside, withSources } from "./folder.mjs";
import { sqlOf } from "./models.mjs";

/** What is installed to measure it. */
export const DBT = ["dbt-core==1.11.16", "dbt-duckdb==1.11.1", "duckdb==1.5.6"];

/** Days that an incremental run takes again, as dbt's documentation advises for rows that come late. */
const AGAIN = 3;

/** The same project written for dbt, built. */
export function dbt({ sources, models, database, incremental }, bin) {
  const dir = withSources(database);
  write(dir, "dbt_project.yml", yaml({ name: "bench", version: "1.0", profile: "bench", models: { bench: TABLE } }));
  const output = { type: "duckdb", path: "warehouse.duckdb", schema: "d", threads: 4 };
  write(dir, "profiles.yml", yaml({ bench: { target: "dev", outputs: { dev: output } } }));
  const tables = sources.map((name) => ({ name }));
  write(dir, "models/sources.yml", yaml({ version: 2, sources: [{ name: "raw", schema: "raw", tables }] }));
  const writeModel = (name, text) => {
    const { lookback } = models.find((model) => model.name === name);
    write(join(dir, "models"), `${name}.sql`, lookback === undefined ? table(text) : byDay(text, lookback));
  };
  for (const { name, text } of models) writeModel(name, text);

  const env = { DBT_PROFILES_DIR: dir, DBT_SEND_ANONYMOUS_USAGE_STATS: "false", DO_NOT_TRACK: "1" };
  const command = (...args) => ({
    name: ["dbt", ...args].join(" ").replace(" --state state", ""),
    run: () => timed([join(bin, "dbt"), ...args], { cwd: dir, env }),
  });
  command("run").run();
  mkdirSync(join(dir, "state"));
  cpSync(join(dir, "target/manifest.json"), join(dir, "state/manifest.json"));

  const modified = ["run", "--select", "state:modified+", "--state", "state"];
  const all = incremental ? ["--full-refresh"] : [];
  return {
    database: join(dir, "warehouse.duckdb"),
    write: writeModel,
    putBack: aside(dir),
    commands: {
      noop: command(...modified),
      rewrite: command(...modified),
      edit: command(...modified, ...all),
      fix: command("run", ...all),
      append: command("run"),
    },
  };
}

const TABLE = { "+materialized": "table" };

/** JSON is YAML. */
const yaml = (value) => JSON.stringify(value);

const reference = (schema, name) => (schema === "raw" ? `{{ source('raw', '${name}') }}` : `{{ ref('${name}') }}`);

const table = (text) => `${sqlOf(text, reference)}\n`;

/** An incremental model that deletes and inserts the last days; each of them reads `lookback` days before it. */
function byDay(text, lookback) {
  const from = (days) => `(SELECT max(day) - ${days} FROM {{ this }})`;
  const filtered = (path) =>
    `(SELECT * FROM ${path}{% if is_incremental() %} WHERE day >= ${from(AGAIN + lookback)}{% endif %})`;
  const query = sqlOf(text, (schema, name) => filtered(reference(schema, name)));
  const config = "{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='day') }}";
  if (lookback === 0) return `${config}\n${query}\n`;
  return `${config}\nSELECT * FROM (${query}){% if is_incremental() %} WHERE day >= ${from(AGAIN)}{% endif %}\n`;
}
