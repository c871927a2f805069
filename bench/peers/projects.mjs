import { events, layered, warehouseOf } from "../projects.mjs";
import { modelsOf } from "./models.mjs";

const day = (back) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);

/** The layered project: what is in it, and what each case changes. */
export async function layeredProject(size) {
  const dir = await layered(size);
  const models = modelsOf(dir);
  return {
    dir,
    models,
    sources: Array.from({ length: 10 }, (_, source) => `s${source}`),
    database: warehouseOf(dir),
    title: `${size} models`,
    incremental: false,
    days: { first: day(3), appended: day(1) },
    restate: { models: models.filter(({ reads }) => reads.includes("raw.s3")).map(({ name }) => name) },
    // Of the ten layers the seventh: fourteen models rest on it.
    edit: { model: `m${Math.floor(size * 0.607)}`, from: " AS value, s.name", to: " + 1 AS value, s.name" },
    // A row that came late to one source.
    prepared: ["DELETE FROM raw.s3 WHERE id = 9999"],
    changes: {
      rewrite: rewrite("raw.s3", "hash(id)"),
      fix: ["UPDATE raw.s3 SET value = value + 1 WHERE id = 4321"],
      append: ["INSERT INTO raw.s3 VALUES (9999, 17, 'late')"],
    },
  };
}

/** A year of events, models incremental by day: what is in it, and what each case changes. */
export async function eventsProject(rows) {
  const days = { first: day(366), appended: day(1) };
  const dir = await events(rows, days.first);
  return {
    dir,
    models: modelsOf(dir),
    sources: ["events", "users"],
    database: warehouseOf(dir),
    title: `${rows / 1e6} million events`,
    incremental: true,
    days,
    // The day that is corrected, and those whose week reaches back to it.
    restate: { models: ["daily_users"], start: day(166), end: day(160) },
    edit: { model: "daily", from: "SUM(amount)", to: "SUM(amount) + 1" },
    prepared: [],
    changes: {
      rewrite: rewrite("raw.events", "event_id DESC"),
      fix: [
        `UPDATE raw.events SET amount = amount + 1
               WHERE event_id = (SELECT min(event_id) FROM raw.events WHERE day = DATE '${day(166)}')`,
      ],
      append: [
        `INSERT INTO raw.events SELECT DATE '${days.appended}', i, (hash(i) % 5000)::BIGINT,
                  (hash(i + 1) % 1000)::BIGINT FROM range(${rows}, ${rows} + ${rows} // 365) t(i)`,
      ],
    },
  };
}

/** The same rows, in another order. */
function rewrite(table, order) {
  return [
    `CREATE TEMP TABLE same AS FROM ${table}`,
    `DELETE FROM ${table}`,
    `INSERT INTO ${table} FROM same ORDER BY ${order}`,
  ];
}
