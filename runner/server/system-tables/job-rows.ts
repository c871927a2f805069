import type { RowObject } from "../../port/port.js";
import type { Job } from "../jobs/job.js";
import { billedBytes, jobResource, labelsOf, transactionOf } from "../jobs/job-resource.js";
import type { TableReference } from "../requests/configuration.js";
import { type Place, timestamp } from "./shared.js";

/** The rows of JOBS. */
export function jobRows({ registry }: Place, project: string): readonly RowObject[] {
  return registry.list(project).map((job) => {
    const { configuration, reference, outcome, parent, created, started, ended, state } = job;
    const { query, load, copy } = configuration;
    const { bytes = 0 } = outcome;
    return {
      creation_time: timestamp(created),
      project_id: project,
      user_email: job.user,
      principal_subject: `user:${job.user}`,
      query_dialect: query ? "GOOGLE_SQL" : null,
      continuous: query ? false : null,
      job_creation_reason: { code: "REQUESTED" },
      job_id: reference.jobId,
      job_type: query ? "QUERY" : load ? "LOAD" : copy ? "COPY" : "EXTRACT",
      statement_type: outcome.statementType ?? null,
      priority: query?.priority ?? "INTERACTIVE",
      start_time: started === undefined ? null : timestamp(started),
      end_time: ended === undefined ? null : timestamp(ended),
      query: query?.query ?? null,
      state,
      total_bytes_processed: BigInt(bytes),
      total_slot_ms: started === undefined || ended === undefined ? null : ended - started,
      cache_hit: false,
      parent_job_id: parent?.reference.jobId ?? null,
      total_bytes_billed: BigInt(billedBytes(bytes)),
      reservation_id: configuration.reservation ?? null,
      labels: Object.entries(labelsOf(job)).map(([key, value]) => ({ key, value })),
      ...writtenOf(job),
    };
  });
}

/** What a job has read, written and failed with. */
function writtenOf(job: Job): RowObject {
  const { error, outcome, reference, sessionId } = job;
  const { statements = [] } = outcome;
  const { query, load, copy } = jobResource(job).configuration;
  const to: TableReference | undefined =
    query?.destinationTable ?? load?.destinationTable ?? copy?.destinationTable ?? undefined;
  const reads = statements.flatMap((statement) => statement.reads);
  const changed = statements.length === 1 ? statements[0]?.changed : undefined;
  const { reason = "", message = "", location = "" } = error?.proto ?? {};
  return {
    transaction_id: transactionOf(job) ?? null,
    error_result: error === undefined ? null : { reason, location, debug_info: "", message },
    destination_table:
      to === undefined ? null : tableName(to.projectId ?? reference.projectId, to.datasetId, to.tableId),
    referenced_tables: reads.map(({ dataset, name }) => tableName(reference.projectId, dataset, name)),
    session_info: sessionId === undefined ? null : { session_id: sessionId },
    dml_statistics:
      changed === undefined
        ? null
        : {
            inserted_row_count: BigInt(changed.inserted),
            deleted_row_count: BigInt(changed.deleted),
            updated_row_count: BigInt(changed.updated),
          },
  };
}

const tableName = (project_id: string, dataset_id: string, table_id: string) => ({ project_id, dataset_id, table_id });
