import type { RowObject, SqlValue } from "../../port/port.js";
import type { JobRows } from "../../port/sql-jobs.js";
import type { Column } from "../../port/sql-types.js";
import { withoutDecorator } from "../catalog/partitions.js";
import { fullTableName, requireRelation, type TableRef } from "../catalog/tables.js";
import type { JobService } from "../jobs/service.js";
import { ApiError } from "../protocol/errors.js";
import { partitionRows } from "../system-tables/partition-rows.js";

const SUMMARY = "__PARTITIONS_SUMMARY__";
const COLUMNS: readonly Column[] = [
  { name: "project_id", type: "STRING" },
  { name: "dataset_id", type: "STRING" },
  { name: "table_id", type: "STRING" },
  { name: "partition_id", type: "STRING" },
  { name: "creation_time", type: "INT64" },
  { name: "last_modified_time", type: "INT64" },
];

/**
 * The partitions of a table as a table of their own, `table$__PARTITIONS_SUMMARY__`: clients list partitions by it.
 * @returns undefined for any other table
 */
export async function partitionsSummary(service: JobService, ref: TableRef): Promise<JobRows | undefined> {
  const { base, id } = withoutDecorator(ref);
  if (id !== SUMMARY) return undefined;
  const found = await partitionRows(service, ref.project, await requireRelation(service, base));
  if (found.some(({ partition_id }) => partition_id === null))
    throw new ApiError(
      "invalid",
      `Cannot read partition information from a table that is not partitioned: ${fullTableName(ref)}`,
    );
  return rowsInMemory(
    COLUMNS,
    found.map((row) => summaryRow(base, row)),
  );
}

function summaryRow({ project, dataset, table }: TableRef, row: RowObject): readonly SqlValue[] {
  const modified = BigInt(Date.parse(String(row.last_modified_time)));
  return [project, dataset, table, row.partition_id ?? null, modified, modified];
}

function rowsInMemory(columns: readonly Column[], rows: readonly (readonly SqlValue[])[]): JobRows {
  return { columns, count: rows.length, read: (start, count) => rows.slice(start, start + count) };
}
