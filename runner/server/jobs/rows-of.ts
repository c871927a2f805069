import type { SqlValue } from "../../port/port.js";
import { type JobRequest, type JobRows, plainRequest, type SqlJobs } from "../../port/sql-jobs.js";

/** All rows of a query that the server asks for itself: short answers only. */
export async function rowsOf(jobs: SqlJobs, sql: string): Promise<readonly (readonly SqlValue[])[]> {
  const rows = await selectedRows(jobs, sql);
  return rows.read(0, rows.count);
}

/** The same, to be read in parts. */
export async function selectedRows(jobs: SqlJobs, sql: string, more: Partial<JobRequest> = {}): Promise<JobRows> {
  let rows: JobRows = { columns: [], count: 0, read: () => [] };
  await jobs.run({ ...plainRequest(sql), ...more }, (statement) => {
    rows = statement.rows ?? rows;
  });
  return rows;
}
