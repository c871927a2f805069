import type { RowObject } from "../../port/port.js";
import type { RelationDetails } from "../../port/sql-jobs.js";
import { logicalBytes } from "../catalog/bytes.js";
import { tableResource } from "../catalog/tables.js";
import { partitionRows } from "./partition-rows.js";
import { type Place, timestamp } from "./shared.js";

/** The row of TABLE_STORAGE that is about one table. Nothing is compressed: bytes on disk are told as logical ones. */
export async function storageRows(
  catalogue: Place,
  project: string,
  relation: RelationDetails,
): Promise<readonly RowObject[]> {
  if (relation.kind === "view") return [];
  const { dataset, name } = relation.id;
  const resource = tableResource(catalogue, { project, dataset, table: name }, relation);
  const bytes = BigInt(logicalBytes(relation));
  const partitions = (await partitionRows(catalogue, project, relation)).filter(
    ({ partition_id }) => partition_id !== null,
  );
  const tableType = resource.type === "SNAPSHOT" ? "SNAPSHOT" : "cloneDefinition" in resource ? "CLONE" : "BASE TABLE";
  return [
    {
      project_id: project,
      table_catalog: project,
      table_schema: dataset,
      table_name: name,
      creation_time: timestamp(Number(resource.creationTime)),
      total_rows: BigInt(relation.rows ?? 0),
      total_partitions: partitions.length,
      total_logical_bytes: bytes,
      active_logical_bytes: bytes,
      long_term_logical_bytes: 0,
      current_physical_bytes: bytes,
      total_physical_bytes: bytes,
      active_physical_bytes: bytes,
      long_term_physical_bytes: 0,
      time_travel_physical_bytes: 0,
      storage_last_modified_time: timestamp(Number(resource.lastModifiedTime)),
      deleted: false,
      table_type: tableType,
      managed_table_type: "NATIVE",
      fail_safe_physical_bytes: 0,
    },
  ];
}
