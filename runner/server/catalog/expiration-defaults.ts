import type { Kept } from "../metadata/store.js";
import type { Catalogue } from "./service.js";

/** When a new table expires that says nothing of it, as its dataset says; tables of partitions by that of their partitions. */
export async function defaultExpiration(
  { store, clock, jobs }: Pick<Catalogue, "store" | "clock" | "jobs">,
  dataset: string,
  table: string,
  said: Kept,
): Promise<Kept> {
  const { defaultTableExpirationMs, defaultPartitionExpirationMs } = store.get("dataset", dataset);
  if (!defaultTableExpirationMs && !defaultPartitionExpirationMs) return {};
  const [relation] = await jobs.relations(dataset, table);
  const hasPartitions =
    relation?.partitionColumn !== undefined || relation?.ingestion !== undefined || Boolean(said.timePartitioning);
  if (hasPartitions && defaultPartitionExpirationMs)
    return said.partitionExpirationMs ? {} : { partitionExpirationMs: defaultPartitionExpirationMs };
  if (!defaultTableExpirationMs || said.expirationTime) return {};
  return { expirationTime: String(clock.now() + Number(defaultTableExpirationMs)) };
}
