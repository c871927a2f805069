import type { DuckDBConnection } from "@duckdb/node-api";
import { JobError, type ParquetCodec } from "../../../port/sql-jobs.js";
import type { Column } from "../../../port/sql-types.js";
import { quoteText } from "../quote.js";
import { googleType } from "../types.js";
import { ResultRows } from "./result-rows.js";

/** The statement that writes the rows of a query to a Parquet file. */
export function parquetSql(query: string, path: string, codec: ParquetCodec): string {
  return `COPY (${query}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION ${codec})`;
}

/**
 * The rows of a Parquet file.
 * @throws JobError for a file that is none, and for a column of a type that GoogleSQL does not have
 */
export async function readParquet(connection: DuckDBConnection, path: string): Promise<ResultRows> {
  return told(path, async () => {
    const columns = await columnsOf(connection, path);
    return new ResultRows(await connection.run(`FROM ${sourceOf(path)}`), columns);
  });
}

/**
 * The columns of a Parquet file, and those that always have a value.
 * @throws JobError as for the rows
 */
export async function readParquetColumns(
  connection: DuckDBConnection,
  path: string,
): Promise<{ readonly columns: readonly Column[]; readonly required: ReadonlySet<string> }> {
  return told(path, async () => {
    const columns = await columnsOf(connection, path);
    const schema = await connection.runAndReadAll(
      `SELECT name, repetition_type, num_children FROM parquet_schema(${quoteText(literal(path))})`,
    );
    return { columns, required: requiredOf(schema.getRowsJson() as unknown as SchemaNode[]) };
  });
}

type SchemaNode = [name: string, repetition: string | null, children: string | null];

/** Nodes stand in the order of the file, each before what is in it; the first holds them all. */
function requiredOf(nodes: readonly SchemaNode[]): ReadonlySet<string> {
  const required = new Set<string>();
  const behind = (at: number): number => {
    let next = at + 1;
    for (let child = Number(nodes[at]?.[2] ?? 0); child > 0; child -= 1) next = behind(next);
    return next;
  };
  for (let at = 1; at < nodes.length; at = behind(at)) {
    const [name = "", repetition] = nodes[at] ?? [];
    if (repetition === "REQUIRED") required.add(name);
  }
  return required;
}

const literal = (path: string): string => path.replace(/[*?[]/g, "[$&]");

const sourceOf = (path: string): string => `read_parquet(${quoteText(literal(path))}, hive_partitioning = false)`;

async function columnsOf(connection: DuckDBConnection, path: string): Promise<Column[]> {
  const described = (await connection.runAndReadAll(`DESCRIBE FROM ${sourceOf(path)}`)).getRowsJson();
  return described.map((row): Column => {
    const [name, type] = [String(row[0]), String(row[1])];
    const known = googleType(type.replace(/TIMESTAMP_(?:NS|MS|S)\b/g, "TIMESTAMP"));
    if (known === undefined)
      throw new JobError("invalid", `Column ${name} is of type ${type}, which BigQuery does not have`);
    return { name, type: known };
  });
}

async function told<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof JobError) throw cause;
    const [line = ""] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
    throw new JobError(
      "invalid",
      `Error while reading data, error message: the file is not a readable Parquet file (${line.replaceAll(path, "")})`,
    );
  }
}
