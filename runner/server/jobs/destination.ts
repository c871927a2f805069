import type { JobDestination, RelationDetails } from "../../port/sql-jobs.js";
import type { TablePartition } from "../../port/table-partition.js";
import { requireDataset } from "../catalog/datasets.js";
import { partitionCondition, partitionOf, unitOf, withoutDecorator } from "../catalog/partitions.js";
import { planSchemaUpdate, type SchemaRules, type SchemaUpdate } from "../catalog/schema-update.js";
import type { Catalogue } from "../catalog/service.js";
import { createTable, defaultCollationOf, type TableChange } from "../catalog/table-changes.js";
import {
  findRelation,
  fullTableName,
  requireRelation,
  type TableRef,
  tableFields,
  tableId,
} from "../catalog/tables.js";
import { ApiError, notFound } from "../protocol/errors.js";
import { type FieldSchema, quoted } from "../protocol/schema.js";
import type { TableReference } from "../requests/configuration.js";
import { requireOwnRows } from "./external-tables.js";
import { rowsOf } from "./rows-of.js";

export const refOf = ({ projectId, datasetId, tableId }: TableReference, project: string): TableRef => ({
  project: projectId ?? project,
  dataset: datasetId,
  table: tableId,
});

/** What a job that writes a table says of how. */
export interface Dispositions {
  readonly createDisposition?: "CREATE_IF_NEEDED" | "CREATE_NEVER" | null | undefined;
  readonly writeDisposition?:
    | "WRITE_TRUNCATE"
    | "WRITE_TRUNCATE_DATA"
    | "WRITE_APPEND"
    | "WRITE_EMPTY"
    | null
    | undefined;
}

/** What becomes of a table that is there. */
const WRITES = {
  WRITE_APPEND: "append",
  WRITE_EMPTY: "append",
  WRITE_TRUNCATE: "replace",
  WRITE_TRUNCATE_DATA: "truncate",
} as const;

/** The table that a job writes to, or the partition of it. */
export interface Target {
  /** Without a decorator. */
  readonly ref: TableRef;
  readonly partitionId: string | undefined;
  readonly existing: RelationDetails | undefined;
  readonly write: JobDestination["write"];
}

/**
 * The table that a job writes to, as far as it is there.
 * @throws ApiError where it may not be made, or may not be written
 */
export async function openTarget(
  catalogue: Catalogue,
  given: TableRef,
  { createDisposition, writeDisposition }: Dispositions,
  byDefault: NonNullable<Dispositions["writeDisposition"]>,
): Promise<Target> {
  if (given.table.includes("@")) throw new ApiError("invalid", `What a table was cannot be written: ${given.table}`);
  const { base: ref, id } = withoutDecorator(given);
  await requireDataset(catalogue, ref.project, ref.dataset);
  const existing = await findRelation(catalogue, ref);
  if (existing === undefined && createDisposition === "CREATE_NEVER") throw notFound("Table", fullTableName(ref));
  if (existing?.kind === "view")
    throw new ApiError(
      "invalid",
      `${fullTableName(ref)} is not allowed for this operation because it is currently a VIEW.`,
    );
  requireOwnRows(catalogue, ref);
  const disposition = writeDisposition ?? byDefault;
  if (disposition === "WRITE_EMPTY" && existing !== undefined) {
    const partition = id === undefined ? undefined : partitionOf(catalogue.store, ref, existing, id);
    const rows = partition === undefined ? (existing.rows ?? 0) : await rowsIn(catalogue, ref, partition);
    if (rows > 0) throw new ApiError("duplicate", `Already Exists: Table ${fullTableName(given)}`);
  }
  return {
    ref,
    partitionId: id,
    existing,
    write: existing === undefined ? "replace" : WRITES[disposition],
  };
}

/**
 * The partition that a job writes to; a table that is not there is made for it, partitioned as the job says or by the time at which rows come.
 * @returns undefined where the whole table is meant
 */
export async function openPartition(
  catalogue: Catalogue,
  { ref, partitionId, existing }: Target,
  said: Pick<TableChange, "schema" | "timePartitioning" | "rangePartitioning" | "clustering">,
): Promise<{ readonly partition: TablePartition; readonly table: RelationDetails } | undefined> {
  if (partitionId === undefined) return undefined;
  if (existing === undefined)
    await createTable(catalogue, ref, {
      ...said,
      ...(said.rangePartitioning ? {} : { timePartitioning: said.timePartitioning ?? { type: unitOf(partitionId) } }),
    });
  const table = existing ?? (await requireRelation(catalogue, ref));
  return { table, partition: partitionOf(catalogue.store, ref, table, partitionId) };
}

async function rowsIn({ jobs }: Catalogue, ref: TableRef, partition: TablePartition): Promise<number> {
  const from = `${quoted(ref.dataset)}.${quoted(ref.table)} WHERE ${partitionCondition(partition)}`;
  return Number((await rowsOf(jobs, `SELECT COUNT(*) FROM ${from}`))[0]?.[0]);
}

/** @throws ApiError where the options do not go with the disposition */
export function requireUpdatable(
  { writeDisposition }: Dispositions,
  options: readonly string[] | null | undefined,
  byDefault: NonNullable<Dispositions["writeDisposition"]>,
  { tableId: table = "" }: Partial<TableReference> = {},
): void {
  const disposition = writeDisposition ?? byDefault;
  if ((options ?? []).length === 0 || disposition === "WRITE_APPEND" || disposition === "WRITE_TRUNCATE_DATA") return;
  if (disposition === "WRITE_TRUNCATE" && table.includes("$")) return;
  throw new ApiError(
    "invalid",
    "Schema update options should only be specified with WRITE_APPEND disposition, or with WRITE_TRUNCATE disposition on a table partition.",
  );
}

/** What the fields of the rows of a job ask of its table; the table is not changed yet. */
export function fitFields(
  catalogue: Catalogue,
  ref: TableRef,
  existing: RelationDetails,
  fields: readonly FieldSchema[],
  rules: Pick<SchemaRules, "mismatch" | "mayTighten"> & { readonly options: readonly string[] | null | undefined },
): SchemaUpdate {
  const { mismatch, mayTighten = false, options } = rules;
  return planSchemaUpdate(tableFields(catalogue, ref, existing), fields, {
    mismatch,
    mayAdd: options?.includes("ALLOW_FIELD_ADDITION") === true,
    mayRelax: options?.includes("ALLOW_FIELD_RELAXATION") === true,
    mayOmit: true,
    mayTighten,
    collation: defaultCollationOf(existing),
  });
}

/** Keeps what the warehouse does not know of the fields that a job has changed. */
export async function keepFields({ store }: Catalogue, ref: TableRef, update: SchemaUpdate | undefined): Promise<void> {
  if (update?.isChange !== true) return;
  await store.set("table", tableId(ref), { ...store.get("table", tableId(ref)), schema: { fields: update.fields } });
}
