import type { DuckDBConnection } from "@duckdb/node-api";
import { JobError } from "../../../port/sql-jobs.js";
import type { Column } from "../../../port/sql-types.js";
import { quoteText } from "../quote.js";
import { googleType } from "../types.js";
import { ResultRows } from "./result-rows.js";

/**
 * The rows of a Parquet file.
 * @throws JobError for a file that is none, and for a column of a type that GoogleSQL does not have
 */
export async function readParquet(connection: DuckDBConnection, path: string): Promise<ResultRows> {
  const source = `read_parquet(${quoteText(path.replace(/[*?[]/g, "[$&]"))}, hive_partitioning = false)`;
  try {
    const described = (await connection.runAndReadAll(`DESCRIBE FROM ${source}`)).getRowsJson();
    const columns = described.map((row): Column => {
      const [name, type] = [String(row[0]), String(row[1])];
      const known = googleType(type.replace(/TIMESTAMP_(?:NS|MS|S)\b/g, "TIMESTAMP"));
      if (known === undefined)
        throw new JobError("invalid", `Column ${name} is of type ${type}, which BigQuery does not have`);
      return { name, type: known };
    });
    return new ResultRows(await connection.run(`FROM ${source}`), columns);
  } catch (cause) {
    if (cause instanceof JobError) throw cause;
    const [line = ""] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
    throw new JobError(
      "invalid",
      `Error while reading data, error message: the file is not a readable Parquet file (${line.replaceAll(path, "")})`,
    );
  }
}
