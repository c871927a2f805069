import type { DuckDBConnection } from "@duckdb/node-api";
import type { CatalogTable } from "../../googlesql/catalog.js";
import { type Relation, relationKey } from "../../port/port.js";
import type { CatalogueReader, SystemTable } from "../../port/sql-jobs.js";
import { appendTo } from "./append.js";
import { type RequiredColumns, readDatasets, readDetails, readRequired } from "./jobs/details.js";
import { readRows } from "./jobs/result-rows.js";
import { quoteName, TEMPORARY } from "./quote.js";
import { duckdbType } from "./types.js";
import { appendRow } from "./values.js";

/** Tables that stand in no file, as a statement names them. Their rows are put into temporary tables before it runs. */
export class WantedTables {
  readonly #wanted = new Map<string, SystemTable>();

  /** A table that the statement reads. */
  add(found: SystemTable): CatalogTable {
    this.#wanted.set(found.key, found);
    return { path: [TEMPORARY, found.key], columns: found.columns, temporary: true, isMadeUp: true };
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
 * What there is as one connection sees it, with what its own transaction has done by now: it is for one statement.
 * @param relations those that it sees
 * @param ways how it reads routines and runs queries
 */
export function readerOn(
  connection: DuckDBConnection,
  relations: () => Promise<ReadonlyMap<string, Relation>>,
  ways: Pick<CatalogueReader, "routines" | "select">,
): CatalogueReader {
  let required: Promise<RequiredColumns> | undefined;
  return {
    ...ways,
    datasets: () => readDatasets(connection),
    relations: async (dataset, name) => {
      required ??= readRequired(connection);
      return readDetails(connection, await relations(), await required, dataset, name);
    },
    rows: async (relation, columns, start, count) =>
      readRows(connection, (await relations()).get(relationKey(relation)), { relation, columns, start, count }),
  };
}
