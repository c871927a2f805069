import type { QueryConfiguration } from "../requests/configuration.js";
import type { JobService } from "./service.js";

/** Where a job runs: where the client says, or where its default dataset is. */
export function jobLocation(
  { store, location }: JobService,
  given: string | null | undefined,
  query: QueryConfiguration | undefined,
): string {
  if (given) return given;
  const dataset = query?.defaultDataset?.datasetId ?? query?.destinationTable?.datasetId;
  const own = dataset === undefined ? undefined : store.get("dataset", dataset).location;
  return typeof own === "string" ? own : location;
}
