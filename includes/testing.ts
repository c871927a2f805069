import { DuckDBInstance } from "@duckdb/node-api";
import { translateQuery } from "../runner/dialect/index.js";
import { installFunctions, installMacros } from "../runner/dialect/runtime/index.js";

const noTables = { find: () => undefined, names: () => [] };

// One for all tests of a process, which closes it when it ends.
const instance = await DuckDBInstance.create(":memory:");
const connection = await instance.connect();
await connection.run("SET TimeZone = 'UTC'; SET default_null_order = 'NULLS_FIRST_ON_ASC_LAST_ON_DESC'");
installFunctions(connection);
await installMacros(connection);

/** The one row of a GoogleSQL query without tables, on the embedded engine; NUMERIC as text without trailing zeros. */
export async function row(query: string): Promise<unknown[]> {
  const reader = await connection.runAndReadAll(translateQuery(query, noTables).sql);
  return (reader.getRowsJson()[0] ?? []).map((cell, index) =>
    String(reader.columnType(index)).startsWith("DECIMAL") ? plainNumber(cell) : cell,
  );
}

/** The one value of a GoogleSQL query without tables. */
export async function value(query: string): Promise<unknown> {
  return (await row(query))[0];
}

function plainNumber(cell: unknown): unknown {
  return typeof cell === "string" ? cell.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "") : cell;
}
