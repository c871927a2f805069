import type { Job } from "./job.js";

/** The dataset of results that were written to no table. */
export const ANONYMOUS_DATASET = "_fastbreak_results";

/** The name under which the rows of a job can be read like those of a table. */
export function anonymousTable({ reference: { jobId } }: Job): string {
  return `anon_${jobId}`;
}

/** The id of the job whose rows a table stands for; undefined: it is a table like others. */
export function jobOfAnonymous(dataset: string, table: string): string | undefined {
  return dataset === ANONYMOUS_DATASET && table.startsWith("anon_") ? table.slice("anon_".length) : undefined;
}
