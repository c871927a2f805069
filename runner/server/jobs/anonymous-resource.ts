import { fullTableName, type TableRef } from "../catalog/tables.js";
import { notFound } from "../protocol/errors.js";
import { etagOf } from "../protocol/etag.js";
import { fieldsOf } from "../protocol/schema.js";
import type { JobService } from "./service.js";

/** How long the service keeps results, in milliseconds. */
const KEPT_MS = 24 * 3_600_000;

/** The rows of a job as the API describes a table. */
export function anonymousResource({ registry, location }: JobService, ref: TableRef, jobId: string) {
  const job = registry.find(ref.project, jobId, undefined);
  const { rows } = job.outcome;
  if (rows === undefined) throw notFound("Table", fullTableName(ref));
  const time = job.ended ?? job.created;
  return {
    kind: "bigquery#table",
    etag: etagOf("results", jobId),
    id: fullTableName(ref),
    tableReference: { projectId: ref.project, datasetId: ref.dataset, tableId: ref.table },
    schema: { fields: fieldsOf(rows.columns) },
    numRows: String(rows.count),
    creationTime: String(time),
    lastModifiedTime: String(time),
    expirationTime: String(time + KEPT_MS),
    type: "TABLE",
    location,
  };
}
