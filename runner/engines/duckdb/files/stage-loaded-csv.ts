import type { DuckDBConnection } from "@duckdb/node-api";
import type { LoadOptions } from "../../../dialect/load-data.js";
import { EngineError } from "../../../port/engine-error.js";
import type { Column } from "../../../port/sql-types.js";
import { quoteText } from "../quote.js";
import { detectTypes } from "./detected-types.js";
import { lineOfCsvRow, recordOfCsv } from "./read-head.js";
import { csvOptions, ORDINAL, readError, STAGE, type StagedFile, stageRows } from "./stage-file.js";
import { type StagedColumn, TEXT } from "./staged-shape.js";

type CsvFile = LoadOptions["csv"] & { readonly path: string; readonly shown: string; readonly isGzip: boolean };

/**
 * Reads a CSV file as LOAD DATA does: its fields are those of the column list in order; without one a first row of texts over other
 * things names them, as BigQuery's detection takes it, and else the columns of the table do in order.
 * @param names those of the column list
 * @param known the columns of the table that is there
 */
export async function stageLoadedCsv(
  connection: DuckDBConnection,
  file: CsvFile,
  names: readonly string[] | undefined,
  known: readonly Column[] | undefined,
): Promise<StagedFile> {
  const { path, shown, delimiter, skip = 0 } = file;
  const placeOf = async (row: number) => `:${await lineOfCsvRow(path, delimiter, row + skip - 1)}`;
  const first = await recordOfCsv(path, delimiter, Math.max(skip, 1) - 1);
  if (first === undefined && names === undefined && known === undefined)
    throw new EngineError(
      "data",
      `${shown}: the file has no row to tell its columns from; give LOAD DATA a column list`,
    );
  const width = names?.length ?? Math.max(first?.length ?? 0, file.isJagged ? (known?.length ?? 0) : 0);
  if (width === 0) return { table: await empty(connection), columns: [], placeOf };
  const keys = Array.from({ length: width }, (_, index) => `c${index}`);
  const columns = (of: readonly string[]) =>
    of.map((name, index): StagedColumn => ({ name, key: keys[index] as string, shape: TEXT }));
  try {
    await stageRows(connection, `read_csv(${[...csvOptions(file, keys), "header = false"].join(", ")})`, "*");
  } catch (cause) {
    throw readError({ shown, format: "csv", isListed: true }, cause);
  }
  if (names !== undefined) return { table: STAGE, columns: columns(names), placeOf };
  const types = await typesOf(
    connection,
    keys,
    `(SELECT * FROM ${STAGE} WHERE ${ORDINAL} > ${file.skip === undefined ? 1 : 0})`,
  );
  if (file.skip !== 0 && (await isHeader(connection, first ?? [], types))) {
    if (file.skip === undefined) await connection.run(`DELETE FROM ${STAGE} WHERE ${ORDINAL} = 1`);
    return { table: STAGE, columns: columns((first ?? []).map((name) => name.trim())), placeOf };
  }
  if (known === undefined)
    return {
      table: STAGE,
      columns: columns(types.map((type, index) => `${type.toLowerCase()}_field_${index}`)),
      placeOf,
    };
  if (width > known.length)
    throw new EngineError("data", `${shown}: the rows have ${width} fields, the table has ${known.length} columns`);
  return { table: STAGE, columns: columns(known.slice(0, width).map(({ name }) => name)), placeOf };
}

/** A first row is a header where it has nothing but texts and the rows behind it have something else. */
async function isHeader(
  connection: DuckDBConnection,
  first: readonly string[],
  types: readonly string[],
): Promise<boolean> {
  if (types.every((type) => type === "STRING")) return false;
  const values = first.map((text, index) => `${text === "" ? "NULL" : quoteText(text)}::VARCHAR AS c${index}`);
  const own = await typesOf(
    connection,
    first.map((_, index) => `c${index}`),
    `(SELECT ${values.join(", ")})`,
  );
  return own.every((type, index) => type === "STRING" && first[index] !== "");
}

/** The type of each column's texts; STRING where there are none. */
async function typesOf(
  connection: DuckDBConnection,
  keys: readonly string[],
  rows: string,
): Promise<readonly string[]> {
  const columns = keys.map((key) => ({ name: key, key, shape: TEXT }));
  const detected = await detectTypes(connection, columns, rows, "BigQuery's");
  return keys.map((key) => detected.get(key) ?? "STRING");
}

async function empty(connection: DuckDBConnection): Promise<string> {
  await connection.run(`CREATE OR REPLACE TEMP TABLE seed_stage AS SELECT 1 AS ${ORDINAL} WHERE FALSE`);
  return STAGE;
}
