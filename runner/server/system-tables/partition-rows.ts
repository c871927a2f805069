import type { RowObject } from "../../port/port.js";
import type { RelationDetails } from "../../port/sql-jobs.js";
import { logicalBytes } from "../catalog/bytes.js";
import { rowsOf } from "../jobs/rows-of.js";
import { quoted } from "../protocol/schema.js";
import { type Place, timestamp } from "./shared.js";

/** The rows of PARTITIONS that are about one table: one a day, or one in all. */
export async function partitionRows(
  catalogue: Place,
  project: string,
  relation: RelationDetails,
): Promise<readonly RowObject[]> {
  const { id, partitionColumn, rows = 0 } = relation;
  if (relation.kind === "view") return [];
  const bytes = logicalBytes(relation);
  const row = (partition: string | null, count: number): RowObject => ({
    table_catalog: project,
    table_schema: id.dataset,
    table_name: id.name,
    partition_id: partition,
    total_rows: BigInt(count),
    total_logical_bytes: BigInt(rows === 0 ? 0 : Math.round((bytes * count) / rows)),
    last_modified_time: timestamp(catalogue.times.get(`${id.dataset}.${id.name}`)),
    storage_tier: "ACTIVE",
  });
  if (partitionColumn === undefined) return [row(null, rows)];
  const day = `COALESCE(FORMAT_DATE('%Y%m%d', ${quoted(partitionColumn)}), '__NULL__')`;
  const sql = `SELECT ${day} AS day, COUNT(*) AS n FROM ${quoted(id.dataset)}.${quoted(id.name)} GROUP BY day ORDER BY day`;
  const counts = await rowsOf(catalogue.jobs, sql);
  return counts.map(([partition, count]) => row(String(partition), Number(count)));
}
