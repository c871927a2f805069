import type { JobDestination, JobRequest, RelationDetails } from "../../port/sql-jobs.js";
import type { Column } from "../../port/sql-types.js";
import { defaultExpiration } from "../catalog/expiration-defaults.js";
import { requireFieldNames } from "../catalog/field-names.js";
import { keptPartitioning, requireLayout, type SaidLayout, unitOfTime } from "../catalog/layout.js";
import { layoutOfTable, requireSameLayout } from "../catalog/layout-spec.js";
import { merged } from "../catalog/merged.js";
import type { SchemaUpdate } from "../catalog/schema-update.js";
import type { Catalogue } from "../catalog/service.js";
import { type TableRef, tableId } from "../catalog/tables.js";
import { ApiError } from "../protocol/errors.js";
import { fieldsOf } from "../protocol/schema.js";
import type { QueryConfiguration } from "../requests/configuration.js";
import { fitFields, keepFields, openPartition, openTarget, refOf, requireUpdatable } from "./destination.js";

/** Where the rows of a query go. */
export interface QueryDestination {
  readonly layout: JobDestination;
  /** The table is made by the job. */
  readonly isNew: boolean;
  /** What becomes of the fields of a table that is there. */
  readonly update?: SchemaUpdate;
}

/** Where the rows of a query go, once that is known to be possible. */
export async function queryDestination(
  catalogue: Catalogue,
  project: string,
  query: QueryConfiguration,
  request: JobRequest,
): Promise<QueryDestination | undefined> {
  requireUpdatable(query, query.schemaUpdateOptions, "WRITE_EMPTY", query.destinationTable ?? undefined);
  if (!query.destinationTable) return undefined;
  const target = await openTarget(catalogue, refOf(query.destinationTable, project), query, "WRITE_EMPTY");
  const { ref, existing, write } = target;
  const table = { dataset: ref.dataset, name: ref.table };
  const layout = { table, write, partitionColumn: undefined, clusterBy: [] };
  const plan = await catalogue.jobs.describe({ ...request, destination: layout });
  if (plan.kind !== "SELECT" || plan.columns === undefined) {
    throw new ApiError("invalid", "configuration.query.destinationTable cannot be set for scripts, DDL and DML");
  }
  const { timePartitioning, rangePartitioning, clustering } = query;
  if (existing !== undefined && existing.columns.length > 0)
    requireSameLayout(layoutOfTable(catalogue.store, tableId(ref), existing), query);
  const fields = fieldsOf(plan.columns);
  requireFieldNames(fields);
  const said = { schema: { fields }, timePartitioning, rangePartitioning, clustering };
  const part = await openPartition(catalogue, target, said);
  const rules = { mismatch: "Invalid schema update.", options: query.schemaUpdateOptions };
  if (part !== undefined) {
    const update = fitFields(catalogue, ref, part.table, said.schema.fields, rules);
    return { layout: { ...layout, partition: part.partition, changes: update.changes }, isNew: false, update };
  }
  if (write !== "replace" && existing !== undefined && existing.columns.length > 0) {
    const update = fitFields(catalogue, ref, existing, said.schema.fields, rules);
    return { layout: { ...layout, changes: update.changes }, isNew: false, update };
  }
  const laidOut = { ...layout, write: "replace" as const, ...layoutOf(catalogue, ref, query, plan.columns, existing) };
  return { layout: laidOut, isNew: existing === undefined };
}

/** How a table is laid out that a query makes; one that is replaced keeps its layout where the job says nothing of it. */
function layoutOf(
  { store }: Catalogue,
  ref: TableRef,
  query: QueryConfiguration,
  columns: readonly Column[],
  existing: RelationDetails | undefined,
): Pick<JobDestination, "partitionColumn" | "clusterBy" | "ingestion"> {
  const kept: SaidLayout = existing === undefined ? {} : layoutOfTable(store, tableId(ref), existing);
  const saysNothing = !query.timePartitioning && !query.rangePartitioning;
  const { timePartitioning: time, rangePartitioning: range } = saysNothing ? kept : query;
  const clusterBy = query.clustering?.fields ?? kept.clustering?.fields ?? [];
  requireLayout(fieldsOf(columns), {
    timePartitioning: time,
    rangePartitioning: range,
    clustering: { fields: clusterBy },
  });
  if (!time) return { partitionColumn: undefined, clusterBy };
  const unit = unitOfTime(time);
  if (time.field === undefined) return { partitionColumn: undefined, clusterBy, ingestion: unit };
  const column = columns.find(({ name }) => name.toLowerCase() === time.field?.toLowerCase());
  return { partitionColumn: column?.type === "DATE" && unit === "DAY" ? column.name : undefined, clusterBy };
}

/** Keeps what a job has said of the table that it has made or replaced, and what its dataset says of new ones. */
export async function noteDestination(
  catalogue: Catalogue,
  ref: TableRef,
  said: SaidLayout,
  { isNew, layout, update }: QueryDestination,
): Promise<void> {
  const { store, times, clock } = catalogue;
  const id = tableId(ref);
  if (isNew) times.made(id);
  else times.touch(id);
  await keepFields(catalogue, ref, update);
  const isMade = layout.write === "replace" && layout.partition === undefined;
  if (isMade || layout.write === "truncate") catalogue.buffer.forget(id);
  const kept = isMade ? keptPartitioning(said) : {};
  const expiration = isNew ? await defaultExpiration(catalogue, ref.dataset, ref.table, kept) : {};
  const facts = { ...kept, ...expiration };
  if (Object.keys(facts).length === 0) return;
  const before = isNew ? { created: clock.now() } : store.get("table", id);
  await store.set("table", id, merged(before, facts));
}
