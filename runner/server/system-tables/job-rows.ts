import type { RowObject } from "../../port/port.js";
import { billedBytes } from "../jobs/job-resource.js";
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
    };
  });
}
