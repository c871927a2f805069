import type { DuckDBConnection } from "@duckdb/node-api";
import type { RelationId } from "../../../port/port.js";
import { JobError } from "../../../port/sql-jobs.js";
import type { TablePartition } from "../../../port/table-partition.js";
import { quoteName, quotePath, quoteText } from "../quote.js";

const TYPES = { DATE: "DATE", DATETIME: "TIMESTAMP", TIMESTAMP: "TIMESTAMPTZ", INT64: "BIGINT" } as const;

/**
 * Writes to one partition of a table within the caller's transaction.
 * @param replace the rows of the partition go
 * @param add adds rows to the table
 * @throws JobError where a row belongs to another partition
 */
export async function writePartition(
  connection: DuckDBConnection,
  table: RelationId,
  partition: TablePartition,
  replace: boolean,
  add: () => Promise<void>,
): Promise<void> {
  const path = quotePath(table);
  const isIn = partitionSql(partition);
  if (replace) await connection.run(`DELETE FROM ${path} WHERE ${isIn}`);
  const number = async (sql: string) => (await connection.runAndReadAll(sql)).getRows()[0]?.[0] as bigint;
  // Rows that are added get numbers behind those of all others.
  const last = await number(`SELECT COALESCE(MAX(rowid), -1) FROM ${path}`);
  await add();
  const isNew = `rowid > ${last}`;
  if (partition.isArrival) {
    const value = partition.bounds === undefined ? "NULL" : literal(partition, partition.bounds.from);
    await connection.run(`UPDATE ${path} SET ${quoteName(partition.column)} = ${value} WHERE ${isNew}`);
  } else if ((await number(`SELECT COUNT(*) FROM ${path} WHERE ${isNew} AND NOT (${isIn})`)) > 0n)
    throw new JobError(
      "invalid",
      `Some rows belong to different partitions rather than destination partition ${partition.id}`,
    );
}

/** Whether a row is in the partition: true or false, never NULL. */
export function partitionSql(partition: TablePartition): string {
  const column = quoteName(partition.column);
  const { bounds } = partition;
  if (bounds === undefined) return `${column} IS NULL`;
  return `${column} IS NOT NULL AND ${column} >= ${literal(partition, bounds.from)} AND ${column} < ${literal(partition, bounds.to)}`;
}

const literal = ({ type }: TablePartition, text: string): string => `CAST(${quoteText(text)} AS ${TYPES[type]})`;
