import { JobError, type JobRequest } from "../../port/sql-jobs.js";
import { tableId } from "../catalog/tables.js";
import type { JobService } from "./service.js";

/** Refuses to change rows of a table that has rows in its streaming buffer. */
export function bufferGuard({ buffer }: JobService, project: string): NonNullable<JobRequest["mayChangeRows"]> {
  return ({ dataset, name }, kind) => {
    if (!buffer.isLocked(tableId({ dataset, table: name }))) return;
    const what =
      kind === "TRUNCATE"
        ? "TRUNCATE DML statement"
        : kind === "MERGE"
          ? "MERGE statement"
          : "UPDATE or DELETE statement";
    const table = `${project}.${dataset}.${name}`;
    throw new JobError(
      "invalidQuery",
      `${what} over table ${table} would affect rows in the streaming buffer, which is not supported`,
    );
  };
}
