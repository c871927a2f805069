import { rowText } from "../../googlesql/digest-sql.js";
import type { RowObject } from "../../port/port.js";
import type { RelationDetails } from "../../port/sql-jobs.js";
import { logicalBytes } from "../catalog/bytes.js";
import { partitionIds } from "../catalog/partition-ids.js";
import type { SeenPartitions } from "../metadata/times.js";
import { quoted } from "../protocol/schema.js";
import { type Place, timestamp } from "./shared.js";

/** The rows of PARTITIONS that are about one table: one a partition, or one in all. */
export async function partitionRows(
  catalogue: Place,
  project: string,
  relation: RelationDetails,
): Promise<readonly RowObject[]> {
  const { id, rows = 0 } = relation;
  if (relation.kind === "view") return [];
  const bytes = logicalBytes(relation);
  const at = catalogue.times.get(`${id.dataset}.${id.name}`);
  const row = (partition: string | null, count: number, modified = at): RowObject => ({
    table_catalog: project,
    table_schema: id.dataset,
    table_name: id.name,
    partition_id: partition,
    total_rows: BigInt(count),
    total_logical_bytes: BigInt(rows === 0 ? 0 : Math.round((bytes * count) / rows)),
    last_modified_time: timestamp(modified),
    storage_tier: "ACTIVE",
  });
  const ids = partitionIds(catalogue.store.get("table", `${id.dataset}.${id.name}`), relation);
  if (ids === undefined) return [row(null, rows)];
  const seen = await seenPartitions(catalogue, `${id.dataset}.${id.name}`, at, () =>
    catalogue.select(
      `SELECT ${ids} AS id, COUNT(*) AS n, CAST(BIT_XOR(FARM_FINGERPRINT(${rowText(
        relation,
        relation.columns.map(({ name }) => name),
        "t",
      )})) AS STRING) AS x` + ` FROM ${quoted(id.dataset)}.${quoted(id.name)} AS t GROUP BY id ORDER BY id`,
    ),
  );
  return [...seen.byId].map(([partition, { rows: count, modified }]) => row(partition, count, modified));
}

/**
 * When each partition was last written, as the service tells it: a partition that only lost rows keeps its time.
 * @param read id, rows and digest of each partition
 */
async function seenPartitions(
  { times }: Place,
  key: string,
  at: number,
  read: () => Promise<readonly (readonly unknown[])[]>,
): Promise<SeenPartitions> {
  const before = times.partitions.get(key);
  if (before?.at === at) return before;
  const byId = (await read()).map(([id, count, digest]) => {
    const last = before?.byId.get(String(id));
    const rows = Number(count);
    const isOld = last !== undefined && (last.digest === String(digest) ? last.rows === rows : rows < last.rows);
    return [String(id), { rows, digest: String(digest), modified: isOld ? last.modified : at }] as const;
  });
  const seen = { at, byId: new Map(byId) };
  times.partitions.set(key, seen);
  return seen;
}
