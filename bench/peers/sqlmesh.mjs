import { join } from "node:path";
import { timed } from "../measure.mjs";
import { write } from "../projects.mjs";
import { aside, withSources } from "./folder.mjs";
import { sqlOf } from "./models.mjs";

/** What is installed to measure it. */
export const SQLMESH = ["sqlmesh==0.236.4", "duckdb==1.5.6"];

/** The same project written for SQLMesh, built up to the day before yesterday and, for all but `append`, to now. */
export function sqlmesh({ models, database, days, restate }, bin) {
  const dir = withSources(database);
  const connection = { type: "duckdb", database: "warehouse.duckdb" };
  const config = {
    gateways: { local: { connection } },
    default_gateway: "local",
    model_defaults: { dialect: "duckdb", start: days.first, cron: "@daily" },
    disable_anonymized_analytics: true,
  };
  write(dir, "config.yaml", JSON.stringify(config));
  const writeModel = (name, text) => {
    const { lookback } = models.find((model) => model.name === name);
    write(join(dir, "models"), `${name}.sql`, lookback === undefined ? full(name, text) : byDay(name, text, lookback));
  };
  for (const { name, text } of models) writeModel(name, text);

  const command = (...args) => ({
    name: ["sqlmesh", ...args]
      .join(" ")
      .replace(" --auto-apply --no-prompts", "")
      .replace(/ d\.\S+.*/, " ..."),
    run: () =>
      timed([join(bin, "sqlmesh"), ...args], { cwd: dir, env: { SQLMESH__DISABLE_ANONYMIZED_ANALYTICS: "1" } }),
  });
  const plan = ["plan", "--auto-apply", "--no-prompts"];
  command("create_external_models").run();
  // Its cron lets no run take a day that is not over: what is appended is yesterday.
  command(...plan, "--execution-time", days.appended).run();
  const beforeTheTick = aside(dir);
  command("run").run();
  const afterIt = aside(dir);

  const window = restate.start === undefined ? [] : ["--start", restate.start, "--end", restate.end];
  const restated = restate.models.flatMap((name) => ["--restate-model", `d.${name}`]);
  return {
    database: join(dir, "warehouse.duckdb"),
    write: writeModel,
    putBack: (kase) => (kase === "append" ? beforeTheTick() : afterIt()),
    commands: {
      noop: command("run"),
      rewrite: command("run"),
      edit: command(...plan),
      fix: command(...plan, ...window, ...restated),
      append: command("run"),
    },
  };
}

const full = (name, text) => `MODEL (name d.${name}, kind FULL);\n${sqlOf(text, path)}\n`;

const path = (schema, name) => `${schema}.${name}`;

/** An incremental model whose days each read `lookback` days before them. */
function byDay(name, text, lookback) {
  const filtered = (...names) =>
    `(SELECT * FROM ${path(...names)} WHERE day BETWEEN @start_date - ${lookback} AND @end_date)`;
  const query = sqlOf(text, filtered);
  const outer = lookback === 0 ? query : `SELECT * FROM (${query}) AS q WHERE day BETWEEN @start_date AND @end_date`;
  return `MODEL (name d.${name}, kind INCREMENTAL_BY_TIME_RANGE (time_column day));\n${outer}\n`;
}
