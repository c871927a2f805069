import type { ChangeMark, SqlJobs } from "../../port/sql-jobs.js";
import type { Clock } from "../clock.js";
import type { MetadataStore } from "../metadata/store.js";
import type { ModifiedTimes } from "../metadata/times.js";
import type { StreamingBuffer } from "./streaming-buffer.js";

/** What every route works on. */
export interface Catalogue {
  readonly jobs: SqlJobs;
  readonly store: MetadataStore;
  readonly times: ModifiedTimes;
  readonly clock: Clock;
  /** Rows that were streamed a short time ago. */
  readonly buffer: StreamingBuffer;
  /** Where datasets are that say nothing else. */
  readonly location: string;
}

/** What there is, for whoever changes nothing. */
export type ReadCatalogue = Omit<Catalogue, "jobs"> & {
  readonly jobs: Pick<SqlJobs, "datasets" | "relations" | "routines" | "rows">;
};

/** Whether new tables of a dataset have a collation for their texts. */
export function collationsOf({ store }: Pick<Catalogue, "store">): (dataset: string) => boolean {
  return (dataset) => store.get("dataset", dataset).defaultCollation === "und:ci";
}

/** A project as a client names it; all of them are the one warehouse. */
export type Project = string;

/** Runs a text of the server's own, which a client's values have been put into as names only. */
export async function runSql(
  { jobs, store }: Pick<Catalogue, "jobs" | "store">,
  sql: string,
  { defaultDataset, once }: { readonly defaultDataset?: string; readonly once?: ChangeMark | undefined } = {},
): Promise<void> {
  const { signal } = new AbortController();
  const request = {
    sql,
    parameters: [],
    defaultDataset,
    systemTables: () => undefined,
    isCollated: collationsOf({ store }),
    once,
    signal,
    destination: undefined,
  };
  await jobs.run(request, () => undefined);
}
