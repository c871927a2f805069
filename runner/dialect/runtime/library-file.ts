import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { DuckDBConnection } from "@duckdb/node-api";
import { quoteName, quoteString } from "../print/sql.js";

/** Name of the built file that holds the function library of this version, and nothing else. */
export const LIBRARY_FILE = "function-library.duckdb";

const ATTACHED = "__function_library__";

/** Beside this module when it is built; seen from the sources it is in what was last built, which may be of another version. */
const PLACES = [`./${LIBRARY_FILE}`, `../../../dist/${LIBRARY_FILE}`].map((place) =>
  fileURLToPath(new URL(place, import.meta.url)),
);

/**
 * Attaches the built library for reading, if it is of this version. DuckDB binds every macro that a statement creates, with all that it
 * names, and binds none that it copies: a copy takes a tenth of the time.
 *
 * @param places where the file may be, the first one first
 * @returns whether it is attached; what cannot be read is not, because the library can be created as well
 */
export async function attachLibrary(
  connection: DuckDBConnection,
  version: string,
  places: readonly string[] = PLACES,
): Promise<boolean> {
  const file = places.find((place) => existsSync(place));
  if (file === undefined) return false;
  try {
    await connection.run(`ATTACH ${quoteString(file)} AS ${ATTACHED} (READ_ONLY)`);
  } catch {
    return false;
  }
  const attached = await connection.runAndReadAll(`SELECT ${ATTACHED}.bq.runtime_version()`).catch(() => undefined);
  if (attached?.getRows()[0]?.[0] === version) return true;
  await detachLibrary(connection);
  return false;
}

/** Copies the attached library into the connection's database, which has no schema `bq`. */
export async function copyLibrary(connection: DuckDBConnection): Promise<void> {
  const rows = (await connection.runAndReadAll("SELECT current_database()")).getRows();
  await connection.run(`COPY FROM DATABASE ${ATTACHED} TO ${quoteName(String(rows[0]![0]))}`);
}

export async function detachLibrary(connection: DuckDBConnection): Promise<void> {
  await connection.run(`DETACH ${ATTACHED}`);
}
