import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { layoutSql } from "../../runner/engines/duckdb/catalog.js";
import { openDuckDbWarehouse } from "../../runner/engines/duckdb/warehouse.js";
import { migrateState } from "../../runner/state/migrate.js";
import { DATASET, type Row } from "./spec.js";
import { type Outside, STATE_DATASET } from "./world.js";

export interface DuckDbOutside extends Outside {
  close(): Promise<void>;
}

/** Makes warehouses on database files of their own, all copies of one that has the state tables. */
export async function duckDbOutsides(): Promise<{ open(): Promise<DuckDbOutside>; remove(): void }> {
  const dir = mkdtempSync(join(tmpdir(), "fastbreak-histories-"));
  const template = join(dir, "template.duckdb");
  const first = await openDuckDbWarehouse(template, { create: true });
  await first.transaction((transaction) => migrateState(transaction, STATE_DATASET));
  await first.transaction((transaction) => transaction.execute(`CREATE SCHEMA ${DATASET}`));
  await first.close();
  let opened = 0;
  return {
    async open() {
      opened += 1;
      const file = join(dir, `${opened}.duckdb`);
      copyFileSync(template, file);
      return openOutside(file);
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

async function openOutside(file: string): Promise<DuckDbOutside> {
  const warehouse = await openDuckDbWarehouse(file, { create: false });
  const connection = await (await DuckDBInstance.fromCache(file)).connect();
  return {
    warehouse,
    async live() {
      const relations = await warehouse.transaction((transaction) => transaction.relations());
      const tables = [...relations.values()].filter(({ id }) => id.dataset === DATASET);
      const live = new Map();
      for (const { id, kind, partitionColumn, primaryKey, columns } of tables) {
        const extended = kind === "table" && columns.some(({ name }) => name === "x");
        const hashed = columns.some(({ name }) => name === "data_hash");
        const values = `CAST(d AS VARCHAR), k, v::INTEGER, ${extended ? "x::INTEGER" : "NULL"}, ${hashed ? "data_hash IS NULL" : false}`;
        const reader =
          kind === "table" ? await connection.runAndReadAll(`SELECT ${values} FROM ${DATASET}.${id.name}`) : undefined;
        const rows = (reader?.getRows() ?? []).map(
          ([d, k, v, x, unhashed]) => ({ d, k, v, x: x ?? undefined, unhashed: unhashed || undefined }) as Row,
        );
        const layout = { partitioned: partitionColumn !== undefined, keyed: primaryKey.length > 0 };
        live.set(id.name, { kind, ...layout, extended, rows });
      }
      return live;
    },
    async write(name, rows, { partitionColumn, primaryKey, extended }) {
      const keyed = primaryKey.length > 0;
      const values = rows.map((row) => {
        const further = [...(keyed ? [`'${hashOf(row)}'`] : []), ...(extended ? [`${row.x ?? "NULL"}`] : [])];
        return `(${[`DATE '${row.d}'`, `'${row.k}'`, row.v, ...further].join(", ")})`;
      });
      const insert = values.length > 0 ? `INSERT INTO ${DATASET}.${name} VALUES ${values.join(", ")};` : "";
      await connection.run(`BEGIN; DROP TABLE IF EXISTS ${DATASET}.${name};
        CREATE TABLE ${DATASET}.${name} (d DATE, k VARCHAR, v BIGINT${keyed ? ", data_hash VARCHAR" : ""}${extended ? ", x BIGINT" : ""}); ${insert}
        ${layoutSql({ dataset: DATASET, name }, { partitionColumn, primaryKey, clusterBy: [] })}; COMMIT`);
    },
    async drop(name) {
      const found = await connection.runAndReadAll(
        `SELECT count(*) FROM duckdb_views() WHERE schema_name = '${DATASET}' AND view_name = '${name}'`,
      );
      const kind = found.getRows()[0]?.[0] === 1n ? "VIEW" : "TABLE";
      await connection.run(`DROP ${kind} IF EXISTS ${DATASET}.${name}`);
    },
    async close() {
      connection.closeSync();
      await warehouse.close();
      rmSync(file, { force: true });
    },
  };
}

function hashOf({ d, k, v, x }: Row): string {
  const text = `${d}|${k}|${v}${x === undefined ? "" : `|${x}`}`;
  return createHash("sha256").update(text).digest("hex");
}
