import { statSync } from "node:fs";
import { basename } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { LoadError } from "../../runner/api/loader.js";
import type { SourceRecord, SourceTable } from "./source-table.js";

/**
 * Opens a Parquet file. Cells are read as text, so that the same checks serve every container; only the columns asked
 * for are read.
 * @throws LoadError if the file is damaged (file only: Parquet has no lines).
 */
export async function openParquet(path: string): Promise<SourceTable> {
  const database = await openInMemory();
  try {
    const described = await database.connection.runAndReadAll("DESCRIBE SELECT * FROM read_parquet($1)", [
      literalPath(path),
    ]);
    const header = described.getRows().map((row) => String(row[0]));
    return {
      path,
      name: basename(path),
      header,
      modifiedAt: statSync(path).mtimeMs,
      records: (positions) => readRecords(path, header, positions),
    };
  } catch (error) {
    throw asLoadError(path, error);
  } finally {
    database.close();
  }
}

async function* readRecords(
  path: string,
  columns: readonly string[],
  wanted: ReadonlySet<number> | undefined,
): AsyncGenerator<SourceRecord> {
  const read = columns.flatMap((name, index) => (wanted?.has(index) !== false ? [{ name, index }] : []));
  const selected = read.map(({ name }) => `CAST("${name.replaceAll('"', '""')}" AS VARCHAR)`).join(", ");
  const database = await openInMemory();
  try {
    const result = await database.connection.stream(`SELECT ${selected} FROM read_parquet($1)`, [literalPath(path)]);
    let line = 0;
    for (
      let chunk = await result.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    ) {
      for (const row of chunk.getRows()) {
        const cells = new Array<string>(columns.length).fill("");
        for (let i = 0; i < read.length; i++) cells[read[i]!.index] = (row[i] as string | null) ?? "";
        yield { cells, line: ++line, raw: undefined };
      }
    }
  } catch (error) {
    throw asLoadError(path, error);
  } finally {
    database.close();
  }
}

/** DuckDB takes file names for patterns; a bracketed character stands for itself. */
function literalPath(path: string): string {
  return path.replace(/[*?[]/g, "[$&]");
}

async function openInMemory(): Promise<{ connection: DuckDBConnection; close: () => void }> {
  // Rows only pass through: nothing is to be spilled, least of all into the working directory, DuckDB's default.
  const instance = await DuckDBInstance.create(":memory:", { temp_directory: "" });
  const connection = await instance.connect();
  return {
    connection,
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

function asLoadError(path: string, error: unknown): unknown {
  if (error instanceof LoadError || !(error instanceof Error)) return error;
  const detail = error.message.split("\n")[0]?.replace(/^[\w ]+ Error: /, "") ?? "";
  return new LoadError(path, undefined, undefined, `not a readable Parquet file (${detail}); fetch it again`);
}
