import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { installMacros } from "./index.js";
import { LIBRARY_FILE } from "./library-file.js";

/** Writes the function library of this version into a file of its own in `folder`, as a part of the build. */
export async function makeLibrary(folder: string): Promise<void> {
  const instance = await DuckDBInstance.create(join(folder, LIBRARY_FILE));
  const connection = await instance.connect();
  await installMacros(connection);
  connection.closeSync();
  instance.closeSync();
}
