import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { layoutSql } from "../../runner/engines/duckdb/catalog.js";
import { openDuckDbWarehouse } from "../../runner/engines/duckdb/warehouse.js";
import type { Relation } from "../../runner/port/port.js";
import { migrateState } from "../../runner/state/migrate.js";
import type { Cell, Content } from "./content.js";
import { type LiveTable, type Outside, STATE_DATASET } from "./outside.js";
import { DATASET } from "./spec.js";

export interface DuckDbOutside extends Outside {
  /** Runs SQL of DuckDB's own. */
  run(sql: string): Promise<void>;
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

const TYPES: Readonly<Record<string, string>> = { DATE: "DATE", STRING: "VARCHAR", INT64: "BIGINT" };

async function openOutside(file: string): Promise<DuckDbOutside> {
  const warehouse = await openDuckDbWarehouse(file, { create: false });
  const connection = await (await DuckDBInstance.fromCache(file)).connect();
  return {
    warehouse,
    async live() {
      const relations = await warehouse.observe((observation) => observation.relations());
      const live = new Map<string, LiveTable>();
      for (const relation of relations.values()) {
        if (relation.id.dataset !== DATASET) continue;
        live.set(relation.id.name, {
          kind: relation.kind,
          partitioned: relation.partitionColumn !== undefined,
          definition: relation.definition ?? "",
          shown: await contentOf(connection, relation),
        });
      }
      return live;
    },
    async write(name, { columns, rows }, partitioned) {
      const table = `${DATASET}.${name}`;
      const list = columns.map((column) => `${column.name} ${TYPES[String(column.type)]}`).join(", ");
      const values = rows.map((row) => `(${columns.map((column) => literal(row[column.name] ?? null)).join(", ")})`);
      const insert = values.length > 0 ? `INSERT INTO ${table} VALUES ${values.join(", ")};` : "";
      const layout = { partitionColumn: partitioned ? "d" : undefined, primaryKey: [], clusterBy: [] };
      await connection.run(`BEGIN; DROP TABLE IF EXISTS ${table}; CREATE TABLE ${table} (${list}); ${insert}
        ${layoutSql({ dataset: DATASET, name }, layout)}; COMMIT`);
    },
    async drop(name) {
      const found = await connection.runAndReadAll(
        `SELECT count(*) FROM duckdb_views() WHERE schema_name = '${DATASET}' AND view_name = '${name}'`,
      );
      const kind = found.getRows()[0]?.[0] === 1n ? "VIEW" : "TABLE";
      await connection.run(`DROP ${kind} IF EXISTS ${DATASET}.${name}`);
    },
    async run(sql) {
      await connection.run(sql);
    },
    async close() {
      connection.closeSync();
      await warehouse.close();
      rmSync(file, { force: true });
    },
  };
}

/** What a relation shows; undefined: a view that reads what is not there any more. */
async function contentOf(connection: DuckDBConnection, { id, kind, columns }: Relation): Promise<Content | undefined> {
  const list = columns.map(({ name, type }) => (type === "DATE" ? `CAST(${name} AS VARCHAR)` : name)).join(", ");
  try {
    const reader = await connection.runAndReadAll(`SELECT ${list} FROM ${id.dataset}.${id.name}`);
    const rows = reader
      .getRows()
      .map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, cellOf(row[index])])));
    return { columns, rows };
  } catch (cause) {
    if (kind === "view") return undefined;
    throw cause;
  }
}

function cellOf(value: unknown): Cell {
  return typeof value === "bigint" ? Number(value) : ((value ?? null) as Cell);
}

function literal(value: Cell): string {
  return value === null || typeof value === "number" ? String(value ?? "NULL") : `'${value.replaceAll("'", "''")}'`;
}
