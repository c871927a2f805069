import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { layoutSql } from "../runner/engines/duckdb/catalog.js";
import { Rig } from "./rig.js";

const DAYS = 12;
const FIRST_DAY = "2024-01-01";

const incremental = (lookback: number) =>
  `config { type: "incremental", uniqueKey: ["day", "team"], bigquery: { partitionBy: "day", labels: { lookback_days: "${lookback}" } } }\n`;
/** A source, two incremental models in a chain, a table behind them, and a gate. */
const FILES: Readonly<Record<string, string>> = {
  "definitions/events.sqlx": 'config { type: "declaration", schema: "raw", name: "events" }',
  "definitions/daily.sqlx": `${incremental(0)}SELECT day, team, SUM(points) AS points, COUNT(*) AS events FROM \${ref("raw", "events")} GROUP BY day, team`,
  "definitions/form.sqlx": `${incremental(3)}SELECT now.day, now.team, SUM(past.points) AS points FROM \${ref("daily")} AS now JOIN \${ref("daily")} AS past ON past.team = now.team AND past.day BETWEEN DATE_SUB(now.day, INTERVAL 3 DAY) AND now.day GROUP BY 1, 2`,
  "definitions/totals.sqlx":
    'config { type: "table" }\nSELECT team, SUM(points) AS points FROM ${ref("form")} GROUP BY team',
  "definitions/no_negative.sqlx": 'config { type: "assertion" }\nSELECT * FROM ${ref("daily")} WHERE points < 0',
};

/** A project of a few models over `raw.events`, with its warehouse; nothing has run. */
export async function smallProject(events: number): Promise<Rig> {
  const rig = Rig.empty();
  rig.write(
    "dataform.json",
    JSON.stringify({ warehouse: "bigquery", defaultDatabase: "p", defaultSchema: "d", vars: { factor: "1" } }),
  );
  rig.bringLibrary();
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(rig.dir, path)), { recursive: true });
    rig.write(path, text);
  }
  const layout = { partitionColumn: "day", clusterBy: [], primaryKey: [] };
  await rig.sql(`CREATE SCHEMA raw; CREATE TABLE raw.events AS
    SELECT DATE '${FIRST_DAY}' + (i % ${DAYS})::INTEGER AS day, 'team ' || (i // ${DAYS} % 30) AS team, (i % 7)::BIGINT AS points
    FROM range(${events}) AS r(i);
    ${layoutSql({ dataset: "raw", name: "events" }, layout)}`);
  return rig;
}

/** A project of SQLX files over the table raw.numbers (n, day). */
export async function projectOf(files: Readonly<Record<string, string>>): Promise<Rig> {
  const rig = Rig.empty();
  mkdirSync(join(rig.dir, "definitions"));
  rig.bringLibrary();
  rig.write("dataform.json", JSON.stringify({ defaultDatabase: "p", defaultSchema: "d", assertionSchema: "checks" }));
  rig.write("package.json", "{}");
  rig.write("definitions/numbers.sqlx", 'config { type: "declaration", schema: "raw", name: "numbers" }');
  for (const [name, text] of Object.entries(files)) rig.write(`definitions/${name}.sqlx`, text);
  await rig.sql("CREATE SCHEMA raw");
  await rig.sql("CREATE TABLE raw.numbers AS SELECT 4::BIGINT AS n, DATE '2024-01-01' AS day");
  return rig;
}

/** A day of the source: 0 to 11. */
export function dayOf(index: number): string {
  return `DATE '${FIRST_DAY}' + ${index % DAYS}`;
}
