import { DEFAULT_ENGINE, engineNamed } from "../engines/registry.js";
import { NO_PROJECTS } from "../googlesql/project-names.js";
import { quoteKey } from "../googlesql/quote.js";
import type { LoadedFile, LoadFileRequest } from "../port/load-file.js";
import { type Relation, relationKey, type SqlValue, type Transaction } from "../port/port.js";
import type { RowBatches } from "../port/table-reader.js";

/** Rows that are handed over at a time. */
const ROWS_A_BATCH = 1000;

/**
 * Loads files into the tables of a transaction. Where its engine reads no files the embedded one does, in a warehouse of its own, so that
 * a file has the same rows and types on every engine.
 */
export function fileLoader(transaction: Transaction): (request: LoadFileRequest) => Promise<LoadedFile> {
  const { loadFile } = transaction;
  return loadFile === undefined
    ? (request) => loadThroughEmbedded(transaction, request)
    : (request) => loadFile.call(transaction, request);
}

async function loadThroughEmbedded(transaction: Transaction, request: LoadFileRequest): Promise<LoadedFile> {
  const existing = (await transaction.relations()).get(relationKey(request.table));
  const openScratch = engineNamed(DEFAULT_ENGINE)?.openScratch;
  if (openScratch === undefined) throw new TypeError(`${DEFAULT_ENGINE} has no warehouse of its own`);
  const scratch = await openScratch(NO_PROJECTS);
  try {
    return await scratch.transaction(async (reading) => {
      if (existing !== undefined) await makeEmpty(reading, existing);
      const loaded = await reading.loadFile?.(request);
      if (loaded === undefined) throw new TypeError(`${DEFAULT_ENGINE} reads no files`);
      const made = (await reading.relations()).get(relationKey(request.table));
      const { rows } = await reading.query(`SELECT * FROM ${quoteKey(relationKey(request.table))}`);
      const { partitionColumn, clusterBy, primaryKey } = existing ?? made ?? NO_LAYOUT;
      const table = { id: request.table, columns: loaded.columns, partitionColumn, clusterBy, primaryKey };
      const { replaced } = await transaction.replaceContent({ table, rows: batchesOf(rows), window: undefined });
      return { ...loaded, replaced };
    });
  } finally {
    await scratch.close();
  }
}

const NO_LAYOUT = { partitionColumn: undefined, clusterBy: [], primaryKey: [] };

/** The file takes the columns of the table that is there. */
async function makeEmpty(reading: Transaction, { id, kind, columns }: Relation): Promise<void> {
  if (kind === "view") {
    await reading.execute(`CREATE SCHEMA IF NOT EXISTS ${quoteKey(id.dataset)}`);
    await reading.replaceView(id, "SELECT 1 AS x");
    return;
  }
  const table = { id, columns, ...NO_LAYOUT };
  await reading.replaceContent({ table, rows: batchesOf([]), window: undefined });
}

async function* batchesOf(rows: readonly (readonly SqlValue[])[]): RowBatches {
  for (let first = 0; first < rows.length; first += ROWS_A_BATCH) yield rows.slice(first, first + ROWS_A_BATCH);
}
