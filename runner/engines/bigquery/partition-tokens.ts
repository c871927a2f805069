import { quoteIdentifier } from "../../googlesql/quote.js";
import { NULL_PARTITION } from "../../port/identity.js";
import { type QueryResult, type RelationId, relationKey } from "../../port/port.js";
import { quoteText } from "./literals.js";
import { pathOf } from "./names.js";

/** What changes with every change of a partition's rows, by partition; null: its rows must be read. */
export type PartitionTokens = ReadonlyMap<string, string | null>;

/** A partition that was written so short before the look may be written again within the same moment. */
const RACY_MS = 1000;

/**
 * What the service tells of the partitions of some tables, by their keys. The time of a partition's last write alone says too little:
 * rows may be deleted without it. Together with the number of rows it does: rows that come are told by the time.
 */
export async function readPartitionTokens(
  ids: readonly RelationId[],
  home: string,
  query: (sql: string) => Promise<QueryResult>,
): Promise<ReadonlyMap<string, PartitionTokens>> {
  const datasets = new Set(ids.map(({ dataset }) => dataset));
  const texts = [...datasets].map((dataset) => {
    const { project, dataset: name } = pathOf({ dataset, name: "" }, home);
    const members = ids.filter((id) => id.dataset === dataset);
    const names = members.map((id) => quoteText(id.name)).join(", ");
    return (
      `SELECT ${quoteText(dataset)} AS d, table_name, partition_id, CAST(total_rows AS STRING), CAST(total_logical_bytes AS STRING),` +
      ` CAST(UNIX_MILLIS(last_modified_time) AS STRING), CAST(UNIX_MILLIS(CURRENT_TIMESTAMP()) AS STRING)` +
      ` FROM ${quoteIdentifier(project)}.${quoteIdentifier(name)}.INFORMATION_SCHEMA.PARTITIONS WHERE table_name IN (${names})`
    );
  });
  const found = new Map<string, Map<string, string | null>>();
  /** Tables with partitions of which nobody knows which rows they have: they are read whole. */
  const undivided = new Set<string>();
  const { rows } = await query(texts.join("\nUNION ALL\n"));
  for (const [dataset, name, id, count, bytes, modified, now] of rows) {
    const key = relationKey({ dataset: String(dataset), name: String(name) });
    const partitions = found.get(key) ?? new Map<string, string | null>();
    const isRacy = Number(modified) > Number(now) - RACY_MS;
    const partition = partitionOf(String(id));
    if (partition === undefined) undivided.add(key);
    else partitions.set(partition, isRacy ? null : [count, bytes, modified].join("|"));
    found.set(key, partitions);
  }
  for (const key of undivided) found.delete(key);
  return found;
}

/** `20240101` is a day; undefined: rows that are in no partition yet, or something else that no date names. */
function partitionOf(id: string): string | undefined {
  if (id === "__NULL__") return NULL_PARTITION;
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(id) ?? [];
  return year === undefined ? undefined : `${year}-${month}-${day}`;
}
