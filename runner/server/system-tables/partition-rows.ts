import { type IngestionUnit, PARTITION_TIME } from "../../port/ingestion-time.js";
import type { RowObject } from "../../port/port.js";
import type { RelationDetails } from "../../port/sql-jobs.js";
import { logicalBytes } from "../catalog/bytes.js";
import { rowsOf } from "../jobs/rows-of.js";
import { quoted } from "../protocol/schema.js";
import { type Place, timestamp } from "./shared.js";

/** How the id of a partition spells the time at which its rows came. */
const ID_FORMATS: Readonly<Record<IngestionUnit, string>> = {
  HOUR: "%Y%m%d%H",
  DAY: "%Y%m%d",
  MONTH: "%Y%m",
  YEAR: "%Y",
};

/** The rows of PARTITIONS that are about one table: one a day, or one in all. */
export async function partitionRows(
  catalogue: Place,
  project: string,
  relation: RelationDetails,
): Promise<readonly RowObject[]> {
  const { id, partitionColumn, ingestion, rows = 0 } = relation;
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
  if (partitionColumn === undefined && ingestion === undefined) return [row(null, rows)];
  const day =
    ingestion === undefined
      ? `COALESCE(FORMAT_DATE('%Y%m%d', ${quoted(partitionColumn ?? "")}), '__NULL__')`
      : `FORMAT_TIMESTAMP('${ID_FORMATS[ingestion]}', ${PARTITION_TIME})`;
  const sql = `SELECT ${day} AS day, COUNT(*) AS n FROM ${quoted(id.dataset)}.${quoted(id.name)} GROUP BY day ORDER BY day`;
  const counts = await rowsOf(catalogue.jobs, sql);
  return counts.map(([partition, count]) => row(String(partition), Number(count)));
}
