import type { SqlValue } from "../../port/port.js";
import { type JobRows, plainRequest, type SqlJobs } from "../../port/sql-jobs.js";

/** All rows of a query that the server asks for itself: short answers only. */
export async function rowsOf(jobs: SqlJobs, sql: string): Promise<readonly (readonly SqlValue[])[]> {
  let rows: JobRows | undefined;
  await jobs.run(plainRequest(sql), (statement) => {
    rows = statement.rows;
  });
  return rows?.read(0, rows.count) ?? [];
}
