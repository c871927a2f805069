import { DuckDBInstance } from "@duckdb/node-api";
import { removeSpillFolder, spillFolder } from "./limits.js";
import { DATABASE, quoteName, quoteText } from "./quote.js";

/**
 * Whether DuckDB could not replay the log of a process that was killed, because a change of columns in it calls a function, as
 * `SET DEFAULT now()` does and every new field of a record: names of functions are looked up in the default database, and there is none
 * before the file is open.
 */
export function isUnreplayedLog(cause: unknown): boolean {
  return cause instanceof Error && /replaying WAL[\s\S]*no default database set/i.test(cause.message);
}

/**
 * Brings the log beside a file into it. Attached to a database that is open already, whose functions are those that defaults may call,
 * it can be replayed.
 * @throws what DuckDB throws where the log is damaged, or another process has the file
 */
export async function replayLog(path: string): Promise<void> {
  const folder = spillFolder();
  const instance = await DuckDBInstance.create(":memory:", { temp_directory: folder });
  try {
    const connection = await instance.connect();
    try {
      // Whoever opens a file loads this module, and hardly any file has to be replayed.
      const { installMacros } = await import("../../dialect/runtime/index.js");
      await installMacros(connection);
      await connection.run(`ATTACH ${quoteText(path)} AS ${quoteName(DATABASE)}`);
      await connection.run(`CHECKPOINT ${quoteName(DATABASE)}`);
      await connection.run(`DETACH ${quoteName(DATABASE)}`);
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
    removeSpillFolder(folder);
  }
}
