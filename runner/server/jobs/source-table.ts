import type { RelationId } from "../../port/port.js";
import type { JobRows } from "../../port/sql-jobs.js";
import type { Column } from "../../port/sql-types.js";
import type { TablePartition } from "../../port/table-partition.js";
import { partitionCondition, partitionOf, withoutDecorator } from "../catalog/partitions.js";
import type { Catalogue } from "../catalog/service.js";
import { fullTableName, requireRelation, type TableRef } from "../catalog/tables.js";
import { ApiError } from "../protocol/errors.js";
import { quoted } from "../protocol/schema.js";
import { requireOwnRows } from "./external-tables.js";
import { rowsOf, selectedRows } from "./rows-of.js";

/** What a job reads: a table, or what it was. */
export interface SourceTable {
  /** As the client has named it. */
  readonly ref: TableRef;
  /** As texts read it. */
  readonly id: RelationId;
  readonly columns: readonly Column[];
  readonly partitionColumn: string | undefined;
  readonly clusterBy: readonly string[];
  readonly rows: number;
  /** The rows that are meant, where they are not all of them. */
  readonly partition?: TablePartition;
  /** The table without its time. */
  readonly base: TableRef;
  /** When it was so, in milliseconds since 1970. */
  readonly at: number;
}

/** `table@1700000000000`: as it was then; `table@-3600000`: an hour ago; `table@0`: as long ago as is known. */
const DECORATOR = /^(.+)@(-?\d{1,15})$/;

/**
 * A table that a job reads; with a decorator also one that is gone.
 * @throws ApiError where there is none, or nobody knows what it was
 */
export async function sourceTable(catalogue: Catalogue, ref: TableRef): Promise<SourceTable> {
  const { base: whole, id: partitionId } = withoutDecorator(ref);
  requireOwnRows(catalogue, whole);
  if (partitionId !== undefined) {
    const source = await sourceTable(catalogue, whole);
    const partition = partitionOf(catalogue.store, whole, await requireRelation(catalogue, whole), partitionId);
    const sql = `SELECT COUNT(*) FROM ${quoted(ref.dataset)}.${quoted(whole.table)} WHERE ${partitionCondition(partition)}`;
    return { ...source, ref, rows: Number((await rowsOf(catalogue.jobs, sql))[0]?.[0]), partition };
  }
  const [, table, time] = DECORATOR.exec(ref.table) ?? [];
  if (table === undefined || time === undefined) {
    const { id, kind, columns, partitionColumn, clusterBy, rows = 0 } = await requireRelation(catalogue, ref);
    if (kind === "view")
      throw new ApiError(
        "invalid",
        `${fullTableName(ref)} is not allowed for this operation because it is currently a VIEW.`,
      );
    return { ref, id, columns, partitionColumn, clusterBy, rows, base: ref, at: catalogue.clock.now() };
  }
  const milliseconds = time.startsWith("-") ? catalogue.clock.now() + Number(time) : Number(time);
  const at = milliseconds === 0 ? "oldest" : BigInt(milliseconds) * 1000n;
  const version = await catalogue.jobs.version({ dataset: ref.dataset, name: table }, at);
  return { ref, ...version, base: { ...ref, table }, at: milliseconds };
}

/** The rows of a table as a text reads them. */
export function rowsText({ id, partition }: SourceTable, columns: string): string {
  const where = partition === undefined ? "" : ` WHERE ${partitionCondition(partition)}`;
  return `SELECT ${columns} FROM ${quoted(id.dataset)}.${quoted(id.name)}${where}`;
}

/** All rows of it. */
export async function readSource({ jobs }: Pick<Catalogue, "jobs">, source: SourceTable): Promise<JobRows> {
  const names = source.columns.map(({ name }) => name);
  if (source.partition === undefined) return jobs.rows(source.id, names, 0, source.rows);
  return selectedRows(jobs, rowsText(source, names.map(quoted).join(", ")));
}
