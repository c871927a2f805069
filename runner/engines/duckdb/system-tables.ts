import type { DuckDBConnection } from "@duckdb/node-api";
import type { CatalogTable } from "../../googlesql/catalog.js";
import { type Relation, type RelationId, relationKey } from "../../port/port.js";
import type { CatalogueReader, JobRows, SystemTable } from "../../port/sql-jobs.js";
import { appendTo } from "./append.js";
import { readDatasets, readDetails, readRequired } from "./jobs/details.js";
import { ResultRows } from "./jobs/result-rows.js";
import { quoteName, quotePath, TEMPORARY } from "./quote.js";
import { duckdbType } from "./types.js";
import { appendRow } from "./values.js";

/** Tables that stand in no file, as a statement names them. Their rows are put into temporary tables before it runs. */
export class WantedTables {
  readonly #wanted = new Map<string, SystemTable>();

  /** A table that the statement reads. */
  add(found: SystemTable): CatalogTable {
    this.#wanted.set(found.key, found);
    return { path: [TEMPORARY, found.key], columns: found.columns, temporary: true };
  }

  /** The statement is another one. */
  clear(): void {
    this.#wanted.clear();
  }

  /** @param reader sees what there is as the connection does; undefined: nobody sees more than what is committed */
  async fill(connection: DuckDBConnection, reader?: CatalogueReader): Promise<void> {
    const wanted = [...this.#wanted.values()];
    this.#wanted.clear();
    for (const { key, columns, rows } of wanted) {
      const definitions = columns.map(({ name, type }) => `${quoteName(name)} ${duckdbType(type)}`).join(", ");
      const found = await rows(reader);
      await connection.run(`CREATE OR REPLACE TEMP TABLE ${quoteName(key)} (${definitions})`);
      await appendTo(connection, { temporary: key }, (appender) => {
        for (const row of found) appendRow(appender, columns, row);
      });
    }
  }
}

/**
 * What there is as one connection sees it, with what its own transaction has done.
 * @param relations those that it sees
 * @param ways how it reads routines and runs queries
 */
export function readerOn(
  connection: DuckDBConnection,
  relations: () => Promise<ReadonlyMap<string, Relation>>,
  ways: Pick<CatalogueReader, "routines" | "select">,
): CatalogueReader {
  return {
    ...ways,
    datasets: () => readDatasets(connection),
    relations: async (dataset, name) =>
      readDetails(connection, await relations(), await readRequired(connection), dataset, name),
    rows: async (relation, columns, start, count) =>
      readRows(connection, (await relations()).get(relationKey(relation)), { relation, columns, start, count }),
  };
}

/** Some rows of a relation; of columns that it lacks nothing. */
export async function readRows(
  connection: DuckDBConnection,
  known: Pick<Relation, "columns"> | undefined,
  { relation, columns, start, count }: RowsWanted,
): Promise<JobRows> {
  const read = columns.flatMap((name) => known?.columns.find((column) => column.name === name) ?? []);
  const names = read.length === 0 ? "NULL" : read.map(({ name }) => quoteName(name)).join(", ");
  const sql = `SELECT ${names} FROM ${quotePath(relation)} LIMIT ${count} OFFSET ${start}`;
  return new ResultRows(await connection.run(sql), read);
}

interface RowsWanted {
  readonly relation: RelationId;
  readonly columns: readonly string[];
  readonly start: number;
  readonly count: number;
}
