import { JobError } from "../../port/sql-jobs.js";
import type { Job } from "./job.js";

/** A statement that has heard of it ends at once. */
const SHORT_WAIT_MS = 20;

/**
 * Stops a job because somebody wants it, and waits until it has ended, though not for long.
 * @param caller the job that asks for it; undefined: a call
 */
export async function cancel(job: Job, caller?: Job): Promise<void> {
  job.stop(new JobError("stopped", "Job execution was cancelled: User requested cancellation"));
  if (job !== caller) await job.wait(SHORT_WAIT_MS);
}
