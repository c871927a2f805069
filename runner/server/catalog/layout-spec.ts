import type { Relation } from "../../port/port.js";
import type { Kept, MetadataStore } from "../metadata/store.js";
import { ApiError } from "../protocol/errors.js";
import type { SaidLayout } from "./layout.js";

/** What the warehouse itself knows of how a table is laid out. */
export type NativeLayout = Pick<Relation, "partitionColumn" | "clusterBy" | "ingestion">;

/** How a table is laid out, by what the warehouse knows and what is kept beside it. */
export function layoutOfTable(
  store: Pick<MetadataStore, "get">,
  id: string,
  { partitionColumn, clusterBy, ingestion }: NativeLayout,
): SaidLayout {
  return layoutWith(store.get("table", id), { partitionColumn, clusterBy, ingestion });
}

/** The same with what a statement says of it. */
export function layoutWith(
  { timePartitioning, rangePartitioning }: Kept,
  { partitionColumn, clusterBy, ingestion }: NativeLayout,
): SaidLayout {
  const native =
    ingestion !== undefined
      ? { type: ingestion }
      : partitionColumn === undefined
        ? undefined
        : { type: "DAY", field: partitionColumn };
  return {
    timePartitioning: (timePartitioning as SaidLayout["timePartitioning"]) ?? native,
    rangePartitioning: rangePartitioning as SaidLayout["rangePartitioning"],
    clustering: clusterBy.length === 0 ? undefined : { fields: clusterBy },
  };
}

/** How a table is laid out, as messages of BigQuery say it: `interval(type:day,field:d) clustering(a,b)`. */
export function layoutSpec({ timePartitioning: time, rangePartitioning: range, clustering }: SaidLayout): string {
  const fields = clustering?.fields ?? [];
  const spec = [
    ...(time
      ? [`interval(type:${(time.type ?? "DAY").toLowerCase()}${time.field ? `,field:${time.field}` : ""})`]
      : []),
    ...(range
      ? [
          `range(type:integer,field:${range.field},start:${range.range?.start},end:${range.range?.end},interval:${range.range?.interval})`,
        ]
      : []),
    ...(fields.length === 0 ? [] : [`clustering(${fields.join(",")})`]),
  ];
  return spec.join(" ") || "none";
}

/** Whether two tables are laid out alike. */
export const isSameLayout = (one: SaidLayout, other: SaidLayout): boolean =>
  layoutSpec(one).toLowerCase() === layoutSpec(other).toLowerCase();

/**
 * Refuses a job that says of a table which is there another layout than it has.
 * @throws ApiError
 */
export function requireSameLayout(table: SaidLayout, said: SaidLayout): void {
  const { timePartitioning, rangePartitioning, clustering } = said;
  if (!timePartitioning && !rangePartitioning && !clustering) return;
  // Who says nothing of partitions means those that there are.
  const input = timePartitioning || rangePartitioning ? said : { ...table, clustering };
  if (isSameLayout(table, input)) return;
  throw new ApiError(
    "invalid",
    `Incompatible table partitioning specification. Expects partitioning specification ${layoutSpec(table)}, but input partitioning specification is ${layoutSpec(input)}`,
  );
}

/** A change of a table with what it leaves out of its partitions of times, which stays. */
export function withPartitions<C extends SaidLayout>(table: SaidLayout, change: C): C {
  if (!change.timePartitioning || !table.timePartitioning) return change;
  return { ...change, timePartitioning: { ...table.timePartitioning, ...change.timePartitioning } };
}

/**
 * Refuses a change of a table that would partition it otherwise; its clustering may become another one.
 * @throws ApiError
 */
export function requireSamePartitions(table: SaidLayout, change: SaidLayout): void {
  const before = partitionsOf(table);
  const isPartitioned = layoutSpec(before) !== "none";
  const { timePartitioning, rangePartitioning } = change;
  if (timePartitioning === undefined && rangePartitioning === undefined) return;
  const isRemoved = !timePartitioning && !rangePartitioning;
  const [own, other] = [Boolean(table.timePartitioning), Boolean(table.rangePartitioning)];
  if (isRemoved) {
    if ((own && timePartitioning === null) || (other && rangePartitioning === null))
      throw new ApiError("invalid", "Cannot convert partitioned/clustered table to non partitioned/clustered table.");
    return;
  }
  if (!isPartitioned)
    throw new ApiError("invalid", "Cannot convert non partitioned/clustered table to partitioned/clustered table.");
  if (!isSameLayout(before, partitionsOf(change)))
    throw new ApiError("invalid", "Cannot change partitioning spec for a partitioned table.");
}

const partitionsOf = ({ timePartitioning, rangePartitioning }: SaidLayout): SaidLayout => ({
  timePartitioning,
  rangePartitioning,
});
