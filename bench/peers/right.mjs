import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { duckdb, scratch } from "../projects.mjs";
import { sqlOf } from "./models.mjs";

/** Models compared in one statement. */
const TOGETHER = 50;

/** Every model built anew, by plain SQL over the sources as they stand in a database. */
export async function rebuilt(models, database) {
  const file = join(scratch(), "rebuilt.duckdb");
  const ref = (schema, name) => (schema === "raw" ? `told.raw.${name}` : `d.${name}`);
  await duckdb(
    file,
    `ATTACH '${database}' AS told (READ_ONLY)`,
    "CREATE SCHEMA d",
    ...models.map(({ name, text }) => `CREATE TABLE d.${name} AS ${sqlOf(text, ref)}`),
  );
  return file;
}

/** How many rows of how many models of a tool are not those of a rebuild, compared both ways. */
export async function differences(models, expected, database) {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`ATTACH '${expected}' AS expected (READ_ONLY)`);
  // Views name the database as the tool called it.
  await connection.run(`ATTACH '${database}' AS warehouse (READ_ONLY)`);
  const found = { models: 0, rows: 0 };
  for (let start = 0; start < models.length; start += TOGETHER) {
    const parts = models.slice(start, start + TOGETHER).map(({ name }) => {
      const [one, other] = [`SELECT * FROM expected.d.${name}`, `SELECT * FROM warehouse.d.${name}`];
      return `SELECT count(*) AS n FROM ((${one} EXCEPT ALL ${other}) UNION ALL (${other} EXCEPT ALL ${one}))`;
    });
    const reader = await connection.runAndReadAll(parts.join(" UNION ALL "));
    const rows = reader.getRows().map(([n]) => Number(n));
    found.models += rows.filter((n) => n > 0).length;
    found.rows += rows.reduce((sum, n) => sum + n, 0);
  }
  connection.closeSync();
  instance.closeSync();
  return found;
}
