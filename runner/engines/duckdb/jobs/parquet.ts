import { constants } from "node:fs";
import { chmod, copyFile, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection, DuckDBType } from "@duckdb/node-api";
import type { SqlValue } from "../../../port/port.js";
import { JobError, type JobRows, type ParquetCodec } from "../../../port/sql-jobs.js";
import type { Column } from "../../../port/sql-types.js";
import { quoteName, quoteText } from "../quote.js";
import { type ParquetReading, parquetReading } from "./parquet-columns.js";
import { type WideDecimal, wideDecimals } from "./parquet-footer.js";
import { ResultRows } from "./result-rows.js";

/** The statement that writes the rows of a query to a Parquet file. */
export function parquetSql(query: string, path: string, codec: ParquetCodec): string {
  return `COPY (${query}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION ${codec})`;
}

/**
 * The rows of a Parquet file.
 * @throws JobError for a file that is none, and for a column of a type that GoogleSQL does not have
 */
export async function readParquet(connection: DuckDBConnection, path: string): Promise<JobRows> {
  return told(path, async () => {
    const wide = await wideDecimals(path);
    return withPlainBytes(path, wide, async (plain) => {
      const readings = await readingsOf(connection, plain, wide);
      const columns = readings.map(({ name, reading: { type } }) => ({ name, type }));
      const wanted = readings.map(({ name, reading: { sql } }) => `${sql} AS ${quoteName(name)}`).join(", ");
      const rows = new ResultRows(await connection.run(`SELECT ${wanted} FROM ${sourceOf(plain)}`), columns);
      const readers = readings.map(({ reading: { read } }) => read ?? ((value: SqlValue) => value));
      const read = (start: number, count: number) =>
        rows.read(start, count).map((row) => readers.map((reader, index) => reader(row[index] ?? null)));
      return { columns, count: rows.count, read };
    });
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
    const readings = await readingsOf(connection, path, await wideDecimals(path));
    const columns = readings.map(({ name, reading: { type } }) => ({ name, type }));
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

interface NamedReading {
  readonly name: string;
  readonly reading: ParquetReading;
}

async function readingsOf(
  connection: DuckDBConnection,
  path: string,
  wide: readonly WideDecimal[],
): Promise<readonly NamedReading[]> {
  const result = await connection.run(`FROM ${sourceOf(path)} LIMIT 0`);
  const scales = new Map(wide.map(({ leaf, scale }) => [leaf, scale]));
  const types = result.columnTypes();
  let leaf = 0;
  const scaleOf = (): number | undefined => {
    leaf += 1;
    return scales.get(leaf - 1);
  };
  return result.columnNames().map((name, index) => {
    const type = types[index] as DuckDBType;
    const reading = parquetReading(type, quoteName(name), scaleOf);
    if (reading === undefined)
      throw new JobError("invalid", `Column ${name} is of type ${type}, which BigQuery does not have`);
    return { name, reading };
  });
}

/** A file in which wide decimals are the bytes that stand for them: the engine would read them as fractions, which they are not. */
async function withPlainBytes<T>(
  path: string,
  wide: readonly WideDecimal[],
  work: (path: string) => Promise<T>,
): Promise<T> {
  if (wide.length === 0) return work(path);
  const folder = await mkdtemp(join(tmpdir(), "fastbreak-parquet-"));
  try {
    const plain = join(folder, "plain.parquet");
    await copyFile(path, plain, constants.COPYFILE_FICLONE);
    await chmod(plain, 0o600);
    const file = await open(plain, "r+");
    for (const { patch } of wide) await file.write(Uint8Array.of(patch.byte), 0, 1, patch.at);
    await file.close();
    return await work(plain);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
